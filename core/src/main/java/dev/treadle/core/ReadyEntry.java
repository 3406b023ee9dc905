package dev.treadle.core;

import dev.treadle.Task;
import org.jspecify.annotations.Nullable;

/// An entry of a loop's ready queue: a callback, or the next step of a task.
///
/// A [ReadyQueue] keeps entries, and may choose among them by what they tell of themselves.
public abstract class ReadyEntry {
    @Nullable ReadyEntry nextInInbox; // owned by the thread that submits it, then by the loop

    ReadyEntry() {}

    /// The runner on whose stack the entry's task is suspended; null if the entry is to run on any
    /// runner's own stack.
    @Nullable Runner suspendedOn() {
        return null;
    }

    /// Whether this was cancelled after it was queued, and is to be passed over.
    boolean isObsolete() {
        return false;
    }

    /// Whether this runs none but the loop's own code, and so may run on top of a suspended task's
    /// stack.
    ///
    /// @return true if no code of the application runs
    public boolean isInternal() {
        return false;
    }

    /// {@return the task whose next step this is; null for callbacks and for the loop's own
    /// entries}
    public @Nullable Task<?> task() {
        return null;
    }

    /// {@return whether this is the step of a task that waits for nothing: it gave up control so
    /// that others go first}
    public boolean isYield() {
        return false;
    }

    /// Ends this without running it, because the loop is closed.
    void drop() {}

    /// Runs the entry, by the holder of the turn. Must not be called if [#suspendedOn()] is not
    /// null.
    ///
    /// @throws dev.treadle.FatalError if the user's code throws one; nothing else
    abstract void run();
}
