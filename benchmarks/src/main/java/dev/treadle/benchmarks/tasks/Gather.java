package dev.treadle.benchmarks.tasks;

import dev.treadle.Async;
import dev.treadle.Coroutine;
import dev.treadle.benchmarks.Check;
import dev.treadle.benchmarks.Reasons;
import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.contestants.KotlinCoroutines;
import dev.treadle.benchmarks.contestants.TreadleLoop;
import dev.treadle.benchmarks.contestants.VirtualThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// One of many tasks that are awaited together.
@Row(
        family = Row.Family.TASKS,
        title = "gather",
        operation = "task",
        work =
                "Awaits many tasks together, each of which suspends once and returns a number; all are"
                        + " under way at once. A CompletableFuture hops to its pool a second time,"
                        + " Reactor changes schedulers once more, where others yield.",
        behind = Reasons.STACKS + Reasons.VIRTUAL,
        counts = "tasks",
        perSize = true,
        quickSize = 10_000)
@State(Scope.Benchmark)
public class Gather {
    /// How many tasks there are.
    @Param({"100", "1000", "10000", "100000"})
    public int size = 1000;

    /// Treadle.
    ///
    /// @param loop the loop
    /// @return the sum
    @Benchmark
    public long treadle(TreadleLoop loop) {
        return checked(
                loop.run(() -> {
                    List<Coroutine<Integer>> tasks = new ArrayList<>(size);
                    for (int i = 0; i < size; i++) {
                        int number = i;
                        tasks.add(
                                Coroutine.of(() -> {
                                    Async.yieldNow().await();
                                    return number;
                                }));
                    }
                    long sum = 0;
                    for (int number : Async.gather(tasks).await()) {
                        sum += number;
                    }
                    return sum;
                }));
    }

    /// Kotlin.
    ///
    /// @param kotlin where
    /// @return the sum
    @Benchmark
    public long kotlin(KotlinCoroutines kotlin) {
        return checked(kotlin.work().gather(size));
    }

    /// Virtual threads.
    ///
    /// @param threads where they are made
    /// @return the sum
    @Benchmark
    public long virtualThreads(VirtualThreads threads) {
        return checked(
                threads.run(() -> {
                    List<Future<Integer>> tasks = new ArrayList<>(size);
                    for (int i = 0; i < size; i++) {
                        int number = i;
                        tasks.add(threads.executor().submit(() -> afterYield(number)));
                    }
                    long sum = 0;
                    for (Future<Integer> task : tasks) {
                        sum += task.get();
                    }
                    return sum;
                }));
    }

    @SuppressWarnings("ThreadPriorityCheck") // a virtual thread's yield is what is measured
    private static int afterYield(int number) {
        Thread.yield();
        return number;
    }

    /// `CompletableFuture`.
    ///
    /// @return the sum
    @Benchmark
    public long completableFuture() {
        List<CompletableFuture<Integer>> tasks = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            int number = i;
            tasks.add(CompletableFuture.supplyAsync(() -> number).thenApplyAsync(n -> n));
        }
        CompletableFuture.allOf(tasks.toArray(CompletableFuture<?>[]::new)).join();
        long sum = 0;
        for (CompletableFuture<Integer> task : tasks) {
            sum += task.join();
        }
        return checked(sum);
    }

    /// Reactor.
    ///
    /// @return the sum
    @Benchmark
    public long reactor() {
        return checked(
                Flux.range(0, size)
                        .flatMap(
                                number ->
                                        Mono.fromCallable(() -> number)
                                                .subscribeOn(Schedulers.parallel())
                                                .publishOn(Schedulers.parallel()),
                                size)
                        .reduce(0L, Long::sum)
                        .blockOptional()
                        .orElseThrow());
    }

    private long checked(long sum) {
        return Check.sumBelow(size, sum);
    }
}
