package dev.treadle.benchmarks.report;

import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The page about a run, with its plots and figures beside it.
public final class Page {
    private final Environment environment;
    private final List<RowResults> rows = new ArrayList<>();

    /// Makes a page.
    ///
    /// @param environment where it was measured
    /// @param measurements what was measured, in any order
    public Page(Environment environment, List<Measurement> measurements) {
        this.environment = environment;
        for (List<Class<?>> types : List.of(Rows.TIMED, Rows.FOOTPRINTS)) {
            for (Class<?> type : types) {
                RowResults results = RowResults.of(type, measurements);
                if (!results.measurements().isEmpty()) {
                    rows.add(results);
                }
            }
        }
    }

    /// Writes the page and, in a directory of its name beside it, the plots and all figures. What
    /// was there of an earlier run is replaced.
    ///
    /// @param file the page
    /// @throws IOException if it cannot be written
    public void write(Path file) throws IOException {
        Path beside = file.resolveSibling(directory(file));
        Files.createDirectories(beside);
        for (RowResults results : rows) {
            if (RowSection.grows(results)) {
                Files.writeString(beside.resolve(plot(results)), Plot.svg(results));
            }
        }
        Files.writeString(beside.resolve("figures.csv"), csv());
        Files.writeString(file, text(directory(file)));
    }

    private static String directory(Path file) {
        return file.getFileName().toString().replaceFirst("\\.md$", "");
    }

    private static String plot(RowResults results) {
        return results.type().getSimpleName() + ".svg";
    }

    String text(String directory) {
        StringBuilder page = new StringBuilder();
        page.append(
                """
                # Benchmarks

                Written by `benchmarks/run`, which measures Treadle and what people would pick instead in one run on one
                machine. Compare the figures with one another: absolute times belong to the machine. A ratio is a cost
                divided by that of the fastest peer on the JVM, so that Treadle is ahead where its ratio is below 1.

                """);
        environment
                .facts()
                .forEach((name, value) ->
                        page.append("* ").append(name).append(": ").append(value).append("\n"));
        page.append("\n## Where Treadle is not ahead\n\n").append(Behind.section(rows));
        page.append("\n## All rows\n\n").append(Overview.section(rows));
        page.append(fairness(directory));
        for (Row.Family family : Row.Family.values()) {
            List<RowResults> members =
                    rows.stream().filter(each -> each.row().family() == family).toList();
            if (members.isEmpty()) {
                continue;
            }
            page.append("\n## ").append(family.title()).append("\n\n");
            for (RowResults each : members) {
                page.append(RowSection.of(each, directory + "/" + plot(each)));
            }
        }
        return page.toString().stripTrailing() + "\n";
    }

    private static String fairness(String directory) {
        return """

        ## What is compared

        * Everybody does the same work and comes to the same result, which is checked at each run; a run with another
          result fails.
        * Each figure is measured in a JVM of its own, warmed up first, and is that of the fastest iteration, because
          what else the machine does can only add to it. All JVMs have the same options; the one that opens `java.lang`
          is used by the mounted carriers alone.
        * Numbers are boxed on every side, because elements of a generic iterator, queue or task are.
        * Peers have their default configuration, and beside it the fastest that they document for the work, where there
          is one: Kotlin's `runBlocking` loop, Netty without I/O and its wheel, a fair lock and an unfair one.
        * *single* does one thing at a time on one processor; *virtual*, Kotlin's `Default`, virtual threads and pools
          use all there are, and what they do at once is time gained.
        * What grows is fitted with a power of the size over the measured sizes: `n^0` costs the same at any size.
        * Bytes are what the whole JVM allocated, divided by the operations, at the largest size.
        * Floors (by hand, bare threads, an empty main) are no peers: they do less than the work, and are shown for scale.
        * CPython runs the same work by a script, in the same units; its figures are medians, as those of start-up are.

        All figures, with how much more the slowest iteration took, are in [figures.csv](%s/figures.csv).
        """
                .formatted(directory);
    }

    private String csv() {
        StringBuilder csv = new StringBuilder("row,contestant,size,score,spread,unit,bytes\n");
        for (RowResults results : rows) {
            for (Measurement each : results.measurements()) {
                csv.append(
                        "%s,%s,%d,%s,%s,%s,%s\n"
                                .formatted(
                                        each.row(),
                                        each.contestant(),
                                        each.size(),
                                        plain(each.score()),
                                        plain(each.spread()),
                                        results.row().unit(),
                                        each.bytes() < 0 ? "" : plain(each.bytes())));
            }
        }
        return csv.toString();
    }

    private static String plain(double value) {
        return String.format(java.util.Locale.ROOT, "%.3f", value);
    }
}
