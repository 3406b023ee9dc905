package dev.treadle.sync;

import dev.treadle.Coroutine;
import org.jspecify.annotations.Nullable;

/// A flag that tasks wait for.
///
/// Must be used on the thread of one loop.
///
/// Source of the semantics: `asyncio.Event`.
public final class Event {
    private final Waiters waiters = new Waiters();
    private boolean set; // loop thread only

    /// Makes an event that is not set.
    public Event() {}

    /// Waits until the event is set. If it is, this does not suspend.
    ///
    /// Who waits when it is set goes on, even if it is cleared at once.
    ///
    /// @return a coroutine
    public Coroutine<@Nullable Void> await() {
        return Coroutine.of(() -> {
            if (!set) {
                waiters.await(this);
            }
        });
    }

    /// Sets the event and wakes all who wait, in the order in which they came.
    public void set() {
        if (!set) {
            set = true;
            waiters.wakeAll();
        }
    }

    /// Clears the event: who comes from now on waits.
    public void clear() {
        set = false;
    }

    /// {@return whether the event is set}
    public boolean isSet() {
        return set;
    }

    /// {@return the state, for reading logs}
    @Override
    public String toString() {
        return "Event[" + (set ? "set" : "unset") + ", waiters=" + waiters.size() + "]";
    }
}
