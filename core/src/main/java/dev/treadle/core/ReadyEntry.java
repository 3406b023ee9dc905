package dev.treadle.core;

import org.jspecify.annotations.Nullable;

/// An entry of a loop's ready queue: a callback, or the next step of a task.
///
/// A [ReadyQueue] keeps entries and knows nothing of them.
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
    boolean isInternal() {
        return false;
    }

    /// Runs the entry, by the holder of the turn. Must not be called if [#suspendedOn()] is not
    /// null.
    ///
    /// @throws dev.treadle.FatalError if the user's code throws one; nothing else
    abstract void run();
}
