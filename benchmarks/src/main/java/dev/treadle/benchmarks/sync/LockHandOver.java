package dev.treadle.benchmarks.sync;

import dev.treadle.Async;
import dev.treadle.Task;
import dev.treadle.benchmarks.Check;
import dev.treadle.benchmarks.Reasons;
import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.contestants.KotlinCoroutines;
import dev.treadle.benchmarks.contestants.TreadleLoop;
import dev.treadle.benchmarks.contestants.VirtualThreads;
import dev.treadle.sync.Lock;
import dev.treadle.sync.Permit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/// A lock that goes from task to task.
@Row(
        family = Row.Family.SYNC,
        title = "lock hand-over among 10 tasks",
        operation = "acquisition",
        work =
                "Ten tasks take a lock 2 000 times each, and yield while they hold it, so that all"
                        + " others come to wait for it. ReentrantLock is not fair by default: who comes by"
                        + " takes it, and nobody is woken; the fair one hands it over, as the others do.",
        behind = "Each acquisition suspends twice. " + Reasons.STACKS + Reasons.VIRTUAL)
public class LockHandOver {
    private static final int TASKS = 10;
    private static final int ROUNDS = 2000;
    private static final int ALL = TASKS * ROUNDS;

    /// Treadle.
    ///
    /// @param loop the loop
    /// @return the number of acquisitions
    @Benchmark
    @OperationsPerInvocation(ALL)
    public long treadle(TreadleLoop loop) {
        long[] count = new long[1];
        loop.run(() -> {
            Lock lock = new Lock();
            List<Task<?>> tasks = new ArrayList<>(TASKS);
            for (int i = 0; i < TASKS; i++) {
                tasks.add(
                        Async.createTask(() -> {
                            for (int j = 0; j < ROUNDS; j++) {
                                try (Permit _ = lock.acquire().await()) {
                                    count[0]++;
                                    Async.yieldNow().await();
                                }
                            }
                        }));
            }
            for (Task<?> task : tasks) {
                task.await();
            }
            return ALL;
        });
        return Check.equal(ALL, count[0]);
    }

    /// Kotlin's `Mutex`.
    ///
    /// @param kotlin where
    /// @return the number of acquisitions
    @Benchmark
    @OperationsPerInvocation(ALL)
    public long kotlin(KotlinCoroutines kotlin) {
        return Check.equal(ALL, kotlin.work().lockHandOver(TASKS, ROUNDS));
    }

    /// Virtual threads, and the lock that is the default.
    ///
    /// @param threads where they are made
    /// @return the number of acquisitions
    @Benchmark
    @OperationsPerInvocation(ALL)
    public long virtualThreads(VirtualThreads threads) {
        return inThreads(threads, new ReentrantLock());
    }

    /// Virtual threads, and a lock that is handed over.
    ///
    /// @param threads where they are made
    /// @return the number of acquisitions
    @Benchmark
    @OperationsPerInvocation(ALL)
    public long virtualThreadsFair(VirtualThreads threads) {
        return inThreads(threads, new ReentrantLock(true));
    }

    @SuppressWarnings("ThreadPriorityCheck") // a virtual thread's yield is what is measured
    private static long inThreads(VirtualThreads threads, ReentrantLock lock) {
        long[] count = new long[1];
        threads.run(() -> {
            List<Future<?>> tasks = new ArrayList<>(TASKS);
            for (int i = 0; i < TASKS; i++) {
                tasks.add(
                        threads.executor()
                                .submit(() -> {
                                    for (int j = 0; j < ROUNDS; j++) {
                                        lock.lock();
                                        try {
                                            count[0]++;
                                            Thread.yield();
                                        } finally {
                                            lock.unlock();
                                        }
                                    }
                                }));
            }
            for (Future<?> task : tasks) {
                task.get();
            }
            return ALL;
        });
        return Check.equal(ALL, count[0]);
    }
}
