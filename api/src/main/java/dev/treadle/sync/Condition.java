package dev.treadle.sync;

import dev.treadle.CancelledError;
import dev.treadle.Coroutine;
import dev.treadle.GeneratorExit;
import dev.treadle.Promise;
import dev.treadle.spi.Guard;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Lets tasks that hold a lock wait until another task tells them that something has changed.
///
/// ```java
/// try (var _ = condition.acquire().await()) {
///     condition.await(() -> !jobs.isEmpty()).await();
///     run(jobs.removeFirst()).await();
/// }
/// ...
/// try (var _ = condition.acquire().await()) {
///     jobs.addLast(job);
///     condition.signal();
/// }
/// ```
///
/// Must be used by the tasks and callbacks of one loop.
///
/// Source of the semantics: `asyncio.Condition`, whose `wait`, `notify` and `notify_all` are
/// `await`, `signal` and `signalAll` here, as in `java.util.concurrent.locks.Condition`.
public final class Condition {
    private final Waiters waiters = new Waiters();
    private final Lock lock;
    private final Guard guard; // the lock's: what the two do together is one section

    /// Makes a condition with a lock of its own.
    public Condition() {
        this(new Lock());
    }

    /// Makes a condition on a lock that others use too.
    ///
    /// @param lock what to hold while waiting and signalling
    public Condition(Lock lock) {
        this.lock = Objects.requireNonNull(lock, "lock");
        this.guard = lock.guard();
    }

    /// Waits until nobody holds the lock, and takes it.
    ///
    /// @return a coroutine; it gives what to close to release the lock
    public Coroutine<Permit> acquire() {
        return lock.acquire();
    }

    /// Releases the lock and wakes who waits longest for it.
    ///
    /// @throws IllegalStateException if nobody holds it
    public void release() {
        lock.release();
    }

    /// {@return whether somebody holds the lock}
    public boolean isLocked() {
        return lock.isLocked();
    }

    /// Releases the lock, waits for a signal, and takes the lock again.
    ///
    /// However it ends, the lock is held again: a task that is cancelled while it waits leaves with
    /// [CancelledError] only when it has got the lock. A signal that such a task had received is
    /// passed on, so another one may be woken without need: look again at what you wait for, or use
    /// [#await(BooleanSupplier)], which does.
    ///
    /// Only the closing of the loop ends it without the lock, if somebody else holds that.
    ///
    /// @return a coroutine; awaiting it throws `IllegalStateException` if nobody holds the lock
    public Coroutine<@Nullable Void> await() {
        return Coroutine.of(this::awaitSignal);
    }

    /// Waits until a predicate is true, with the lock held whenever it is asked.
    ///
    /// It is asked at once, in the current task, and after each signal. If it is true at once this
    /// neither suspends nor needs the lock.
    ///
    /// @param predicate what to wait for; it must not suspend
    /// @return a coroutine; awaiting it throws `IllegalStateException` if it would have to wait and
    ///   nobody holds the lock, and what the predicate throws
    public Coroutine<@Nullable Void> await(BooleanSupplier predicate) {
        Objects.requireNonNull(predicate, "predicate");
        return Coroutine.of(() -> awaitTrue(predicate));
    }

    void awaitTrue(BooleanSupplier predicate) {
        while (!predicate.getAsBoolean()) {
            awaitSignal();
        }
    }

    private void awaitSignal() {
        Promise<@Nullable Void> waiter = joinAndRelease();
        try {
            try {
                waiter.await();
            } catch (RuntimeException | Error e) {
                returnToLock(waiter, e);
                throw e;
            }
            returnToLock(waiter, null);
        } catch (RuntimeException | Error e) {
            passSignalOn(); // the one that we may have received
            throw e;
        }
    }

    /// Leaves the line and takes the lock, however often this is cancelled meanwhile.
    ///
    /// @throws CancelledError the last of these cancellations, with the lock held
    private void returnToLock(Promise<@Nullable Void> waiter, @Nullable Throwable failure) {
        leave(waiter);
        if (failure instanceof GeneratorExit) {
            lock.tryTake(); // the loop is closed, and nobody can wait any more
            return;
        }
        CancelledError cancelled = null;
        boolean taken = false;
        while (!taken) {
            try {
                lock.take();
                taken = true;
            } catch (CancelledError e) {
                cancelled = e;
            }
        }
        if (cancelled != null) {
            if (failure != null) {
                cancelled.addSuppressed(failure);
            }
            throw cancelled;
        }
    }

    private Promise<@Nullable Void> joinAndRelease() {
        try (var _ = guard.enter()) {
            ensureLocked("wait on");
            Promise<@Nullable Void> waiter = waiters.join(this);
            lock.release();
            return waiter;
        }
    }

    private void leave(Promise<@Nullable Void> waiter) {
        try (var _ = guard.enter()) {
            waiters.leave(waiter);
        }
    }

    private void passSignalOn() {
        try (var _ = guard.enter()) {
            waiters.wake(1);
        }
    }

    /// Wakes who waits longest, if anybody does. It goes on when it has got the lock, which this
    /// does not release.
    ///
    /// @throws IllegalStateException if nobody holds the lock
    public void signal() {
        signal(1);
    }

    /// Wakes those who wait longest. Each goes on when it has got the lock, which this does not
    /// release.
    ///
    /// @param count how many; if fewer wait, all of them
    /// @throws IllegalStateException if nobody holds the lock
    public void signal(int count) {
        try (var _ = guard.enter()) {
            ensureLocked("signal");
            waiters.wake(Math.max(0, count));
        }
    }

    /// Wakes all who wait, in the order in which they came. Each goes on when it has got the lock,
    /// which this does not release.
    ///
    /// @throws IllegalStateException if nobody holds the lock
    public void signalAll() {
        signal(Integer.MAX_VALUE);
    }

    private void ensureLocked(String what) {
        if (!lock.isLocked()) {
            throw new IllegalStateException(
                    "cannot "
                            + what
                            + " "
                            + this
                            + ": await acquire() before, and hold the permit");
        }
    }

    /// {@return the state, for reading logs}
    @Override
    public String toString() {
        try (var _ = guard.enter()) {
            return "Condition["
                    + (lock.isLocked() ? "locked" : "unlocked")
                    + ", waiters="
                    + waiters.size()
                    + "]";
        }
    }
}
