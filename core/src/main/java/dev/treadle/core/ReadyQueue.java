package dev.treadle.core;

import org.jspecify.annotations.Nullable;

/// What runs next: the port that decides the order of a loop.
///
/// Called by the holder of the loop's turn unless a method says otherwise, so an implementation
/// needs no synchronisation.
public interface ReadyQueue {

    /// Adds an entry.
    ///
    /// @param entry what has become ready
    void add(ReadyEntry entry);

    /// Takes the entry that is to run next.
    ///
    /// @return an entry, or null if there is none
    @Nullable ReadyEntry poll();

    /// {@return how many entries there are} May be called from any thread, which sees how many
    /// there were a moment ago.
    int size();
}
