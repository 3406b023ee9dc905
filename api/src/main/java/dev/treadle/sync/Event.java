package dev.treadle.sync;

import dev.treadle.Coroutine;
import dev.treadle.Promise;
import dev.treadle.spi.Guard;
import org.jspecify.annotations.Nullable;

/// A flag that tasks wait for.
///
/// Must be used by the tasks and callbacks of one loop.
///
/// Source of the semantics: `asyncio.Event`.
public final class Event {
    private final Guard guard = new Guard();
    private final Waiters waiters = new Waiters();
    private boolean set; // guarded

    /// Makes an event that is not set.
    public Event() {}

    /// Waits until the event is set. If it is, this does not suspend.
    ///
    /// Who waits when it is set goes on, even if it is cleared at once.
    ///
    /// @return a coroutine
    public Coroutine<@Nullable Void> await() {
        return Coroutine.of(() -> {
            Promise<@Nullable Void> waiter = joinUnlessSet();
            if (waiter != null) {
                try {
                    waiter.await();
                } finally {
                    leave(waiter);
                }
            }
        });
    }

    private @Nullable Promise<@Nullable Void> joinUnlessSet() {
        try (var _ = guard.enter()) {
            return set ? null : waiters.join(this);
        }
    }

    private void leave(Promise<@Nullable Void> waiter) {
        try (var _ = guard.enter()) {
            waiters.leave(waiter);
        }
    }

    /// Sets the event and wakes all who wait, in the order in which they came.
    public void set() {
        try (var _ = guard.enter()) {
            if (!set) {
                set = true;
                waiters.wakeAll();
            }
        }
    }

    /// Clears the event: who comes from now on waits.
    public void clear() {
        try (var _ = guard.enter()) {
            set = false;
        }
    }

    /// {@return whether the event is set}
    public boolean isSet() {
        try (var _ = guard.enter()) {
            return set;
        }
    }

    /// {@return the state, for reading logs}
    @Override
    public String toString() {
        try (var _ = guard.enter()) {
            return "Event[" + (set ? "set" : "unset") + ", waiters=" + waiters.size() + "]";
        }
    }
}
