package dev.treadle.benchmarks.timers;

import dev.treadle.EventLoop;
import dev.treadle.benchmarks.Check;
import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.contestants.ExecutorThread;
import dev.treadle.benchmarks.contestants.NettyLoop;
import dev.treadle.benchmarks.contestants.TreadleLoop;
import dev.treadle.benchmarks.contestants.VertxContext;
import io.netty.util.HashedWheelTimer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// A timer that is armed and cancelled among others.
@Row(
        family = Row.Family.TIMERS,
        title = "arm a timer and cancel it",
        operation = "timer",
        work =
                "Arms a timer of half an hour on the loop's own thread and cancels it, 10 000 times,"
                        + " while others are armed. Netty's wheel and the JDK's executor are called from"
                        + " the thread that measures. The wheel is coarse: a tick is 100 ms.",
        behind =
                "A timer that is cancelled in the iteration that armed it waits in a list and leaves it;"
                        + " what is left is its handle, which keeps a context for the callback. Where the"
                        + " loop is parallel, the list belongs to its own thread, and the task leaves it a"
                        + " note.",
        counts = "timers that are armed",
        quickSize = 1000)
public class ArmAndCancel {
    private static final int TIMERS = 10_000;
    private static final Duration DELAY = Duration.ofMinutes(30);

    /// Treadle.
    ///
    /// @param loop the loop
    /// @param armed those that are armed
    /// @return the number of timers
    @Benchmark
    @OperationsPerInvocation(TIMERS)
    public long treadle(TreadleLoop loop, TreadleTimers armed) {
        return loop.run(() -> {
            EventLoop running = EventLoop.running();
            for (int i = 0; i < TIMERS; i++) {
                running.callLater(DELAY, () -> {}).cancel();
            }
            return TIMERS;
        });
    }

    /// Netty.
    ///
    /// @param netty the loop
    /// @param armed those that are armed
    /// @return the number of timers
    /// @throws Exception never
    @Benchmark
    @OperationsPerInvocation(TIMERS)
    public long netty(NettyLoop netty, PeerTimers.Netty armed) throws Exception {
        return netty.loop().submit(() -> armAndCancel(netty.loop())).get();
    }

    /// The JDK's scheduled executor.
    ///
    /// @param thread the executor
    /// @param armed those that are armed
    /// @return the number of timers
    @Benchmark
    @OperationsPerInvocation(TIMERS)
    public long jdkExecutor(ExecutorThread thread, PeerTimers.Jdk armed) {
        return armAndCancel(thread.executor());
    }

    private static long armAndCancel(ScheduledExecutorService executor) {
        long cancelled = 0;
        for (int i = 0; i < TIMERS; i++) {
            if (executor.schedule(() -> {}, 30, TimeUnit.MINUTES).cancel(false)) {
                cancelled++;
            }
        }
        return Check.equal(TIMERS, cancelled);
    }

    /// Timers of Vert.x that are armed already.
    @State(Scope.Benchmark)
    public static class VertxTimers {
        /// Arms them.
        ///
        /// @param vertx the context
        /// @param armed how many
        @Setup
        public void arm(VertxContext vertx, Armed armed) {
            CompletableFuture<Boolean> done = new CompletableFuture<>();
            vertx.execute(() -> {
                for (int i = 0; i < armed.size; i++) {
                    vertx.vertx().setTimer(Armed.delayMillis(i), _ -> {});
                }
                done.complete(true);
            });
            done.join();
        }
    }

    /// Vert.x.
    ///
    /// @param vertx the context
    /// @param armed those that are armed
    /// @return the number of timers
    @Benchmark
    @OperationsPerInvocation(TIMERS)
    public long vertx(VertxContext vertx, VertxTimers armed) {
        CompletableFuture<Long> done = new CompletableFuture<>();
        vertx.execute(() -> {
            long cancelled = 0;
            for (int i = 0; i < TIMERS; i++) {
                if (vertx.vertx().cancelTimer(vertx.vertx().setTimer(1_800_000, _ -> {}))) {
                    cancelled++;
                }
            }
            done.complete(cancelled);
        });
        return Check.equal(TIMERS, done.join());
    }

    /// Netty's wheel.
    @State(Scope.Benchmark)
    public static class Wheel {
        private final HashedWheelTimer wheel = new HashedWheelTimer();

        /// Arms timers.
        ///
        /// @param armed how many
        @Setup
        public void arm(Armed armed) {
            for (int i = 0; i < armed.size; i++) {
                wheel.newTimeout(_ -> {}, Armed.delayMillis(i), TimeUnit.MILLISECONDS);
            }
        }

        /// Ends the thread.
        @TearDown
        public void close() {
            wheel.stop();
        }
    }

    /// Netty's wheel.
    ///
    /// @param state the wheel
    /// @return the number of timers
    @Benchmark
    @OperationsPerInvocation(TIMERS)
    public long nettyWheel(Wheel state) {
        long cancelled = 0;
        for (int i = 0; i < TIMERS; i++) {
            if (state.wheel.newTimeout(_ -> {}, 30, TimeUnit.MINUTES).cancel()) {
                cancelled++;
            }
        }
        return Check.equal(TIMERS, cancelled);
    }
}
