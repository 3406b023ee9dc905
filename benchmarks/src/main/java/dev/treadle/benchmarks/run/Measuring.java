package dev.treadle.benchmarks.run;

import dev.treadle.benchmarks.Rows;
import dev.treadle.benchmarks.footprint.MemoryRow;
import dev.treadle.benchmarks.footprint.StartUp;
import dev.treadle.benchmarks.report.Environment;
import dev.treadle.benchmarks.report.Measurement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// One run over all the rows.
final class Measuring {
    private static final Duration WHOLE = Duration.ofMinutes(25);
    private static final Duration QUICK = Duration.ofMinutes(2);
    private static final int STARTS = 9;
    private static final int QUICK_STARTS = 3;
    private static final double PYTHON_SECONDS = 0.5;
    private static final double QUICK_PYTHON_SECONDS = 0.05;

    private final Arguments arguments;
    private final List<Class<?>> timed;
    private final List<Class<?>> footprints;
    private final FootprintRows footprintRows;
    private final List<Measurement> measurements = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    Measuring(Arguments arguments) {
        this.arguments = arguments;
        timed = Rows.TIMED.stream().filter(arguments::wants).toList();
        footprints = Rows.FOOTPRINTS.stream().filter(arguments::wants).toList();
        footprintRows =
                arguments.quick()
                        ? new FootprintRows(QUICK_STARTS, MemoryRow.QUICK_SIZES)
                        : new FootprintRows(STARTS, MemoryRow.SIZES);
    }

    Main.Recording run() throws Exception {
        List<Python> python = Python.find(arguments.script());
        for (Class<?> row : footprints) {
            tell(row);
            measurements.addAll(footprintRows.measure(row));
        }
        for (Python each : python) {
            run(each);
        }
        Pace pace = pace();
        TimedRows rows = new TimedRows(pace, arguments.quick(), arguments.results());
        for (Class<?> row : timed) {
            tell(row);
            measure(row, rows);
        }
        String version = python.stream().map(Python::version).findFirst().orElse("not installed");
        return new Main.Recording(
                Environment.here(pace + (arguments.quick() ? ", a quick look" : ""), version),
                measurements,
                failures);
    }

    private void measure(Class<?> row, TimedRows rows) throws Exception {
        List<Measurement> measured = rows.measure(row);
        measurements.addAll(measured);
        int expected = Combinations.of(row, arguments.quick());
        if (measured.size() != expected) {
            failures.add(
                    row.getSimpleName()
                            + ": "
                            + measured.size()
                            + " figures instead of "
                            + expected);
        }
    }

    private Pace pace() {
        boolean quick = arguments.quick();
        int figures = timed.stream().mapToInt(row -> Combinations.of(row, quick)).sum();
        System.out.println("# " + figures + " figures are to be measured by JMH");
        return quick ? Pace.within(QUICK, figures, 1, 2) : Pace.within(WHOLE, figures, 3, 4);
    }

    private void run(Python python) throws Exception {
        List<String> rows =
                Stream.concat(timed.stream(), footprints.stream())
                        .map(Class::getSimpleName)
                        .toList();
        boolean quick = arguments.quick();
        for (String who : python.contestants()) {
            System.out.println("# " + who);
            measurements.addAll(
                    python.measure(
                            who,
                            rows,
                            quick ? QUICK_PYTHON_SECONDS : PYTHON_SECONDS,
                            quick,
                            arguments.results().resolve(who + ".json")));
            if (footprints.contains(StartUp.class)) {
                measurements.add(footprintRows.startUp(who, python.startUp(who)));
            }
        }
    }

    private static void tell(Class<?> row) {
        System.out.println("# " + Rows.of(row).title());
    }
}
