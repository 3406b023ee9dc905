package dev.treadle.sync;

import dev.treadle.CancelledError;
import dev.treadle.Coroutine;
import dev.treadle.Promise;
import org.jspecify.annotations.Nullable;

/// Lets a number of tasks through at a time.
///
/// Must be used on the thread of one loop.
///
/// Source of the semantics: `asyncio.Semaphore`.
public final class Semaphore {
    private final Waiters waiters = new Waiters();
    private int permits; // loop thread only; those that nobody holds or has been promised

    /// Makes a semaphore.
    ///
    /// @param permits how many tasks may hold it at once
    /// @throws IllegalArgumentException if negative
    public Semaphore(int permits) {
        if (permits < 0) {
            throw new IllegalArgumentException(
                    "semaphore initial value must be >= 0, not " + permits);
        }
        this.permits = permits;
    }

    /// Waits for a permit, and takes it.
    ///
    /// Who waits longest goes first. A newcomer does not overtake, even if there are permits
    /// because those in line have not run yet.
    ///
    /// @return a coroutine; it gives what to close to give the permit back
    public Coroutine<Permit> acquire() {
        return Coroutine.of(() -> {
            take();
            return new Permit(this::release);
        });
    }

    private void take() {
        if (!isLocked()) {
            permits--;
            return;
        }
        Promise<@Nullable Void> waiter = waiters.join(this);
        try {
            try {
                waiter.await();
            } finally {
                waiters.leave(waiter);
            }
        } catch (CancelledError e) {
            if (waiter.isDone() && !waiter.isCancelled()) {
                permits++; // we had been granted one, and can't use it
            }
            throw e;
        } finally {
            // Who came while permits were promised had to wait; now as many go on as there are
            // permits.
            grantAll();
        }
    }

    private void grantAll() {
        boolean granted = true;
        while (permits > 0 && granted) {
            granted = grantNext();
        }
    }

    private boolean grantNext() {
        if (!waiters.wakeNextPending()) {
            return false;
        }
        permits--;
        return true;
    }

    /// Adds a permit and wakes who waits longest.
    public void release() {
        permits++;
        grantNext();
    }

    /// {@return whether a newcomer would have to wait}
    public boolean isLocked() {
        return permits == 0 || waiters.anyNotCancelled();
    }

    /// {@return the state, for reading logs}
    @Override
    public String toString() {
        return "Semaphore[permits=" + permits + ", waiters=" + waiters.size() + "]";
    }
}
