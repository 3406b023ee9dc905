package dev.treadle.benchmarks;

import dev.treadle.Async;
import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;
import dev.treadle.Promise;
import dev.treadle.Runner;
import dev.treadle.Task;
import dev.treadle.metrics.TreadleMetrics;
import dev.treadle.sync.Queue;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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

/// What it costs a loop to be measured: the same work with nobody looking on, in an application
/// that has the jar and no registry, and bound to a Prometheus registry.
///
/// Only the ratios say something, and of runs that alternate: `benchmarks/run --metrics` prints
/// them, with what a step allocates, beside what they may be.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
public class MetricsBenchmark {
    private static final int SWITCHES = 1_000_000;
    private static final int MESSAGES = 100_000;
    private static final int ROUND_TRIPS = 10_000;

    /// What binds loops of its own accord, unless it is told not to.
    private static final String GLOBAL = "treadle.metrics.global";

    /// Who looks on: nobody, as if the jar were not there; what the jar does where there is no
    /// registry; a registry.
    @Param({"absent", "unbound", "bound"})
    public String metrics = "absent";

    private Runner runner = newRunner();
    private final ExecutorService otherThread =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("other").factory());

    private static Runner newRunner() {
        return new Runner(LoopConfig.defaults().withName("measured").withScheduler("single"));
    }

    /// Makes the loop, and binds it if it is to be.
    @Setup
    public void bind() {
        runner.close();
        System.setProperty(GLOBAL, Boolean.toString(metrics.equals("unbound")));
        runner = newRunner();
        runner.loop(); // makes it
        if (metrics.equals("bound")) {
            EventLoop loop = runner.loop();
            TreadleMetrics.of(loop).bindTo(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        }
    }

    /// Closes it.
    @TearDown
    public void close() {
        runner.close();
        otherThread.shutdown();
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

    /// A task that hands values to another thread and waits for them to come back, as with input
    /// and output: the loop waits and is woken each time. Per round trip.
    @Benchmark
    @OperationsPerInvocation(ROUND_TRIPS)
    public long roundTrip() {
        return runner.run(() -> {
            EventLoop loop = EventLoop.running();
            long sum = 0;
            for (int i = 0; i < ROUND_TRIPS; i++) {
                Promise<Integer> answer = loop.createPromise();
                int value = i;
                otherThread.execute(() -> answer.complete(value));
                sum += answer.await();
            }
            return sum;
        });
    }
}
