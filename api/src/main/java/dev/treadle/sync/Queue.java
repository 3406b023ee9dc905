package dev.treadle.sync;

import dev.treadle.Coroutine;
import dev.treadle.Promise;
import dev.treadle.spi.Guard;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A queue between tasks, bounded or not; first in, first out.
///
/// ```java
/// Queue<Job> queue = Queue.bounded(64);
/// ...
/// queue.put(job).await();            // waits while the queue is full
/// Job job = queue.get().await();     // waits while it is empty
/// queue.taskDone();                  // so that queue.join() knows
/// ```
///
/// Who waits longest is woken first. A task that is cancelled while it waits puts or takes nothing;
/// if it had just been woken, the next in line is.
///
/// Must be used by the tasks and callbacks of one loop.
///
/// Source of the semantics: `asyncio.Queue`, with `shutdown` of Python 3.13.
///
/// @param <T> the items
public sealed class Queue<T> permits LifoQueue, PriorityQueue {
    private final Guard guard = new Guard();
    private final int capacity; // Integer.MAX_VALUE for no bound
    private final java.util.Queue<T> items; // guarded
    private final Waiters getters = new Waiters();
    private final Waiters putters = new Waiters(getters);
    private final Waiters joiners = new Waiters();
    private int unfinished; // guarded; put and not yet reported done
    private boolean shutDown; // guarded

    /// Makes a queue that keeps its items in its own order.
    ///
    /// @param capacity how many items it holds; zero or less for any number
    /// @param items where they are kept, empty
    Queue(int capacity, java.util.Queue<T> items) {
        this.capacity = capacity <= 0 ? Integer.MAX_VALUE : capacity;
        this.items = items;
    }

    /// Makes a queue that takes any number of items.
    ///
    /// @param <T> the items
    /// @return an empty queue
    public static <T> Queue<T> unbounded() {
        return bounded(0);
    }

    /// Makes a queue whose producers wait while it is full.
    ///
    /// @param <T> the items
    /// @param capacity how many items it holds; zero or less for any number
    /// @return an empty queue
    public static <T> Queue<T> bounded(int capacity) {
        return new Queue<>(capacity, new ArrayDeque<>());
    }

    // ---- waiting

    /// Waits until there is room, and puts an item.
    ///
    /// @param item what to put
    /// @return a coroutine; awaiting it throws [QueueShutDown] if the queue is or gets shut down
    public final Coroutine<@Nullable Void> put(T item) {
        Objects.requireNonNull(item, "item");
        return Coroutine.<@Nullable Void>of(() -> {
            Promise<@Nullable Void> place = putOrJoin(item);
            while (place != null) {
                Waiters.await(place, waiter -> giveUp(waiter, putters));
                place = putOrJoin(item);
            }
            return null;
        });
    }

    private @Nullable Promise<@Nullable Void> putOrJoin(T item) {
        try (var _ = guard.enter()) {
            ensureOpen();
            if (isFull()) {
                return putters.join(this);
            }
            add(item);
            return null;
        }
    }

    /// Waits until there is an item, and takes it.
    ///
    /// @return a coroutine; it gives the item that comes first in the queue's order; awaiting it
    ///   throws [QueueShutDown] if the queue is or gets shut down and nothing is left
    public final Coroutine<T> get() {
        return Coroutine.of(() -> {
            T item = poll();
            while (item == null) {
                Promise<@Nullable Void> arrival = joinUnlessFilled();
                if (arrival != null) {
                    Waiters.await(arrival, waiter -> giveUp(waiter, getters));
                }
                item = poll();
            }
            return item;
        });
    }

    private @Nullable Promise<@Nullable Void> joinUnlessFilled() {
        try (var _ = guard.enter()) {
            if (!items.isEmpty()) {
                return null;
            }
            ensureOpen();
            return getters.join(this);
        }
    }

    private void giveUp(Promise<@Nullable Void> waiter, Waiters line) {
        try (var _ = guard.enter()) {
            waiter.cancel(); // so that nobody wakes it from now on
            line.leave(waiter);
            boolean wanted = line == putters ? !isFull() : !isEmpty();
            if (wanted && !waiter.isCancelled()) {
                // We were woken and can't use it: the place is the next one's.
                line.dismissNext();
            }
        }
    }

    // ---- not waiting

    /// Puts an item without waiting.
    ///
    /// @param item what to put
    /// @throws QueueShutDown if the queue was shut down
    /// @throws QueueFull if there is no room
    public final void putNow(T item) {
        Objects.requireNonNull(item, "item");
        try (var _ = guard.enter()) {
            ensureOpen();
            if (isFull()) {
                throw new QueueFull("no room in " + this + ": await put(), or use tryPut()");
            }
            add(item);
        }
    }

    /// Puts an item if there is room.
    ///
    /// @param item what to put
    /// @return false if there is no room
    /// @throws QueueShutDown if the queue was shut down
    public final boolean tryPut(T item) {
        Objects.requireNonNull(item, "item");
        try (var _ = guard.enter()) {
            ensureOpen();
            if (isFull()) {
                return false;
            }
            add(item);
            return true;
        }
    }

    /// Takes an item without waiting.
    ///
    /// @return the item that comes first in the queue's order
    /// @throws QueueShutDown if the queue was shut down and nothing is left
    /// @throws QueueEmpty if there is no item
    public final T getNow() {
        try (var _ = guard.enter()) {
            T item = poll();
            if (item == null) {
                ensureOpen();
                throw new QueueEmpty("nothing in " + this + ": await get(), or use tryGet()");
            }
            return item;
        }
    }

    /// Takes an item if there is one.
    ///
    /// @return the item that comes first in the queue's order, or empty
    /// @throws QueueShutDown if the queue was shut down and nothing is left
    public final Optional<T> tryGet() {
        try (var _ = guard.enter()) {
            T item = poll();
            if (item == null) {
                ensureOpen();
            }
            return Optional.ofNullable(item);
        }
    }

    private void add(T item) {
        items.add(item); // first: it may fail, if items are compared
        unfinished++;
        getters.dismissNext();
    }

    private @Nullable T poll() {
        try (var _ = guard.enter()) {
            T item = items.poll();
            if (item != null) {
                putters.dismissNext();
            }
            return item;
        }
    }

    // ---- reporting done

    /// Reports that an item that was taken has been dealt with.
    ///
    /// @throws IllegalStateException if called more often than items were put
    public final void taskDone() {
        try (var _ = guard.enter()) {
            if (unfinished <= 0) {
                throw new IllegalStateException("taskDone() called too many times on " + this);
            }
            finish(1);
        }
    }

    private void finish(int count) {
        unfinished -= count;
        if (unfinished == 0) {
            joiners.wakeAll();
        }
    }

    /// Waits until all items that were put have been [reported done][#taskDone].
    ///
    /// @return a coroutine
    public final Coroutine<@Nullable Void> join() {
        return Coroutine.of(() -> {
            Promise<@Nullable Void> end = joinUnlessFinished();
            if (end != null) {
                try {
                    end.await();
                } finally {
                    leave(end);
                }
            }
        });
    }

    private @Nullable Promise<@Nullable Void> joinUnlessFinished() {
        try (var _ = guard.enter()) {
            return unfinished == 0 ? null : joiners.join(this);
        }
    }

    private void leave(Promise<@Nullable Void> end) {
        try (var _ = guard.enter()) {
            joiners.leave(end);
        }
    }

    // ---- shutting down

    /// Refuses further items; what is there can still be taken.
    ///
    /// Producers that wait get [QueueShutDown], and so do consumers once the queue is empty.
    /// Shutting down again does nothing.
    public final void shutdown() {
        try (var _ = guard.enter()) {
            shutDown = true;
            getters.dismissAll();
            putters.dismissAll();
        }
    }

    /// Refuses further items and drops those that are there, counting them as done.
    ///
    /// Who waits in [#join] still waits for the items that were taken before and not reported done.
    public final void shutdownNow() {
        try (var _ = guard.enter()) {
            int dropped = Math.min(items.size(), unfinished);
            items.clear();
            finish(dropped);
            shutdown();
        }
    }

    private void ensureOpen() {
        if (shutDown) {
            throw new QueueShutDown("queue was shut down: " + this);
        }
    }

    // ---- asking

    /// {@return how many items are there}
    public final int size() {
        try (var _ = guard.enter()) {
            return items.size();
        }
    }

    /// {@return whether there is no item}
    public final boolean isEmpty() {
        return size() == 0;
    }

    /// {@return whether a producer would have to wait}
    public final boolean isFull() {
        return size() >= capacity;
    }

    /// {@return how many items there is room for in all; `Integer.MAX_VALUE` if there is no bound}
    public final int capacity() {
        return capacity;
    }

    /// {@return the state, for reading logs}
    @Override
    public final String toString() {
        try (var _ = guard.enter()) {
            return getClass().getSimpleName()
                    + "[size="
                    + items.size()
                    + (capacity == Integer.MAX_VALUE ? "" : " of " + capacity)
                    + ", getters="
                    + getters.size()
                    + ", putters="
                    + putters.size()
                    + (unfinished == 0 ? "" : ", unfinished=" + unfinished)
                    + (shutDown ? ", shut down]" : "]");
        }
    }
}
