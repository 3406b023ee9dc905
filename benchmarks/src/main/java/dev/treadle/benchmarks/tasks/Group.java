package dev.treadle.benchmarks.tasks;

import dev.treadle.Async;
import dev.treadle.TaskGroup;
import dev.treadle.benchmarks.Check;
import dev.treadle.benchmarks.Reasons;
import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.contestants.KotlinCoroutines;
import dev.treadle.benchmarks.contestants.TreadleLoop;
import dev.treadle.benchmarks.contestants.VirtualThreads;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/// A child of a group of a hundred.
@Row(
        family = Row.Family.TASKS,
        title = "task group of 100",
        operation = "child",
        work =
                "Opens a scope, starts 100 children that suspend once, and leaves it when all are"
                        + " done, a hundred times. Kotlin's is coroutineScope. The JDK's"
                        + " StructuredTaskScope is a preview, and so its line is an executor that is"
                        + " closed.",
        behind = Reasons.STACKS + Reasons.VIRTUAL)
public class Group {
    private static final int GROUPS = 100;
    private static final int CHILDREN = 100;
    private static final int ALL = GROUPS * CHILDREN;

    /// Treadle.
    ///
    /// @param loop the loop
    /// @return the number of children
    @Benchmark
    @OperationsPerInvocation(ALL)
    public long treadle(TreadleLoop loop) {
        AtomicLong done = new AtomicLong();
        loop.run(() -> {
            for (int i = 0; i < GROUPS; i++) {
                TaskGroup.run(
                                group -> {
                                    for (int j = 0; j < CHILDREN; j++) {
                                        group.createTask(() -> {
                                            Async.yieldNow().await();
                                            done.incrementAndGet();
                                        });
                                    }
                                })
                        .await();
            }
            return ALL;
        });
        return Check.equal(ALL, done.get());
    }

    /// Kotlin.
    ///
    /// @param kotlin where
    /// @return the number of children
    @Benchmark
    @OperationsPerInvocation(ALL)
    public long kotlin(KotlinCoroutines kotlin) {
        return Check.equal(ALL, kotlin.work().groups(GROUPS, CHILDREN));
    }

    /// Virtual threads.
    ///
    /// @param threads where the scopes are opened
    /// @return the number of children
    @Benchmark
    @OperationsPerInvocation(ALL)
    public long virtualThreads(VirtualThreads threads) {
        AtomicLong done = new AtomicLong();
        threads.run(() -> {
            for (int i = 0; i < GROUPS; i++) {
                try (ExecutorService scope = Executors.newVirtualThreadPerTaskExecutor()) {
                    for (int j = 0; j < CHILDREN; j++) {
                        scope.execute(() -> yieldAndCount(done));
                    }
                }
            }
            return ALL;
        });
        return Check.equal(ALL, done.get());
    }

    @SuppressWarnings("ThreadPriorityCheck") // a virtual thread's yield is what is measured
    private static void yieldAndCount(AtomicLong done) {
        Thread.yield();
        done.incrementAndGet();
    }
}
