package dev.treadle.benchmarks.generators;

import dev.treadle.DuplexGenerator;
import dev.treadle.benchmarks.Check;
import dev.treadle.benchmarks.Reasons;
import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.contestants.GeneratorBodies;
import dev.treadle.benchmarks.contestants.VirtualThreads;
import dev.treadle.benchmarks.kotlin.Duplex;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/// A value sent into a generator and one that comes back.
@Row(
        family = Row.Family.GENERATORS,
        title = "send",
        operation = "send",
        work =
                "Sends a number into a generator that yields the next one. Kotlin's library has no"
                        + " such generator; its intrinsics have, and so it is one of twenty lines on"
                        + " these. Virtual threads hand values over by two SynchronousQueues.",
        behind =
                Reasons.STACKFUL
                        + " Compiled: Kotlin's is written for this one case, without states to check"
                        + " or an end to report.")
public class Send {
    private static final int COUNT = 10_000;

    /// Treadle.
    ///
    /// @param bodies how they run
    /// @return the sum
    @Benchmark
    @OperationsPerInvocation(COUNT)
    public long treadle(GeneratorBodies bodies) {
        DuplexGenerator<Integer, Integer, Void> increments =
                DuplexGenerator.of(y -> {
                    int sent = Objects.requireNonNull(y.yield(0));
                    while (true) {
                        sent = Objects.requireNonNull(y.yield(sent + 1));
                    }
                });
        increments.next();
        long sum = 0;
        for (int i = 0; i < COUNT; i++) {
            sum += increments.send(i);
        }
        increments.close();
        return checked(sum);
    }

    /// Kotlin's intrinsics.
    ///
    /// @return the sum
    @Benchmark
    @OperationsPerInvocation(COUNT)
    public long kotlin() {
        Duplex increments = Duplex.increments();
        long sum = 0;
        for (int i = 0; i < COUNT; i++) {
            sum += increments.send(i);
        }
        return checked(sum);
    }

    /// Virtual threads.
    ///
    /// @param threads where they are made
    /// @return the sum
    @Benchmark
    @OperationsPerInvocation(COUNT)
    public long virtualThreads(VirtualThreads threads) {
        return checked(
                threads.run(() -> {
                    SynchronousQueue<Integer> there = new SynchronousQueue<>();
                    SynchronousQueue<Integer> back = new SynchronousQueue<>();
                    Future<?> body =
                            threads.executor()
                                    .submit(() -> {
                                        while (true) {
                                            back.put(there.take() + 1);
                                        }
                                    });
                    long sum = 0;
                    for (int i = 0; i < COUNT; i++) {
                        there.put(i);
                        sum += back.take();
                    }
                    body.cancel(true);
                    return sum;
                }));
    }

    private static long checked(long sum) {
        return Check.sumBelow(COUNT, sum - COUNT);
    }
}
