package dev.treadle.benchmarks.tasks;

import dev.treadle.Async;
import dev.treadle.Task;
import dev.treadle.benchmarks.Check;
import dev.treadle.benchmarks.Reasons;
import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.contestants.KotlinCoroutines;
import dev.treadle.benchmarks.contestants.TreadleLoop;
import dev.treadle.benchmarks.contestants.VirtualThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/// A task that ends without having suspended.
@Row(
        family = Row.Family.TASKS,
        title = "spawn and finish a task that never suspends",
        operation = "task",
        work =
                "Starts 100 000 tasks that count, a thousand at a time, and awaits each thousand."
                        + " Everybody's task has a result that can be awaited.",
        behind =
                "A task has a coroutine, a context and a place among the loop's tasks: some 180 bytes and two"
                        + " atomic updates. If it owned its coroutine from the start, it would save one"
                        + " of these and an object."
                        + Reasons.VIRTUAL)
public class SpawnFinish {
    private static final int TASKS = 100_000;
    private static final int BATCH = 1000;

    /// Treadle.
    ///
    /// @param loop the loop
    /// @return the number of tasks
    @Benchmark
    @OperationsPerInvocation(TASKS)
    public long treadle(TreadleLoop loop) {
        AtomicLong done = new AtomicLong();
        loop.run(() -> {
            for (int i = 0; i < TASKS; i += BATCH) {
                List<Task<Long>> tasks = new ArrayList<>(BATCH);
                for (int j = 0; j < BATCH; j++) {
                    tasks.add(Async.createTask(() -> done.incrementAndGet()));
                }
                for (Task<Long> task : tasks) {
                    task.await();
                }
            }
            return TASKS;
        });
        return Check.equal(TASKS, done.get());
    }

    /// Kotlin.
    ///
    /// @param kotlin where
    /// @return the number of tasks
    @Benchmark
    @OperationsPerInvocation(TASKS)
    public long kotlin(KotlinCoroutines kotlin) {
        return Check.equal(TASKS, kotlin.work().spawnAndFinish(TASKS, BATCH));
    }

    /// Virtual threads.
    ///
    /// @param threads where they are made
    /// @return the number of tasks
    @Benchmark
    @OperationsPerInvocation(TASKS)
    public long virtualThreads(VirtualThreads threads) {
        return threads.run(() -> futures(threads.executor()));
    }

    /// `CompletableFuture`, on a `ForkJoinPool`.
    ///
    /// @return the number of tasks
    @Benchmark
    @OperationsPerInvocation(TASKS)
    public long completableFuture() {
        return futures(ForkJoinPool.commonPool());
    }

    private static long futures(Executor executor) {
        AtomicLong done = new AtomicLong();
        for (int i = 0; i < TASKS; i += BATCH) {
            List<CompletableFuture<Long>> tasks = new ArrayList<>(BATCH);
            for (int j = 0; j < BATCH; j++) {
                tasks.add(CompletableFuture.supplyAsync(done::incrementAndGet, executor));
            }
            tasks.forEach(CompletableFuture::join);
        }
        return Check.equal(TASKS, done.get());
    }
}
