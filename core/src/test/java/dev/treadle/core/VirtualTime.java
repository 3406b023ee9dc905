package dev.treadle.core;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A clock that moves only when its loop would wait: clock and poller in one.
///
/// A loop that waits for a timer gets there at once. One that waits for nothing at all is a
/// [Deadlock], unless a test has said that another thread is going to wake it ([#expectForeign()]):
/// then it really waits for that, and the clock stands still.
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
    interface Expectation extends AutoCloseable {
        @Override
        void close();
    }

    /// Below zero, so that readings pass through it: a clock's origin is arbitrary.
    static final long ORIGIN = -3_000_000_000L;

    private final AtomicLong now =
            new AtomicLong(ORIGIN); // moved by the poller, read by any thread
    private final AtomicBoolean woken = new AtomicBoolean(); // any thread, CAS
    private final AtomicInteger foreign = new AtomicInteger(); // any thread, CAS
    private final AtomicInteger endingAtWakeup = new AtomicInteger(); // any thread, CAS
    private volatile @Nullable Thread
            waiting; // volatile: written by the poller, read by any thread
    private final List<Long> waits =
            new ArrayList<>(); // poller only, read while the loop stands still

    @Override
    public long nanoTime() {
        return now.get();
    }

    /// What has passed since the beginning, in nanoseconds.
    long elapsed() {
        return now.get() - ORIGIN;
    }

    /// What has passed since the beginning, in whole milliseconds.
    long millis() {
        return elapsed() / 1_000_000;
    }

    /// What has passed since the beginning, in whole microseconds.
    public long micros() {
        return elapsed() / 1_000;
    }

    /// Moves the clock, as code does that keeps its thread busy.
    void pass(long nanos) {
        now.addAndGet(nanos);
    }

    /// The timeouts of all polls that were to wait.
    List<Long> waits() {
        return List.copyOf(waits);
    }

    Expectation expectForeign() {
        foreign.incrementAndGet();
        AtomicBoolean closed = new AtomicBoolean();
        return () -> {
            if (closed.compareAndSet(false, true)) {
                foreign.decrementAndGet();
                LockSupport.unpark(waiting);
            }
        };
    }

    /// Ends an expectation when the loop is woken next: for who wakes it after he has lost control.
    void endAtWakeup(Expectation expectation) {
        endingAtWakeup.incrementAndGet();
        expectation.close();
    }

    @Override
    public void poll(long timeoutNanos) {
        if (timeoutNanos <= 0) {
            woken.set(false); // a look takes a wake-up with it, as a selector's does
            return;
        }
        waits.add(timeoutNanos);
        if (woken.getAndSet(false)) {
            return;
        }
        if (foreignExpected()) {
            awaitWakeup();
        } else if (timeoutNanos == FOREVER) {
            throw new Deadlock();
        } else {
            now.addAndGet(timeoutNanos);
        }
    }

    private boolean foreignExpected() {
        return foreign.get() > 0 || endingAtWakeup.get() > 0;
    }

    private void awaitWakeup() {
        waiting = Thread.currentThread();
        try {
            while (foreignExpected() && !woken.get() && !Thread.currentThread().isInterrupted()) {
                LockSupport.park(this);
            }
            woken.set(false);
        } finally {
            waiting = null;
        }
    }

    @Override
    public void wakeup() {
        endingAtWakeup.set(0);
        woken.set(true);
        LockSupport.unpark(waiting);
    }
}
