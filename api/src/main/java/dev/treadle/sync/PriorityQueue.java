package dev.treadle.sync;

import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A [Queue] that gives the least item; of several that compare equal, any.
///
/// Items are compared while they are put and taken. A comparison must not use the queue; if it
/// throws, so does the method that puts or takes, and an item that can't be compared is not in the
/// queue.
///
/// Source of the semantics: `asyncio.PriorityQueue`.
///
/// @param <T> the items
public final class PriorityQueue<T> extends Queue<T> {
    private PriorityQueue(int capacity, @Nullable Comparator<? super T> order) {
        super(capacity, new java.util.PriorityQueue<>(order));
    }

    /// Makes a queue of items in their natural order that takes any number.
    ///
    /// @param <T> the items, which are `Comparable`; putting another one throws
    ///   `ClassCastException`
    /// @return an empty queue
    public static <T> PriorityQueue<T> unbounded() {
        return bounded(0);
    }

    /// Makes a queue of items in their natural order whose producers wait while it is full.
    ///
    /// @param <T> the items, which are `Comparable`; putting another one throws
    ///   `ClassCastException`
    /// @param capacity how many items it holds; zero or less for any number
    /// @return an empty queue
    public static <T> PriorityQueue<T> bounded(int capacity) {
        return new PriorityQueue<>(capacity, null);
    }

    /// Makes a queue that takes any number of items.
    ///
    /// @param <T> the items
    /// @param order what makes an item less than another
    /// @return an empty queue
    public static <T> PriorityQueue<T> unbounded(Comparator<? super T> order) {
        return bounded(0, order);
    }

    /// Makes a queue whose producers wait while it is full.
    ///
    /// @param <T> the items
    /// @param capacity how many items it holds; zero or less for any number
    /// @param order what makes an item less than another
    /// @return an empty queue
    public static <T> PriorityQueue<T> bounded(int capacity, Comparator<? super T> order) {
        return new PriorityQueue<>(capacity, Objects.requireNonNull(order, "order"));
    }
}
