package dev.treadle.benchmarks.tasks;

import dev.treadle.Async;
import dev.treadle.Task;
import dev.treadle.benchmarks.Check;
import dev.treadle.benchmarks.Reasons;
import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.contestants.BareThreads;
import dev.treadle.benchmarks.contestants.KotlinCoroutines;
import dev.treadle.benchmarks.contestants.TreadleLoop;
import dev.treadle.benchmarks.contestants.VirtualThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// A task lets the next one run.
@Row(
        family = Row.Family.TASKS,
        title = "switch",
        operation = "switch",
        work =
                "Tasks that yield in turn, 1 000 000 times altogether; that they are started is included."
                        + " On several threads they yield beside each other. Bare threads unpark the"
                        + " next and park: what a loop of whole stacks cannot beat.",
        behind = Reasons.STACKS + Reasons.VIRTUAL,
        counts = "tasks",
        quickSize = 1000)
@State(Scope.Benchmark)
public class Switch {
    private static final int SWITCHES = 1_000_000;

    /// How many tasks there are.
    @Param({"10", "1000", "10000", "100000"})
    public int size = 1000;

    /// Treadle.
    ///
    /// @param loop the loop
    /// @return the number of switches
    @Benchmark
    @OperationsPerInvocation(SWITCHES)
    public long treadle(TreadleLoop loop) {
        int rounds = SWITCHES / size;
        return checked(
                loop.run(() -> {
                    List<Task<Integer>> tasks = new ArrayList<>(size);
                    for (int i = 0; i < size; i++) {
                        tasks.add(
                                Async.createTask(() -> {
                                    int done = 0;
                                    while (done < rounds) {
                                        Async.yieldNow().await();
                                        done++;
                                    }
                                    return done;
                                }));
                    }
                    long sum = 0;
                    for (Task<Integer> task : tasks) {
                        sum += task.await();
                    }
                    return sum;
                }));
    }

    /// Kotlin.
    ///
    /// @param kotlin where
    /// @return the number of switches
    @Benchmark
    @OperationsPerInvocation(SWITCHES)
    public long kotlin(KotlinCoroutines kotlin) {
        return checked(kotlin.work().switches(size, SWITCHES / size));
    }

    /// Virtual threads, by `Thread.yield`.
    ///
    /// @param threads where they are made
    /// @return the number of switches
    @Benchmark
    @OperationsPerInvocation(SWITCHES)
    public long virtualThreads(VirtualThreads threads) {
        int rounds = SWITCHES / size;
        return checked(
                threads.run(() -> {
                    List<Future<Integer>> tasks = new ArrayList<>(size);
                    for (int i = 0; i < size; i++) {
                        tasks.add(threads.executor().submit(() -> yields(rounds)));
                    }
                    long sum = 0;
                    for (Future<Integer> task : tasks) {
                        sum += task.get();
                    }
                    return sum;
                }));
    }

    @SuppressWarnings("ThreadPriorityCheck") // a virtual thread's yield is what is measured
    private static int yields(int rounds) {
        int done = 0;
        while (done < rounds) {
            Thread.yield();
            done++;
        }
        return done;
    }

    /// Threads that unpark one another in a ring.
    ///
    /// @param threads on what they run
    /// @return the number of switches
    /// @throws InterruptedException never
    @Benchmark
    @OperationsPerInvocation(SWITCHES)
    public long bareThreads(BareThreads threads) throws InterruptedException {
        return checked(threads.passTurn(size, SWITCHES / size));
    }

    private static long checked(long switches) {
        return Check.equal(SWITCHES, switches);
    }
}
