package dev.treadle.benchmarks.run;

import dev.treadle.benchmarks.MetricsBenchmark;
import dev.treadle.benchmarks.footprint.FreshProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/// Has JMH measure what it costs a loop to be measured. What is compared is what one iteration has
/// seen.
final class MetricsRuns {
    private static final int FORKS = 4;
    private static final int WARMUPS = 4;
    private static final int ITERATIONS = 25;

    private MetricsRuns() {}

    static List<Overhead> measure() throws RunnerException {
        return measure(
                new OptionsBuilder()
                        .forks(FORKS)
                        .warmupIterations(WARMUPS)
                        .warmupTime(TimeValue.seconds(1))
                        .measurementIterations(ITERATIONS)
                        .measurementTime(TimeValue.seconds(1))
                        .jvmArgsAppend(FreshProcess.jvmOptions().toArray(String[]::new)));
    }

    static List<Overhead> measure(ChainedOptionsBuilder options) throws RunnerException {
        options.include(Pattern.quote(MetricsBenchmark.class.getName()) + "\\.[^.]+$")
                .shouldFailOnError(true);
        List<Overhead.Figure> figures = new ArrayList<>();
        for (RunResult result : new Runner(options.build()).run()) {
            String name = result.getParams().getBenchmark();
            String work = name.substring(name.lastIndexOf('.') + 1);
            List<IterationResult> iterations =
                    result.getBenchmarkResults().stream()
                            .flatMap(fork -> fork.getIterationResults().stream())
                            .toList();
            for (int round = 0; round < iterations.size(); round++) {
                figures.addAll(figures(work, round, iterations.get(round)));
            }
        }
        return Overhead.of(figures);
    }

    private static List<Overhead.Figure> figures(
            String work, int round, IterationResult iteration) {
        return Overhead.ONLOOKERS.stream()
                .map(who ->
                        new Overhead.Figure(
                                round,
                                work,
                                who,
                                each(iteration, who + "Nanos"),
                                each(iteration, who + "Bytes")))
                .toList();
    }

    /// What was counted, for each operation.
    private static double each(IterationResult iteration, String counter) {
        return count(iteration, counter) / count(iteration, "operations");
    }

    private static double count(IterationResult iteration, String counter) {
        return Objects.requireNonNull(iteration.getSecondaryResults().get(counter), counter)
                .getScore();
    }
}
