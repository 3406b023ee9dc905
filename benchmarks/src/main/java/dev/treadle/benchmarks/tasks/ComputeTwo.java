package dev.treadle.benchmarks.tasks;

import dev.treadle.Async;
import dev.treadle.Task;
import dev.treadle.benchmarks.Check;
import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.contestants.KotlinCoroutines;
import dev.treadle.benchmarks.contestants.TreadleLoop;
import dev.treadle.benchmarks.contestants.VirtualThreads;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// Tasks that compute.
@Row(
        family = Row.Family.TASKS,
        title = "two tasks that compute",
        operation = "step of the computation",
        work =
                "Two tasks of 10 000 000 steps of a random generator each, awaited together: on two"
                        + " processors, who uses both takes half the time.",
        behind =
                "single runs one thing at a time, on one processor; the parallel schedulers are for"
                        + " this. Where one of these is level, nobody can be ahead: it is arithmetic.")
public class ComputeTwo {
    private static final int STEPS = 10_000_000; // some ten milliseconds
    private static final long RESULT = work(1) ^ work(2);

    /// Marsaglia's xorshift, of which a compiler cannot do several steps at once.
    static long work(int seed) {
        long value = seed;
        for (int i = 0; i < STEPS; i++) {
            value ^= value << 13;
            value ^= value >>> 7;
            value ^= value << 17;
        }
        return value;
    }

    /// Treadle.
    ///
    /// @param loop the loop
    /// @return the result
    @Benchmark
    @OperationsPerInvocation(2 * STEPS)
    public long treadle(TreadleLoop loop) {
        return Check.equal(
                RESULT,
                loop.run(() -> {
                    Task<Long> one = Async.createTask(() -> work(1));
                    Task<Long> two = Async.createTask(() -> work(2));
                    return one.await() ^ two.await();
                }));
    }

    /// Kotlin.
    ///
    /// @param kotlin where
    /// @return the result
    @Benchmark
    @OperationsPerInvocation(2 * STEPS)
    public long kotlin(KotlinCoroutines kotlin) {
        return Check.equal(RESULT, kotlin.work().compute(ComputeTwo::work));
    }

    /// Virtual threads.
    ///
    /// @param threads where they are made
    /// @return the result
    @Benchmark
    @OperationsPerInvocation(2 * STEPS)
    public long virtualThreads(VirtualThreads threads) {
        return submitted(threads.executor());
    }

    /// A pool of as many threads as there are processors: the common one has one less.
    @State(Scope.Benchmark)
    public static class Pool {
        private final ForkJoinPool pool = new ForkJoinPool();

        /// Ends its threads.
        @TearDown
        public void close() {
            pool.close();
        }
    }

    /// A `ForkJoinPool`.
    ///
    /// @param state the pool
    /// @return the result
    @Benchmark
    @OperationsPerInvocation(2 * STEPS)
    public long forkJoin(Pool state) {
        return submitted(state.pool);
    }

    private static long submitted(ExecutorService executor) {
        Callable<Long> first = () -> work(1);
        Future<Long> one = executor.submit(first);
        Callable<Long> second = () -> work(2);
        Future<Long> two = executor.submit(second);
        return Check.equal(RESULT, VirtualThreads.join(one) ^ VirtualThreads.join(two));
    }
}
