package dev.treadle.sync;

import java.util.ArrayDeque;
import java.util.Collections;

/// A [Queue] that gives the item that was put last.
///
/// Source of the semantics: `asyncio.LifoQueue`.
///
/// @param <T> the items
public final class LifoQueue<T> extends Queue<T> {
    private LifoQueue(int capacity) {
        super(capacity, Collections.asLifoQueue(new ArrayDeque<>()));
    }

    /// Makes a queue that takes any number of items.
    ///
    /// @param <T> the items
    /// @return an empty queue
    public static <T> LifoQueue<T> unbounded() {
        return bounded(0);
    }

    /// Makes a queue whose producers wait while it is full.
    ///
    /// @param <T> the items
    /// @param capacity how many items it holds; zero or less for any number
    /// @return an empty queue
    public static <T> LifoQueue<T> bounded(int capacity) {
        return new LifoQueue<>(capacity);
    }
}
