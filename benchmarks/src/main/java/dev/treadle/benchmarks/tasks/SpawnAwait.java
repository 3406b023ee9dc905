package dev.treadle.benchmarks.tasks;

import dev.treadle.Async;
import dev.treadle.benchmarks.Check;
import dev.treadle.benchmarks.Reasons;
import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.contestants.KotlinCoroutines;
import dev.treadle.benchmarks.contestants.TreadleLoop;
import dev.treadle.benchmarks.contestants.VirtualThreads;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// A task that is awaited at once.
@Row(
        family = Row.Family.TASKS,
        title = "spawn a task and await it",
        operation = "task",
        work =
                "Starts a task that returns a number and awaits it, one after the other. Those who"
                        + " wait for a CompletableFuture or for Reactor are virtual threads.",
        behind = Reasons.STACKS + Reasons.VIRTUAL)
public class SpawnAwait {
    private static final int TASKS = 10_000;

    /// Treadle.
    ///
    /// @param loop the loop
    /// @return the number of tasks
    @Benchmark
    @OperationsPerInvocation(TASKS)
    public long treadle(TreadleLoop loop) {
        return checked(
                loop.run(() -> {
                    long sum = 0;
                    for (int i = 0; i < TASKS; i++) {
                        sum += Async.createTask(() -> 1).await();
                    }
                    return sum;
                }));
    }

    /// Kotlin.
    ///
    /// @param kotlin where
    /// @return the number of tasks
    @Benchmark
    @OperationsPerInvocation(TASKS)
    public long kotlin(KotlinCoroutines kotlin) {
        return checked(kotlin.work().spawnAndAwait(TASKS));
    }

    /// Virtual threads.
    ///
    /// @param threads where they are made
    /// @return the number of tasks
    @Benchmark
    @OperationsPerInvocation(TASKS)
    public long virtualThreads(VirtualThreads threads) {
        return checked(
                threads.run(() -> {
                    long sum = 0;
                    for (int i = 0; i < TASKS; i++) {
                        sum += threads.executor().submit(() -> 1).get();
                    }
                    return sum;
                }));
    }

    /// `CompletableFuture`.
    ///
    /// @param threads where it is waited for
    /// @return the number of tasks
    @Benchmark
    @OperationsPerInvocation(TASKS)
    public long completableFuture(VirtualThreads threads) {
        return checked(
                threads.run(() -> {
                    long sum = 0;
                    for (int i = 0; i < TASKS; i++) {
                        sum += CompletableFuture.supplyAsync(() -> 1).join();
                    }
                    return sum;
                }));
    }

    /// Reactor.
    ///
    /// @param threads where it is waited for
    /// @return the number of tasks
    @Benchmark
    @OperationsPerInvocation(TASKS)
    public long reactor(VirtualThreads threads) {
        return checked(
                threads.run(() -> {
                    long sum = 0;
                    for (int i = 0; i < TASKS; i++) {
                        sum +=
                                Mono.fromCallable(() -> 1)
                                        .subscribeOn(Schedulers.parallel())
                                        .blockOptional()
                                        .orElseThrow();
                    }
                    return sum;
                }));
    }

    private static long checked(long sum) {
        return Check.equal(TASKS, sum);
    }
}
