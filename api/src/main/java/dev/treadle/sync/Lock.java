package dev.treadle.sync;

import dev.treadle.Coroutine;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.spi.Execution;
import dev.treadle.spi.Guard;
import org.jspecify.annotations.Nullable;

/// Lets one task at a time through.
///
/// ```java
/// try (var _ = lock.acquire().await()) {
///     balance = read().await();
///     write(balance + 1).await();
/// }
/// ```
///
/// On a loop that runs one step at a time no other task runs between two awaits, so a lock is
/// needed only around code that awaits. Not re-entrant, and not owned: another task may release it.
///
/// Must be used by the tasks and callbacks of one loop.
///
/// Source of the semantics: `asyncio.Lock`.
public final class Lock {
    private final Guard guard = new Guard();
    private final Waiters waiters = new Waiters();
    private boolean locked; // guarded
    // Guarded: who took it. Graphs read it on any thread, unguarded, and may see an older one.
    private @Nullable Task<?> holder;

    /// Makes a lock that nobody holds.
    public Lock() {}

    Guard guard() {
        return guard;
    }

    /// Waits until nobody holds the lock, and takes it.
    ///
    /// Who waits longest goes first. A newcomer does not overtake, even if the lock is free because
    /// the next in line has been woken but has not run yet. A task that is cancelled while it waits
    /// does not get the lock; if it had just been woken, the next in line is.
    ///
    /// @return a coroutine; it gives what to close to release the lock
    public Coroutine<Permit> acquire() {
        return Coroutine.of(() -> {
            take();
            return new Permit(this::release);
        });
    }

    /// Waits until nobody holds the lock, and takes it without a permit.
    void take() {
        Promise<@Nullable Void> waiter = takeOrJoin();
        if (waiter != null) {
            Waiters.await(waiter, this::giveUp);
            takeAfter(waiter);
        }
    }

    /// Takes the lock if that does not mean to wait or to overtake.
    boolean tryTake() {
        try (var _ = guard.enter()) {
            if (locked || waiters.anyNotCancelled()) {
                return false;
            }
            locked();
            return true;
        }
    }

    private @Nullable Promise<@Nullable Void> takeOrJoin() {
        try (var _ = guard.enter()) {
            return tryTake() ? null : waiters.join(this, () -> holder);
        }
    }

    private void takeAfter(Promise<@Nullable Void> waiter) {
        try (var _ = guard.enter()) {
            waiters.leave(waiter);
            locked();
        }
    }

    private void locked() {
        locked = true;
        holder = Execution.current().task();
    }

    private void giveUp(Promise<@Nullable Void> waiter) {
        try (var _ = guard.enter()) {
            waiters.leave(waiter);
            if (!locked) {
                // We may have been woken and cancelled at once: the wake-up is the next one's.
                waiters.wakeFirst();
            }
        }
    }

    /// Releases the lock and wakes who waits longest.
    ///
    /// @throws IllegalStateException if nobody holds it
    public void release() {
        try (var _ = guard.enter()) {
            if (!locked) {
                throw new IllegalStateException("lock is not acquired: " + this);
            }
            locked = false;
            holder = null;
            waiters.wakeFirst();
        }
    }

    /// {@return whether somebody holds the lock}
    public boolean isLocked() {
        try (var _ = guard.enter()) {
            return locked;
        }
    }

    /// {@return the state, for reading logs}
    @Override
    public String toString() {
        try (var _ = guard.enter()) {
            return "Lock[" + (locked ? "locked" : "unlocked") + ", waiters=" + waiters.size() + "]";
        }
    }
}
