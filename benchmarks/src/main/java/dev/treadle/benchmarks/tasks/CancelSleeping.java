package dev.treadle.benchmarks.tasks;

import dev.treadle.Async;
import dev.treadle.Task;
import dev.treadle.benchmarks.Check;
import dev.treadle.benchmarks.Reasons;
import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.contestants.KotlinCoroutines;
import dev.treadle.benchmarks.contestants.Peer;
import dev.treadle.benchmarks.contestants.TreadleLoop;
import dev.treadle.benchmarks.kotlin.Coroutines;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// One of many sleeping tasks that are cancelled.
@Row(
        family = Row.Family.TASKS,
        title = "cancel sleeping tasks",
        operation = "task",
        work =
                "Cancels tasks that sleep for an hour, and awaits their ends. That they are started is"
                        + " not in the time, but is in the bytes. Virtual threads are interrupted and joined.",
        behind =
                "A cancelled task throws and unwinds its stack, which has to be mounted for it. "
                        + Reasons.STACKS
                        + Reasons.VIRTUAL,
        counts = "tasks",
        perSize = true,
        quickSize = 10_000)
public class CancelSleeping {
    /// How many tasks there are.
    @State(Scope.Benchmark)
    public static class Size {
        /// How many.
        @Param({"100", "1000", "10000", "100000"})
        public int size = 1000;
    }

    /// Tasks of Treadle that sleep.
    @State(Scope.Benchmark)
    public static class Sleeping {
        private List<Task<?>> tasks = List.of();

        /// Lets them fall asleep.
        ///
        /// @param loop the loop
        /// @param size how many
        @Setup(Level.Invocation)
        public void sleep(TreadleLoop loop, Size size) {
            tasks =
                    loop.run(() -> {
                        List<Task<?>> all = new ArrayList<>(size.size);
                        for (int i = 0; i < size.size; i++) {
                            all.add(
                                    Async.createTask(() -> {
                                        Async.sleep(Duration.ofHours(1)).await();
                                    }));
                        }
                        Async.yieldNow().await();
                        return all;
                    });
        }
    }

    /// Coroutines of Kotlin that sleep.
    @State(Scope.Benchmark)
    public static class KotlinSleeping {
        /// Where they run; the loop of `runBlocking` ends with it, and so does not do.
        @Param({"KOTLIN_SINGLE", "KOTLIN_DEFAULT"})
        public Peer on = Peer.KOTLIN_DEFAULT;

        private Coroutines coroutines = Coroutines.onDefault();
        private Coroutines.@Nullable Sleeping sleeping;

        /// Chooses where.
        @Setup
        public void open() {
            coroutines = KotlinCoroutines.on(on);
        }

        /// Lets them fall asleep.
        ///
        /// @param size how many
        @Setup(Level.Invocation)
        public void sleep(Size size) {
            sleeping = coroutines.startSleeping(size.size);
        }

        /// Ends their thread.
        @TearDown
        public void close() {
            coroutines.close();
        }
    }

    /// Virtual threads that sleep.
    @State(Scope.Benchmark)
    public static class ThreadsSleeping {
        private List<Thread> threads = List.of();

        /// Lets them fall asleep.
        ///
        /// @param size how many
        @Setup(Level.Invocation)
        public void sleep(Size size) {
            List<Thread> all = new ArrayList<>(size.size);
            for (int i = 0; i < size.size; i++) {
                all.add(Thread.startVirtualThread(ThreadsSleeping::sleepAnHour));
            }
            for (Thread thread : all) {
                while (thread.getState() != Thread.State.TIMED_WAITING) {
                    Thread.onSpinWait();
                }
            }
            threads = all;
        }

        private static void sleepAnHour() {
            try {
                Thread.sleep(Duration.ofHours(1));
            } catch (InterruptedException _) {
                // This is how it is to end.
            }
        }
    }

    /// Treadle.
    ///
    /// @param loop the loop
    /// @param size how many
    /// @param sleeping the tasks
    /// @return how many ended cancelled
    @Benchmark
    public long treadle(TreadleLoop loop, Size size, Sleeping sleeping) {
        return Check.equal(
                size.size,
                loop.run(() -> {
                    sleeping.tasks.forEach(Task::cancel);
                    Async.wait(sleeping.tasks).await();
                    return sleeping.tasks.stream().filter(Task::isCancelled).count();
                }));
    }

    /// Kotlin.
    ///
    /// @param size how many
    /// @param kotlin the coroutines
    /// @return how many ended cancelled
    @Benchmark
    public long kotlin(Size size, KotlinSleeping kotlin) {
        Coroutines.Sleeping sleeping = kotlin.sleeping;
        return Check.equal(size.size, sleeping == null ? 0 : sleeping.cancel());
    }

    /// Virtual threads.
    ///
    /// @param size how many
    /// @param sleeping the threads
    /// @return how many ended
    /// @throws InterruptedException never
    @Benchmark
    public long virtualThreads(Size size, ThreadsSleeping sleeping) throws InterruptedException {
        sleeping.threads.forEach(Thread::interrupt);
        for (Thread thread : sleeping.threads) {
            thread.join();
        }
        return Check.equal(size.size, sleeping.threads.size());
    }
}
