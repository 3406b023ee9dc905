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
/// within a minute or two, whatever the machine does meanwhile.
final class MetricsRuns {
    private static final String BYTES = "gc.alloc.rate.norm";
    private static final int ROUNDS = 7;
    private static final int WARMUPS = 3;
    private static final int ITERATIONS = 5;

    private MetricsRuns() {}

    static List<Overhead> measure() throws RunnerException {
        return measure(
                ROUNDS,
                new OptionsBuilder()
                        .forks(1)
                        .warmupIterations(WARMUPS)
                        .warmupTime(TimeValue.seconds(1))
                        .measurementIterations(ITERATIONS)
                        .measurementTime(TimeValue.seconds(1))
                        .jvmArgsAppend(FreshProcess.jvmOptions().toArray(String[]::new)));
    }

    static List<Overhead> measure(int rounds, ChainedOptionsBuilder options)
            throws RunnerException {
        List<Overhead.Figure> figures = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            Collection<RunResult> results =
                    new Runner(
                                    options.include(
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
                result.getPrimaryResult().getScore(),
                Objects.requireNonNull(result.getSecondaryResults().get(BYTES), BYTES).getScore());
    }
}
