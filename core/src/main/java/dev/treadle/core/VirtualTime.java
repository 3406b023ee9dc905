package dev.treadle.core;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A clock that moves only when its loop would wait: clock and poller in one, for tests.
///
/// A loop that waits for a timer gets there at once. One that waits for nothing at all is a
/// [Deadlock], unless somebody has said that another thread is going to wake it
/// ([#expectForeign()]): then it really waits for that, and the clock stands still.
public final class VirtualTime implements Clock, Poller {

    /// Thrown out of the loop's `run…` method when nothing is ready, no timer is armed and no
    /// foreign wake-up is expected.
    public static final class Deadlock extends Error {
        private static final long serialVersionUID = 1;

        Deadlock() {
            super(
                    "nothing is ready, no timer is armed, and nobody else is expected to wake the loop");
        }
    }

    /// Says, until it is closed, that a foreign thread may wake the loop.
    public interface Expectation extends AutoCloseable {
        @Override
        void close();
    }

    /// Below zero, so that readings pass through it: a clock's origin is arbitrary.
    static final long ORIGIN = -3_000_000_000L;

    private static final int MOST_WAITS = 1000;

    private final AtomicLong now =
            new AtomicLong(ORIGIN); // moved by the poller, read by any thread
    private final AtomicBoolean woken = new AtomicBoolean(); // any thread, CAS
    private final AtomicInteger foreign = new AtomicInteger(); // any thread, CAS
    private volatile @Nullable Thread
            waiting; // volatile: written by the poller, read by any thread
    private final List<Long> waits =
            new ArrayList<>(); // poller only, read while the loop stands still

    /// Makes a time that has not moved.
    public VirtualTime() {}

    @Override
    public long nanoTime() {
        return now.get();
    }

    /// {@return what has passed since the beginning, in nanoseconds} May be called from any thread.
    public long elapsed() {
        return now.get() - ORIGIN;
    }

    /// What has passed since the beginning, in whole milliseconds.
    long millis() {
        return elapsed() / 1_000_000;
    }

    /// {@return what has passed since the beginning, in whole microseconds} May be called from any
    /// thread.
    public long micros() {
        return elapsed() / 1_000;
    }

    /// The timeouts of the polls that were to wait, the first thousand of them.
    List<Long> waits() {
        return List.copyOf(waits);
    }

    /// Moves the clock, as code does that keeps its thread busy. Called from any thread.
    ///
    /// @param nanos how far, in nanoseconds
    public void pass(long nanos) {
        now.addAndGet(nanos);
    }

    /// Announces that a foreign thread may wake the loop. Called from any thread.
    ///
    /// @return what to close when that is no longer so
    public Expectation expectForeign() {
        foreign.incrementAndGet();
        AtomicBoolean closed = new AtomicBoolean();
        return () -> {
            if (closed.compareAndSet(false, true)) {
                foreign.decrementAndGet();
                LockSupport.unpark(waiting);
            }
        };
    }

    @Override
    public void poll(long timeoutNanos) {
        if (timeoutNanos <= 0) {
            woken.set(false); // a look takes a wake-up with it, as a selector's does
            return;
        }
        if (waits.size() < MOST_WAITS) {
            waits.add(timeoutNanos);
        }
        boolean expected = isForeignExpected(); // before woken, which is set before that ends
        if (woken.getAndSet(false)) {
            return;
        }
        if (expected) {
            awaitWakeup();
        } else if (timeoutNanos == FOREVER) {
            throw new Deadlock();
        } else {
            now.addAndGet(timeoutNanos);
        }
    }

    private boolean isForeignExpected() {
        return foreign.get() > 0;
    }

    /// {@return whether a foreign thread has woken the loop, or may do so, so that waiting is real}
    /// Called from any thread.
    public boolean mayBeWoken() {
        return isForeignExpected() || woken.get();
    }

    private void awaitWakeup() {
        waiting = Thread.currentThread();
        try {
            while (isForeignExpected() && !woken.get() && !Thread.currentThread().isInterrupted()) {
                LockSupport.park(this);
            }
            woken.set(false);
        } finally {
            waiting = null;
        }
    }

    @Override
    public void wakeup() {
        woken.set(true);
        LockSupport.unpark(waiting);
    }
}
