package dev.treadle.metrics;

import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Looks at loops from outside, ten times a second: the only place from which a loop that stands
/// still can be seen.
///
/// Its thread is there while there is a loop to look at.
final class Watchdog {
    /// How long it waits between two looks, in nanoseconds.
    static final long INTERVAL = 100_000_000;

    /// After so many looks at nothing the thread ends: a program that opens one loop after another
    /// does not need one thread after another.
    private static final int LINGER = 10;

    private static final System.Logger LOG = System.getLogger("dev.treadle.metrics");

    private final LongSupplier clock;
    private final ThreadFactory threads;
    private final Set<ObservedLoop> watched = ConcurrentHashMap.newKeySet();
    private final Object lock = new Object();
    private @Nullable Thread thread; // guarded by lock

    Watchdog(LongSupplier clock, ThreadFactory threads) {
        this.clock = clock;
        this.threads = threads;
    }

    void watch(ObservedLoop observed) {
        synchronized (lock) {
            watched.add(observed);
            if (thread == null) {
                thread = threads.newThread(this::run);
                thread.start();
            }
        }
    }

    void forget(ObservedLoop observed) {
        watched.remove(observed);
    }

    /// How many loops it looks at.
    int size() {
        return watched.size();
    }

    private void run() {
        int looksAtNothing = 0;
        while (looksAtNothing < LINGER || !ends()) {
            long due = clock.getAsLong() + INTERVAL;
            waitUntil(due);
            long now = clock.getAsLong();
            tick(now, now - due);
            looksAtNothing = watched.isEmpty() ? looksAtNothing + 1 : 0;
        }
    }

    private boolean ends() {
        synchronized (lock) {
            if (watched.isEmpty()) {
                thread = null;
            }
            return watched.isEmpty();
        }
    }

    private void waitUntil(long due) {
        for (long left = due - clock.getAsLong(); left > 0; left = due - clock.getAsLong()) {
            LockSupport.parkNanos(this, left);
        }
    }

    /// Looks at all loops.
    ///
    /// @param now the time
    /// @param late how much later this is than it should be
    void tick(long now, long late) {
        for (ObservedLoop observed : watched) {
            try {
                observed.tick(now, late);
            } catch (RuntimeException | Error e) {
                // A scheduler that is broken must not blind us to the others.
                forget(observed);
                LOG.log(
                        Level.ERROR,
                        "loop "
                                + observed.label
                                + " cannot be looked at, and is watched no longer: its meters for lag,"
                                + " stalls and utilization stand still",
                        e);
            }
        }
    }
}
