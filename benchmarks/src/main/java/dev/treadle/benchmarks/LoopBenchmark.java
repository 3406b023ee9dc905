package dev.treadle.benchmarks;

import dev.treadle.Async;
import dev.treadle.EventLoop;
import dev.treadle.Handle;
import dev.treadle.Runner;
import dev.treadle.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// What a loop does most. Each method runs a coroutine to its end and counts what it did inside, so
/// that starting and stopping the loop does not show.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public abstract class LoopBenchmark {
    private static final int SPAWNS = 100_000;
    private static final int TASKS = 1000;
    private static final int SWITCHES = 1_000_000;
    private static final int CALLS = 1_000_000;
    private static final int TIMERS = 100_000;

    private final Runner runner = new Runner();
    private final List<Handle> armed = new ArrayList<>();

    /// On a stock JVM.
    @Fork(value = 1)
    public static class Baton extends LoopBenchmark {}

    /// With `java.lang` open.
    @Fork(value = 1, jvmArgsAppend = "--add-opens=java.base/java.lang=ALL-UNNAMED")
    public static class Mounted extends LoopBenchmark {}

    /// Arms the timers among which one is armed and cancelled.
    @Setup
    public void arm() {
        runner.run(() -> {
            EventLoop loop = EventLoop.running();
            for (int i = 0; i < TIMERS; i++) {
                armed.add(loop.callLater(Duration.ofHours(1).plusMillis(i), () -> {}));
            }
        });
    }

    /// Closes the loop.
    @TearDown
    public void close() {
        runner.close();
    }

    /// Creates a task that never suspends, and lets it finish. A thousand at a time, so that the
    /// ready queue stays in the cache.
    @Benchmark
    @OperationsPerInvocation(SPAWNS)
    public void spawnAndFinish() {
        runner.run(() -> {
            for (int i = 0; i < SPAWNS; i += 100) {
                for (int j = 0; j < 100; j++) {
                    Async.createTask(() -> null);
                }
                Async.yieldNow().await();
            }
        });
    }

    /// Suspends and resumes one of a thousand tasks.
    @Benchmark
    @OperationsPerInvocation(SWITCHES)
    public void switchAmongThousand() {
        runner.run(() -> {
            List<Task<?>> tasks = new ArrayList<>();
            for (int i = 0; i < TASKS; i++) {
                tasks.add(
                        Async.createTask(() -> {
                            for (int j = 0; j < SWITCHES / TASKS; j++) {
                                Async.yieldNow().await();
                            }
                        }));
            }
            Async.wait(tasks).await();
        });
    }

    /// Suspends and resumes the only task.
    @Benchmark
    @OperationsPerInvocation(SWITCHES)
    public void yieldAlone() {
        runner.run(() -> {
            for (int i = 0; i < SWITCHES; i++) {
                Async.yieldNow().await();
            }
        });
    }

    /// Queues a callback and runs it.
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void callSoon() {
        runner.run(() -> {
            EventLoop loop = EventLoop.running();
            for (int i = 0; i < CALLS; i += 1000) {
                for (int j = 0; j < 1000; j++) {
                    loop.callSoon(() -> {});
                }
                Async.yieldNow().await();
            }
        });
    }

    /// Queues a callback from another thread and runs it.
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void callSoonThreadsafe() {
        runner.run(() -> {
            EventLoop loop = EventLoop.running();
            var last = loop.<@org.jspecify.annotations.Nullable Void>createPromise();
            Thread.ofPlatform()
                    .start(() -> {
                        for (int i = 1; i < CALLS; i++) {
                            loop.callSoonThreadsafe(() -> {});
                        }
                        loop.callSoonThreadsafe(() -> last.complete(null));
                    });
            last.await();
        });
    }

    /// Arms a timer among 100 000 and cancels it.
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void armAndCancel() {
        runner.run(() -> {
            EventLoop loop = EventLoop.running();
            Duration delay = Duration.ofMinutes(30);
            for (int i = 0; i < CALLS; i++) {
                loop.callLater(delay, () -> {}).cancel();
            }
        });
    }
}
