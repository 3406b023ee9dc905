package dev.treadle.benchmarks.run;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;

/// What a run is asked for.
///
/// @param quick whether one short look at one size of each row will do
/// @param metrics whether it is measured what it costs a loop to be measured, and nothing else
/// @param pageOnly whether only the page is written, from the last run's recording
/// @param rows the names of the rows that are measured, as a regular expression
/// @param page where the page goes
/// @param directory the directory of the module
record Arguments(
        boolean quick, boolean metrics, boolean pageOnly, String rows, Path page, Path directory) {
    private static final String USAGE =
            """
            benchmarks/run [--quick] [--rows REGEX] [--page FILE] [--page-only]
            benchmarks/run --metrics

              --quick      one short look at one size of each row; the page goes to benchmarks/target
              --rows       only the rows whose names match, such as 'Switch|Gather'
              --page       where the page goes; docs/benchmarks.md without --quick and --rows
              --page-only  write the page again, from what the last run recorded
              --metrics    what it costs a loop to be measured, and what it may cost; no page
            """;

    static Arguments of(String[] args) {
        boolean quick = false;
        boolean metrics = false;
        boolean pageOnly = false;
        String rows = "";
        Path page = null;
        Path root = Path.of(".");
        Iterator<String> words = Arrays.asList(args).iterator();
        while (words.hasNext()) {
            String word = words.next();
            switch (word) {
                case "--quick" -> quick = true;
                case "--metrics" -> metrics = true;
                case "--page-only" -> pageOnly = true;
                case "--rows" -> rows = value(word, words);
                case "--page" -> page = Path.of(value(word, words));
                case "--root" -> root = Path.of(value(word, words));
                default -> throw new IllegalArgumentException(word + "\n\n" + USAGE);
            }
        }
        Path directory = root.resolve("benchmarks");
        boolean whole = !quick && rows.isEmpty();
        if (page == null) {
            page =
                    whole
                            ? root.resolve("docs/benchmarks.md")
                            : directory.resolve("target/benchmarks.md");
        }
        return new Arguments(
                quick, metrics, pageOnly, rows.isEmpty() ? ".*" : rows, page, directory);
    }

    private static String value(String option, Iterator<String> words) {
        if (!words.hasNext()) {
            throw new IllegalArgumentException(option + " needs a value\n\n" + USAGE);
        }
        return words.next();
    }

    Path results() {
        return directory.resolve("target/results");
    }

    Path script() {
        return directory.resolve("python/peers.py");
    }

    boolean wants(Class<?> row) {
        return row.getSimpleName().matches(rows);
    }
}
