package dev.treadle.benchmarks.run;

import dev.treadle.benchmarks.MetricsBenchmark;
import dev.treadle.benchmarks.footprint.FreshProcess;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/// Has JMH measure what it costs a loop to be measured, in rounds: what is compared is measured
/// within a minute, whatever the machine does meanwhile. As elsewhere the cost of an operation is
/// that in the fastest iteration.
final class MetricsRuns {
    private static final String BYTES = "gc.alloc.rate.norm";
    private static final int ROUNDS = 9;
    private static final int WARMUPS = 3;
    private static final TimeValue WARMUP = TimeValue.milliseconds(700);
    private static final int ITERATIONS = 6;
    private static final TimeValue ITERATION = TimeValue.milliseconds(400);

    private MetricsRuns() {}

    static List<Overhead> measure() throws RunnerException {
        return measure(
                ROUNDS,
                new OptionsBuilder()
                        .forks(1)
                        .warmupIterations(WARMUPS)
                        .warmupTime(WARMUP)
                        .measurementIterations(ITERATIONS)
                        .measurementTime(ITERATION)
                        .jvmArgsAppend(FreshProcess.jvmOptions().toArray(String[]::new)));
    }

    static List<Overhead> measure(int rounds, ChainedOptionsBuilder options)
            throws RunnerException {
        List<Overhead.Figure> figures = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            Collection<RunResult> results =
                    new Runner(
                                    new OptionsBuilder()
                                            .parent(options.build())
                                            .include(
                                                    Pattern.quote(MetricsBenchmark.class.getName())
                                                            + "\\.[^.]+$")
                                            .addProfiler(GCProfiler.class)
                                            .shouldFailOnError(true)
                                            .build())
                            .run();
            for (RunResult result : results) {
                figures.add(figure(round, result));
            }
        }
        return Overhead.of(figures);
    }

    private static Overhead.Figure figure(int round, RunResult result) {
        String name = result.getParams().getBenchmark();
        return new Overhead.Figure(
                round,
                name.substring(name.lastIndexOf('.') + 1),
                result.getParams().getParam("metrics"),
                result.getPrimaryResult().getStatistics().getMin(),
                Objects.requireNonNull(result.getSecondaryResults().get(BYTES), BYTES).getScore());
    }
}
