package dev.treadle.sync;

import dev.treadle.Coroutine;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Lets tasks through when a given number of them has arrived, all together, again and again.
///
/// ```java
/// int index = barrier.await().await();
/// if (index == 0) {
///     ...                               // one of them does what is to be done once
/// }
/// ```
///
/// Must be used by the tasks and callbacks of one loop.
///
/// Source of the semantics: `asyncio.Barrier`.
public final class Barrier {

    // FILLING   -> DRAINING   the last of the parties has arrived
    // FILLING,
    // DRAINING  -> RESETTING  reset() while tasks are inside
    // DRAINING,
    // RESETTING -> FILLING    the last task inside has left
    // BROKEN    -> FILLING    reset(), by RESETTING if tasks are inside
    // any       -> BROKEN     abort()
    private enum State {
        FILLING,
        DRAINING,
        RESETTING,
        BROKEN
    }

    private final Condition changed = new Condition();
    private final int parties;

    // Written with the lock of `changed`, read by anybody.
    private volatile State state = State.FILLING;
    private volatile int inside;

    /// Makes a barrier.
    ///
    /// @param parties how many tasks have to arrive
    /// @throws IllegalArgumentException if less than one
    public Barrier(int parties) {
        if (parties < 1) {
            throw new IllegalArgumentException("barrier parties must be >= 1, not " + parties);
        }
        this.parties = parties;
    }

    /// Waits until all parties have arrived.
    ///
    /// Who arrives while those of the round before are leaving waits until they have, and belongs
    /// to the next round. A task that is cancelled while it waits leaves its place to another.
    ///
    /// @return a coroutine; it gives the task's place in its round, from 0 to `parties() - 1`, each
    ///   to one task; awaiting it throws [BrokenBarrierError] if the barrier is or gets aborted, or
    ///   is reset meanwhile
    public Coroutine<Integer> await() {
        return Coroutine.of(() -> {
            try (var _ = changed.acquire().await()) {
                return pass();
            }
        });
    }

    private int pass() {
        changed.awaitTrue(() -> state != State.DRAINING && state != State.RESETTING);
        ensureUnbroken(state == State.BROKEN);
        int index = inside;
        inside = index + 1;
        try {
            if (index + 1 == parties) {
                become(State.DRAINING);
            } else {
                changed.awaitTrue(() -> state != State.FILLING);
                ensureUnbroken(state != State.DRAINING);
            }
            return index;
        } finally {
            leave();
        }
    }

    private void ensureUnbroken(boolean broken) {
        if (broken) {
            throw new BrokenBarrierError(
                    state == State.BROKEN
                            ? "barrier was aborted: " + this + "; reset() makes it usable again"
                            : "barrier was reset: " + this);
        }
    }

    private void leave() {
        int left = inside - 1;
        inside = left;
        if (left == 0) {
            become(state == State.RESETTING || state == State.DRAINING ? State.FILLING : state);
        }
    }

    private void become(State next) {
        state = next;
        changed.signalAll();
    }

    /// Makes the barrier as good as new: tasks that wait get [BrokenBarrierError], and so does one
    /// that was let through but has not run yet. Mends an aborted barrier.
    ///
    /// @return a coroutine
    public Coroutine<@Nullable Void> reset() {
        return Coroutine.of(() -> {
            try (var _ = changed.acquire().await()) {
                become(inside > 0 ? State.RESETTING : State.FILLING);
            }
        });
    }

    /// Breaks the barrier, until it is [reset][#reset]: tasks that wait, and all that come, get
    /// [BrokenBarrierError].
    ///
    /// @return a coroutine
    public Coroutine<@Nullable Void> abort() {
        return Coroutine.of(() -> {
            try (var _ = changed.acquire().await()) {
                become(State.BROKEN);
            }
        });
    }

    /// {@return how many tasks have to arrive}
    public int parties() {
        return parties;
    }

    /// {@return how many tasks of the current round have arrived; 0 while they leave}
    public int waiting() {
        return state == State.FILLING ? inside : 0;
    }

    /// {@return whether the barrier was aborted}
    public boolean isBroken() {
        return state == State.BROKEN;
    }

    /// {@return the state, for reading logs}
    @Override
    public String toString() {
        State now = state;
        return "Barrier["
                + now.name().toLowerCase(Locale.ROOT)
                + (now == State.BROKEN ? "" : ", waiting=" + waiting() + " of " + parties)
                + "]";
    }
}
