package dev.treadle.sync;

import dev.treadle.CancelledError;
import dev.treadle.Coroutine;

/// Lets one task at a time through.
///
/// ```java
/// try (var _ = lock.acquire().await()) {
///     balance = read().await();
///     write(balance + 1).await();
/// }
/// ```
///
/// Between two awaits no other task of the loop runs anyway, so a lock is needed only around code
/// that awaits. Not re-entrant, and not owned: another task may release it.
///
/// Must be used on the thread of one loop.
///
/// Source of the semantics: `asyncio.Lock`.
public final class Lock {
    private final Waiters waiters = new Waiters();
    private boolean locked; // loop thread only

    /// Makes a lock that nobody holds.
    public Lock() {}

    /// Waits until nobody holds the lock, and takes it.
    ///
    /// Who waits longest goes first. A newcomer does not overtake, even if the lock is free because
    /// the next in line has been woken but has not run yet.
    ///
    /// @return a coroutine; it gives what to close to release the lock
    public Coroutine<Permit> acquire() {
        return Coroutine.of(() -> {
            take();
            return new Permit(this::release);
        });
    }

    private void take() {
        if (locked || waiters.anyNotCancelled()) {
            try {
                waiters.await(this);
            } catch (CancelledError e) {
                if (!locked) {
                    // We may have been woken and cancelled at once: the wake-up is the next one's.
                    waiters.wakeFirst();
                }
                throw e;
            }
        }
        locked = true;
    }

    /// Releases the lock and wakes who waits longest.
    ///
    /// @throws IllegalStateException if nobody holds it
    public void release() {
        if (!locked) {
            throw new IllegalStateException("lock is not acquired: " + this);
        }
        locked = false;
        waiters.wakeFirst();
    }

    /// {@return whether somebody holds the lock}
    public boolean isLocked() {
        return locked;
    }

    /// {@return the state, for reading logs}
    @Override
    public String toString() {
        return "Lock[" + (locked ? "locked" : "unlocked") + ", waiters=" + waiters.size() + "]";
    }
}
