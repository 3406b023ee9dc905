package dev.treadle.benchmarks.timers;

import dev.treadle.EventLoop;
import dev.treadle.Promise;
import dev.treadle.benchmarks.Check;
import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.contestants.ExecutorThread;
import dev.treadle.benchmarks.contestants.NettyLoop;
import dev.treadle.benchmarks.contestants.TreadleLoop;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/// A timer that is armed and fires among others.
@Row(
        family = Row.Family.TIMERS,
        title = "arm a timer that fires",
        operation = "timer",
        work =
                "Arms 1 000 timers that are due a nanosecond later, on the loop's own thread, and waits"
                        + " until all have fired, while others are armed. Vert.x and Netty's wheel take no"
                        + " part: their shortest timers are of a millisecond and of a tick.",
        behind = "A timer here enters a heap and leaves it, with an object that can be cancelled.",
        counts = "timers that are armed",
        quickSize = 1000)
public class Fire {
    private static final int TIMERS = 1000;
    private static final Duration DELAY = Duration.ofNanos(1);

    /// Counts those that have fired.
    private static final class Countdown implements Runnable {
        private final LongConsumer whenDone;
        private long fired; // loop thread only

        Countdown(LongConsumer whenDone) {
            this.whenDone = whenDone;
        }

        @Override
        public void run() {
            fired++;
            if (fired == TIMERS) {
                whenDone.accept(fired);
            }
        }
    }

    /// Treadle.
    ///
    /// @param loop the loop
    /// @param armed those that are armed
    /// @return the number of timers
    @Benchmark
    @OperationsPerInvocation(TIMERS)
    public long treadle(TreadleLoop loop, TreadleTimers armed) {
        return Check.equal(
                TIMERS,
                loop.run(() -> {
                    EventLoop running = EventLoop.running();
                    Promise<Long> done = running.createPromise();
                    Countdown countdown = new Countdown(done::complete);
                    for (int i = 0; i < TIMERS; i++) {
                        running.callLater(DELAY, countdown);
                    }
                    return done.await();
                }));
    }

    /// Netty.
    ///
    /// @param netty the loop
    /// @param armed those that are armed
    /// @return the number of timers
    @Benchmark
    @OperationsPerInvocation(TIMERS)
    public long netty(NettyLoop netty, PeerTimers.Netty armed) {
        return fired(netty.loop());
    }

    /// The JDK's scheduled executor.
    ///
    /// @param thread the executor
    /// @param armed those that are armed
    /// @return the number of timers
    @Benchmark
    @OperationsPerInvocation(TIMERS)
    public long jdkExecutor(ExecutorThread thread, PeerTimers.Jdk armed) {
        return fired(thread.executor());
    }

    private static long fired(ScheduledExecutorService executor) {
        CompletableFuture<Long> done = new CompletableFuture<>();
        executor.execute(() -> {
            Countdown countdown = new Countdown(done::complete);
            for (int i = 0; i < TIMERS; i++) {
                executor.schedule(countdown, 1, TimeUnit.NANOSECONDS);
            }
        });
        return Check.equal(TIMERS, done.join());
    }
}
