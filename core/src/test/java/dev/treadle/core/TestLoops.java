package dev.treadle.core;

import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/// Makes loops for tests, with the carriers of the run: the build runs every test once on each
/// kind.
public final class TestLoops {
    // Guarded by the class.
    private static final Map<Object, VirtualTime> TIMES = new WeakHashMap<>();

    private TestLoops() {}

    /// The name of the carriers of this run.
    static String carriers() {
        return System.getProperty("treadle.test.carriers", "baton");
    }

    /// A loop on a virtual time of its own.
    public static CoreEventLoop virtual() {
        return virtual(new VirtualTime());
    }

    /// A loop on a given virtual time.
    static CoreEventLoop virtual(VirtualTime time) {
        return virtual("test", time);
    }

    /// A loop with a name.
    static CoreEventLoop virtual(String name, VirtualTime time) {
        return virtual(name, time, new HeapTimerQueue());
    }

    /// A loop with timers of the test's own.
    static CoreEventLoop virtual(String name, VirtualTime time, TimerQueue timers) {
        Ports ports =
                new Ports(
                        time,
                        new FifoReadyQueue(),
                        time,
                        CarrierChoice.newCarriers("treadle-test-" + name),
                        new WatchedOffload(
                                new ThreadOffload("treadle-test-" + name + "-offload"), time));
        CoreEventLoop loop = new CoreEventLoop(name, "test", ports, timers);
        synchronized (TestLoops.class) {
            TIMES.put(loop, time);
        }
        return loop;
    }

    /// The virtual time of a loop that was made here.
    static synchronized VirtualTime timeOf(Object loop) {
        return Objects.requireNonNull(TIMES.get(loop));
    }

    /// Lets the virtual time know that a thread is busy for the loop and is going to wake it.
    private static final class WatchedOffload implements Offload {
        private final Offload real;
        private final VirtualTime time;
        private VirtualTime.@Nullable Expectation ofEnd; // guarded by this

        WatchedOffload(Offload real, VirtualTime time) {
            this.real = real;
            this.time = time;
        }

        @Override
        public void submit(Runnable job) {
            VirtualTime.Expectation expectation = time.expectForeign();
            try {
                real.submit(() -> {
                    try {
                        job.run();
                    } finally {
                        expectation.close();
                    }
                });
            } catch (RuntimeException e) {
                expectation.close();
                throw e;
            }
        }

        @Override
        public void shutdown() {
            real.shutdown();
        }

        @Override
        public boolean awaitTermination(long timeoutNanos) throws InterruptedException {
            boolean ended = false;
            try {
                ended = real.awaitTermination(timeoutNanos);
                return ended;
            } finally {
                expectEnd(timeoutNanos == 0 && !ended);
            }
        }

        /// Who looks whether the jobs have ended, and finds that they have not, goes on to wait for
        /// it elsewhere.
        private synchronized void expectEnd(boolean pending) {
            if (pending) {
                ofEnd = time.expectForeign();
            } else if (ofEnd != null) {
                time.endAtWakeup(ofEnd);
                ofEnd = null;
            }
        }
    }
}
