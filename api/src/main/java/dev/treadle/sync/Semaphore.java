package dev.treadle.sync;

import dev.treadle.Coroutine;
import dev.treadle.Promise;
import dev.treadle.spi.Guard;
import org.jspecify.annotations.Nullable;

/// Lets a number of tasks through at a time.
///
/// ```java
/// try (var _ = connections.acquire().await()) {
///     fetch(url).await();
/// }
/// ```
///
/// Must be used by the tasks and callbacks of one loop.
///
/// Source of the semantics: `asyncio.Semaphore`.
public sealed class Semaphore permits BoundedSemaphore {
    private final Guard guard = new Guard();
    private final Waiters waiters = new Waiters();
    private final int limit;
    private int permits; // guarded; those that nobody holds or has been promised

    /// Makes a semaphore.
    ///
    /// @param permits how many tasks may hold it at once
    /// @throws IllegalArgumentException if negative
    public Semaphore(int permits) {
        this(permits, Integer.MAX_VALUE);
    }

    Semaphore(int permits, int limit) {
        if (permits < 0) {
            throw new IllegalArgumentException(
                    "semaphore initial value must be >= 0, not " + permits);
        }
        this.permits = permits;
        this.limit = limit;
    }

    /// Waits for a permit, and takes it.
    ///
    /// Who waits longest goes first. A newcomer does not overtake, even if there are permits
    /// because those in line have not run yet. A task that is cancelled while it waits takes none;
    /// if one had just been granted to it, the next in line gets that.
    ///
    /// @return a coroutine; it gives what to close to give the permit back
    public final Coroutine<Permit> acquire() {
        return Coroutine.of(() -> {
            take();
            return new Permit(this::release);
        });
    }

    private void take() {
        Promise<@Nullable Void> waiter = takeOrJoin();
        if (waiter != null) {
            Waiters.await(waiter, this::giveUp);
            takeAfter(waiter);
        }
    }

    private @Nullable Promise<@Nullable Void> takeOrJoin() {
        try (var _ = guard.enter()) {
            if (isLocked()) {
                return waiters.join(this);
            }
            permits--;
            return null;
        }
    }

    private void takeAfter(Promise<@Nullable Void> waiter) {
        try (var _ = guard.enter()) {
            waiters.leave(waiter);
            grantAll();
        }
    }

    private void giveUp(Promise<@Nullable Void> waiter) {
        try (var _ = guard.enter()) {
            waiters.leave(waiter);
            if (waiter.isDone() && !waiter.isCancelled()) {
                permits++; // we had been granted one, and can't use it
            }
            grantAll();
        }
    }

    /// Who came while permits were promised had to wait; now as many go on as there are permits.
    private void grantAll() {
        permits -= waiters.wake(permits);
    }

    /// Adds a permit and wakes who waits longest.
    ///
    /// @throws IllegalStateException if there would be more permits than the semaphore can hold: a
    ///   [BoundedSemaphore] holds as many as it was made with, this one `Integer.MAX_VALUE`
    public final void release() {
        try (var _ = guard.enter()) {
            if (permits >= limit) {
                throw new IllegalStateException(
                        "released too many times: " + this + " holds no more than " + limit);
            }
            permits++;
            permits -= waiters.wake(1);
        }
    }

    /// {@return whether a newcomer would have to wait}
    public final boolean isLocked() {
        try (var _ = guard.enter()) {
            return permits == 0 || waiters.anyNotCancelled();
        }
    }

    /// {@return the state, for reading logs}
    @Override
    public final String toString() {
        try (var _ = guard.enter()) {
            return getClass().getSimpleName()
                    + "[permits="
                    + permits
                    + ", waiters="
                    + waiters.size()
                    + "]";
        }
    }
}
