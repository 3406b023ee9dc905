package dev.treadle.benchmarks.tasks;

import dev.treadle.Async;
import dev.treadle.Task;
import dev.treadle.benchmarks.Check;
import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.contestants.KotlinCoroutines;
import dev.treadle.benchmarks.contestants.TreadleLoop;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import reactor.core.publisher.Mono;

/// A timeout around what is ready.
@Row(
        family = Row.Family.TASKS,
        title = "timeout around a ready await",
        operation = "timeout",
        work =
                "Awaits what is done already within a timeout of a minute, which has to be armed and"
                        + " cancelled. CompletableFuture.orTimeout looks first whether it is done, and arms"
                        + " nothing; a scope around any code cannot know.",
        behind =
                "orTimeout arms nothing for a future that is done, so it does no work here. A scope of"
                        + " Treadle could arm its timer when its body first suspends.")
public class TimeoutReady {
    private static final int TIMEOUTS = 10_000;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /// Treadle.
    ///
    /// @param loop the loop
    /// @return the number of timeouts
    @Benchmark
    @OperationsPerInvocation(TIMEOUTS)
    public long treadle(TreadleLoop loop) {
        return checked(
                loop.run(() -> {
                    Task<Long> ready = Async.createTask(() -> 1L);
                    ready.await();
                    long sum = 0;
                    for (int i = 0; i < TIMEOUTS; i++) {
                        sum += Async.timeout(MINUTE, () -> ready.await()).await();
                    }
                    return sum;
                }));
    }

    /// Kotlin.
    ///
    /// @param kotlin where
    /// @return the number of timeouts
    @Benchmark
    @OperationsPerInvocation(TIMEOUTS)
    public long kotlin(KotlinCoroutines kotlin) {
        return checked(kotlin.work().timeouts(TIMEOUTS));
    }

    /// `CompletableFuture`.
    ///
    /// @return the number of timeouts
    @Benchmark
    @OperationsPerInvocation(TIMEOUTS)
    public long completableFuture() {
        CompletableFuture<Long> ready = CompletableFuture.completedFuture(1L);
        long sum = 0;
        for (int i = 0; i < TIMEOUTS; i++) {
            sum += ready.copy().orTimeout(1, TimeUnit.MINUTES).join();
        }
        return checked(sum);
    }

    /// Reactor.
    ///
    /// @return the number of timeouts
    @Benchmark
    @OperationsPerInvocation(TIMEOUTS)
    public long reactor() {
        Mono<Long> ready = Mono.just(1L);
        long sum = 0;
        for (int i = 0; i < TIMEOUTS; i++) {
            sum += ready.timeout(MINUTE).blockOptional().orElseThrow();
        }
        return checked(sum);
    }

    private static long checked(long sum) {
        return Check.equal(TIMEOUTS, sum);
    }
}
