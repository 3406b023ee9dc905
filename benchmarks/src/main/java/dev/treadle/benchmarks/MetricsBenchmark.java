package dev.treadle.benchmarks;

import dev.treadle.Async;
import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;
import dev.treadle.Runner;
import dev.treadle.Task;
import dev.treadle.metrics.TreadleMetrics;
import dev.treadle.sync.Queue;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// What it costs a loop to be measured: the same work with nobody looking on, and bound to a
/// Prometheus registry. With `-prof gc` it also shows that a step allocates nothing more.
///
/// The rows alternate within a run, and only their ratio says something.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
public class MetricsBenchmark {
    private static final int SWITCHES = 1_000_000;
    private static final int MESSAGES = 100_000;

    /// Whether the loop is measured.
    @Param({"unbound", "bound"})
    public String metrics = "unbound";

    private Runner runner = newRunner();

    private static Runner newRunner() {
        return new Runner(LoopConfig.defaults().withName("measured").withScheduler("single"));
    }

    /// Makes the loop, and binds it if it is to be.
    @Setup
    public void bind() {
        runner.close();
        runner = newRunner();
        if (metrics.equals("bound")) {
            EventLoop loop = runner.loop();
            TreadleMetrics.of(loop).bindTo(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        }
    }

    /// Closes it.
    @TearDown
    public void close() {
        runner.close();
    }

    /// Two tasks that only give up control, in turn: nothing but steps. Per step.
    @Benchmark
    @OperationsPerInvocation(SWITCHES)
    public void yieldPingPong() {
        runner.run(() -> {
            Task<?> ping = Async.createTask(MetricsBenchmark::yieldAgainAndAgain);
            Task<?> pong = Async.createTask(MetricsBenchmark::yieldAgainAndAgain);
            Async.gather(List.of(ping, pong)).await();
        });
    }

    private static void yieldAgainAndAgain() {
        for (int i = 0; i < SWITCHES / 2; i++) {
            Async.yieldNow().await();
        }
    }

    /// Two tasks that hand each other values through queues, as those of a server do. Per message.
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public long handOff() {
        return runner.run(() -> {
            Queue<Integer> there = Queue.bounded(1);
            Queue<Integer> back = Queue.bounded(1);
            Async.createTask(() -> {
                for (int i = 0; i < MESSAGES / 2; i++) {
                    back.put(there.get().await() + 1).await();
                }
            });
            long sum = 0;
            for (int i = 0; i < MESSAGES / 2; i++) {
                there.put(i).await();
                sum += back.get().await();
            }
            return sum;
        });
    }
}
