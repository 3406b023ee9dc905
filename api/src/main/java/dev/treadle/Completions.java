package dev.treadle;

import dev.treadle.spi.Guard;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What [Async#asCompleted] gives: the results of several awaitables, the first to be done first.
///
/// ```java
/// for (Coroutine<Page> next : Async.asCompleted(requests)) {
///     show(next.await());
/// }
/// ```
///
/// Going through it hands out one coroutine for each awaitable; the one that is awaited first gives
/// the result that is there first, whichever it is. [#futures()] gives the futures themselves. Both
/// draw on the same supply: what one has given, the other does not give again, and iteration may
/// stop and be taken up again.
///
/// All methods must be called on the loop thread.
///
/// Source of the semantics: `asyncio.as_completed`.
///
/// @param <T> the result of each
public final class Completions<T extends @Nullable Object> implements Iterable<Coroutine<T>> {
    private final EventLoop loop;
    private final Guard guard = new Guard();
    private final Set<Future<T>> pending; // guarded
    private final ArrayDeque<Future<T>> done = new ArrayDeque<>(); // guarded
    private final ArrayDeque<Promise<@Nullable Void>> waiters = new ArrayDeque<>(); // guarded
    private final Consumer<Future<T>> onDone = this::completed;
    private final @Nullable Handle timer;
    private int left; // guarded: how many have not been handed out
    private boolean expired; // guarded

    Completions(
            Collection<? extends Awaitable<? extends T>> awaitables,
            @Nullable Duration timeout,
            EventLoop loop) {
        this.loop = loop;
        this.pending = new LinkedHashSet<>(Gathering.<T>start(awaitables, loop));
        this.left = pending.size();
        // Armed before the callbacks, which cancel it.
        this.timer =
                timeout == null || pending.isEmpty() ? null : loop.callLater(timeout, this::expire);
        List.copyOf(pending).forEach(future -> future.addDoneCallback(onDone));
    }

    private void completed(Future<T> future) {
        boolean last;
        try (var _ = guard.enter()) {
            if (!pending.remove(future)) {
                return; // the time was up first
            }
            done.add(future);
            wakeNext();
            last = pending.isEmpty();
        }
        if (last && timer != null) {
            timer.cancel();
        }
    }

    private void expire() {
        List<Future<T>> late;
        try (var _ = guard.enter()) {
            late = List.copyOf(pending);
            pending.clear();
            expired = true;
            while (!waiters.isEmpty()) {
                wakeNext();
            }
        }
        late.forEach(future -> future.removeDoneCallback(onDone));
    }

    private void wakeNext() {
        for (var waiter = waiters.poll(); waiter != null; waiter = waiters.poll()) {
            if (waiter.tryComplete(null)) {
                return;
            }
        }
    }

    private Future<T> awaitNext() {
        while (true) {
            Promise<@Nullable Void> wakeup = loop.createPromise();
            try (var _ = guard.enter()) {
                Future<T> future = done.poll();
                if (future != null) {
                    return future;
                }
                if (expired) {
                    throw new TimeoutError("the time limit has passed before all were done", null);
                }
                waiters.add(wakeup);
            }
            awaitWakeup(wakeup);
        }
    }

    private void awaitWakeup(Promise<@Nullable Void> wakeup) {
        try {
            wakeup.await();
        } catch (Throwable e) {
            try (var _ = guard.enter()) {
                waiters.remove(wakeup);
                if (!done.isEmpty() && !wakeup.isCancelled()) {
                    wakeNext(); // it was woken for one that it will not take
                }
            }
            throw e;
        }
    }

    /// Counts one as handed out; false if none is left.
    private boolean takePlace() {
        try (var _ = guard.enter()) {
            if (left == 0) {
                return false;
            }
            left--;
            return true;
        }
    }

    /// Has another one handed out for the last, which was not.
    private void giveBackPlace() {
        try (var _ = guard.enter()) {
            left++;
        }
    }

    private boolean isHandedOut() {
        try (var _ = guard.enter()) {
            return left == 0;
        }
    }

    /// {@return an iterator over one coroutine for each awaitable} Awaiting one throws what the
    /// awaitable failed with that it stands for, or [TimeoutError] if the time was up before. It is
    /// always the same iterator.
    @Override
    public Iterator<Coroutine<T>> iterator() {
        return coroutines;
    }

    private final Iterator<Coroutine<T>> coroutines =
            new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return !isHandedOut();
                }

                @Override
                public Coroutine<T> next() {
                    if (!takePlace()) {
                        throw new NoSuchElementException("all results have been handed out");
                    }
                    return Coroutine.of(() -> awaitNext().result());
                }
            };

    /// Returns the futures, the first to be done first: those that were given as they are, and for
    /// everything else its task. It is always the same iterator.
    ///
    /// @return an iterator; awaiting its `hasNext()` throws [TimeoutError] if the time is up before
    ///   the next one is done
    public AsyncIterator<Future<T>> futures() {
        return futures;
    }

    private final AsyncIterator<Future<T>> futures =
            new AsyncIterator<>() {
                private @Nullable Future<T> fetched; // the iterating task only
                private final Awaitable<Boolean> fetching = this::fetch;

                private boolean fetch() {
                    if (fetched == null && takePlace()) {
                        try {
                            fetched = awaitNext();
                        } catch (TimeoutError e) {
                            throw e;
                        } catch (Throwable e) {
                            giveBackPlace();
                            throw e;
                        }
                    }
                    return fetched != null;
                }

                @Override
                public Awaitable<Boolean> hasNext() {
                    return fetching;
                }

                @Override
                public Future<T> next() {
                    Future<T> taken = fetched;
                    if (taken == null) {
                        throw isHandedOut()
                                ? new NoSuchElementException("all futures have been handed out")
                                : new IllegalStateException(
                                        "next() has nothing to give: await hasNext() before");
                    }
                    fetched = null;
                    return taken;
                }
            };
}
