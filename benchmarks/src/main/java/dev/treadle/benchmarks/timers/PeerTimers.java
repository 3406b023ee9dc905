package dev.treadle.benchmarks.timers;

import dev.treadle.benchmarks.contestants.ExecutorThread;
import dev.treadle.benchmarks.contestants.NettyLoop;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// Timers of those peers that are scheduled executors, armed already.
public final class PeerTimers {
    private PeerTimers() {}

    /// Netty's.
    @State(Scope.Benchmark)
    public static class Netty {
        /// Arms them.
        ///
        /// @param netty the loop
        /// @param armed how many
        /// @throws Exception never
        @Setup
        public void arm(NettyLoop netty, Armed armed) throws Exception {
            // Within the loop, because outside it each would be a task of its own.
            netty.loop().submit(() -> PeerTimers.arm(netty.loop(), armed.size)).get();
        }
    }

    /// The JDK's.
    @State(Scope.Benchmark)
    public static class Jdk {
        /// Arms them.
        ///
        /// @param thread the executor
        /// @param armed how many
        @Setup
        public void arm(ExecutorThread thread, Armed armed) {
            PeerTimers.arm(thread.executor(), armed.size);
        }
    }

    private static void arm(ScheduledExecutorService executor, int count) {
        for (int i = 0; i < count; i++) {
            executor.schedule(() -> {}, Armed.delayMillis(i), TimeUnit.MILLISECONDS);
        }
    }
}
