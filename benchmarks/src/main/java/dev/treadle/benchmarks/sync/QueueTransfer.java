package dev.treadle.benchmarks.sync;

import com.softwaremill.jox.Channel;
import dev.treadle.Async;
import dev.treadle.benchmarks.Check;
import dev.treadle.benchmarks.Reasons;
import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.contestants.KotlinCoroutines;
import dev.treadle.benchmarks.contestants.TreadleLoop;
import dev.treadle.benchmarks.contestants.VirtualThreads;
import dev.treadle.sync.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.SynchronousQueue;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// A value that passes through a queue from one task to another.
@Row(
        family = Row.Family.SYNC,
        title = "queue",
        operation = "value",
        work =
                "One task puts 20 000 numbers, another gets and sums them. Where the capacity is 0,"
                        + " Kotlin and jox have a rendezvous and threads a SynchronousQueue; Treadle and"
                        + " asyncio have a queue of 1 in its stead, the least they know.",
        behind =
                "With a queue of 1 a task suspends at every value; jox and virtual threads spin a while in the"
                        + " hope that the other side comes. "
                        + Reasons.STACKS
                        + Reasons.VIRTUAL,
        counts = "capacity",
        quickSize = 64)
@State(Scope.Benchmark)
public class QueueTransfer {
    private static final int VALUES = 20_000;

    /// How many values the queue holds.
    @Param({"0", "64"})
    public int size = 64;

    /// Treadle.
    ///
    /// @param loop the loop
    /// @return the sum
    @Benchmark
    @OperationsPerInvocation(VALUES)
    public long treadle(TreadleLoop loop) {
        return checked(
                loop.run(() -> {
                    Queue<Integer> queue = Queue.bounded(Math.max(1, size));
                    Async.createTask(() -> {
                        for (int i = 0; i < VALUES; i++) {
                            queue.put(i).await();
                        }
                    });
                    long sum = 0;
                    for (int i = 0; i < VALUES; i++) {
                        sum += queue.get().await();
                    }
                    return sum;
                }));
    }

    /// Kotlin.
    ///
    /// @param kotlin where
    /// @return the sum
    @Benchmark
    @OperationsPerInvocation(VALUES)
    public long kotlin(KotlinCoroutines kotlin) {
        return checked(kotlin.work().channel(size, VALUES));
    }

    /// Virtual threads.
    ///
    /// @param threads where they are made
    /// @return the sum
    @Benchmark
    @OperationsPerInvocation(VALUES)
    public long virtualThreads(VirtualThreads threads) {
        return checked(
                threads.run(() -> {
                    BlockingQueue<Integer> queue =
                            size == 0 ? new SynchronousQueue<>() : new ArrayBlockingQueue<>(size);
                    threads.executor()
                            .submit(() -> {
                                for (int i = 0; i < VALUES; i++) {
                                    queue.put(i);
                                }
                                return null;
                            });
                    long sum = 0;
                    for (int i = 0; i < VALUES; i++) {
                        sum += queue.take();
                    }
                    return sum;
                }));
    }

    /// Channels of jox.
    ///
    /// @param threads where they are made
    /// @return the sum
    @Benchmark
    @OperationsPerInvocation(VALUES)
    public long jox(VirtualThreads threads) {
        return checked(
                threads.run(() -> {
                    Channel<Integer> channel =
                            size == 0
                                    ? Channel.newRendezvousChannel()
                                    : Channel.newBufferedChannel(size);
                    threads.executor()
                            .submit(() -> {
                                for (int i = 0; i < VALUES; i++) {
                                    channel.send(i);
                                }
                                return null;
                            });
                    long sum = 0;
                    for (int i = 0; i < VALUES; i++) {
                        sum += channel.receive();
                    }
                    return sum;
                }));
    }

    private static long checked(long sum) {
        return Check.sumBelow(VALUES, sum);
    }
}
