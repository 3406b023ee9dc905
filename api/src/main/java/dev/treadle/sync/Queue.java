package dev.treadle.sync;

import dev.treadle.Coroutine;
import dev.treadle.Promise;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A first-in first-out queue between tasks, bounded or not.
///
/// ```java
/// Queue<Job> queue = Queue.bounded(64);
/// ...
/// queue.put(job).await();            // waits while the queue is full
/// Job job = queue.get().await();     // waits while it is empty
/// queue.taskDone();                  // so that queue.join() knows
/// ```
///
/// Must be used on the thread of one loop.
///
/// Source of the semantics: `asyncio.Queue`, with `shutdown` of Python 3.13.
///
/// @param <T> the items
public final class Queue<T> {
    private final int capacity; // Integer.MAX_VALUE for no bound
    private final ArrayDeque<T> items = new ArrayDeque<>(); // loop thread only
    private final Waiters getters = new Waiters();
    private final Waiters putters = new Waiters();
    private final Event finished = new Event();
    private int unfinished; // loop thread only; put and not yet reported done
    private boolean shutDown; // loop thread only

    private Queue(int capacity) {
        this.capacity = capacity;
        finished.set();
    }

    /// Makes a queue that takes any number of items.
    ///
    /// @param <T> the items
    /// @return an empty queue
    public static <T> Queue<T> unbounded() {
        return new Queue<>(Integer.MAX_VALUE);
    }

    /// Makes a queue whose producers wait while it is full.
    ///
    /// @param <T> the items
    /// @param capacity how many items it holds; zero or less for any number
    /// @return an empty queue
    public static <T> Queue<T> bounded(int capacity) {
        return new Queue<>(capacity <= 0 ? Integer.MAX_VALUE : capacity);
    }

    /// Waits until there is room, and puts an item.
    ///
    /// @param item what to put
    /// @return a coroutine; awaiting it throws [QueueShutDown] if the queue is or gets shut down
    public Coroutine<@Nullable Void> put(T item) {
        Objects.requireNonNull(item, "item");
        return Coroutine.of(() -> {
            while (isFull()) {
                ensureOpen();
                awaitTurn(putters, this::isFull);
            }
            putNow(item);
        });
    }

    /// Waits until there is an item, and takes it.
    ///
    /// @return a coroutine; awaiting it throws [QueueShutDown] if the queue is or gets shut down
    ///   and nothing is left
    public Coroutine<T> get() {
        return Coroutine.of(() -> {
            while (isEmpty()) {
                ensureOpen();
                awaitTurn(getters, this::isEmpty);
            }
            return getNow();
        });
    }

    private void awaitTurn(Waiters line, java.util.function.BooleanSupplier stillBlocked) {
        Promise<@Nullable Void> waiter = line.join(this);
        try {
            waiter.await();
        } catch (RuntimeException | Error e) {
            waiter.cancel(); // so that nobody wakes it from now on
            line.leave(waiter);
            if (!stillBlocked.getAsBoolean() && !waiter.isCancelled()) {
                // We were woken and can't use it: the place is the next one's.
                line.dismissNext();
            }
            throw e;
        }
    }

    /// Puts an item without waiting.
    ///
    /// @param item what to put
    /// @throws QueueShutDown if the queue was shut down
    /// @throws QueueFull if there is no room
    public void putNow(T item) {
        Objects.requireNonNull(item, "item");
        ensureOpen();
        if (isFull()) {
            throw new QueueFull("no room in " + this + ": await put(), or use tryPut()");
        }
        items.addLast(item);
        unfinished++;
        finished.clear();
        getters.dismissNext();
    }

    /// Takes an item without waiting.
    ///
    /// @return the oldest item
    /// @throws QueueShutDown if the queue was shut down and nothing is left
    /// @throws QueueEmpty if there is no item
    public T getNow() {
        T item = items.pollFirst();
        if (item == null) {
            ensureOpen();
            throw new QueueEmpty("nothing in " + this + ": await get(), or use tryGet()");
        }
        putters.dismissNext();
        return item;
    }

    /// Puts an item if there is room.
    ///
    /// @param item what to put
    /// @return false if there is no room
    /// @throws QueueShutDown if the queue was shut down
    public boolean tryPut(T item) {
        ensureOpen();
        if (isFull()) {
            return false;
        }
        putNow(item);
        return true;
    }

    /// Takes an item if there is one.
    ///
    /// @return the oldest item, or empty
    /// @throws QueueShutDown if the queue was shut down and nothing is left
    public Optional<T> tryGet() {
        if (isEmpty()) {
            ensureOpen();
            return Optional.empty();
        }
        return Optional.of(getNow());
    }

    /// Reports that an item that was taken has been dealt with.
    ///
    /// @throws IllegalStateException if called more often than items were put
    public void taskDone() {
        if (unfinished <= 0) {
            throw new IllegalStateException("taskDone() called too many times on " + this);
        }
        finishOne();
    }

    private void finishOne() {
        unfinished--;
        if (unfinished == 0) {
            finished.set();
        }
    }

    /// Waits until all items that were put have been [reported done][#taskDone].
    ///
    /// @return a coroutine
    public Coroutine<@Nullable Void> join() {
        return Coroutine.of(() -> {
            if (unfinished > 0) {
                finished.await().await();
            }
        });
    }

    /// Refuses further items; what is there can still be taken.
    ///
    /// Producers that wait get [QueueShutDown], and so do consumers once the queue is empty.
    public void shutdown() {
        shutDown = true;
        getters.dismissAll();
        putters.dismissAll();
    }

    /// Refuses further items and drops those that are there, counting them as done.
    public void shutdownNow() {
        while (items.pollFirst() != null) {
            if (unfinished > 0) {
                finishOne();
            }
        }
        shutdown();
    }

    private void ensureOpen() {
        if (shutDown) {
            throw new QueueShutDown("queue was shut down: " + this);
        }
    }

    /// {@return how many items are there}
    public int size() {
        return items.size();
    }

    /// {@return whether there is no item}
    public boolean isEmpty() {
        return items.isEmpty();
    }

    /// {@return whether a producer would have to wait}
    public boolean isFull() {
        return items.size() >= capacity;
    }

    /// {@return how many items there is room for in all; `Integer.MAX_VALUE` if there is no bound}
    public int capacity() {
        return capacity;
    }

    /// {@return the state, for reading logs}
    @Override
    public String toString() {
        return "Queue[size="
                + items.size()
                + (capacity == Integer.MAX_VALUE ? "" : " of " + capacity)
                + ", getters="
                + getters.size()
                + ", putters="
                + putters.size()
                + (shutDown ? ", shut down]" : "]");
    }
}
