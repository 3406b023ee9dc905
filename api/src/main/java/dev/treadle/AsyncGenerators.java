package dev.treadle;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The asynchronous generators that a loop has seen start, and that have not ended: it closes those
/// that are dropped, and at the end of a run those that are left.
///
/// A scheduler's loop makes one and returns it from [EventLoop#asyncGenerators()]; applications
/// call [EventLoop#shutdownGenerators()].
///
/// Source of the semantics: the hooks that asyncio's loop sets with `sys.set_asyncgen_hooks`.
public final class AsyncGenerators {
    private static final System.Logger LOG = System.getLogger("dev.treadle");
    private static final AtomicLong NUMBERS = new AtomicLong();

    private final EventLoop loop;
    private final ConcurrentSkipListMap<Long, AsyncBody<?>> open = new ConcurrentSkipListMap<>();
    private volatile boolean shutDown; // any thread, only ever becomes true

    /// Makes an empty registry.
    ///
    /// @param loop the loop that it belongs to
    public AsyncGenerators(EventLoop loop) {
        this.loop = loop;
    }

    /// Takes note of a generator whose first element is being asked for; returns its number.
    long add(AsyncBody<?> body) {
        if (shutDown) {
            LOG.log(
                    Level.WARNING,
                    "an asynchronous generator was started after loop {0} had shut down its"
                            + " asynchronous generators: close it yourself",
                    loop.name());
        }
        long number = NUMBERS.incrementAndGet();
        open.put(number, body);
        return number;
    }

    void remove(long number) {
        open.remove(number);
    }

    /// Has a generator closed that nobody holds any more. Called on the cleaner's thread.
    void dropped(long number, AsyncBody<?> body) {
        if (open.remove(number) == null) {
            return; // it is being shut down
        }
        try {
            loop.callSoonThreadsafe(
                    () -> loop.createTask(Coroutine.of(body::close), TaskOptions.defaults()),
                    Context.empty());
        } catch (IllegalStateException e) {
            // The loop is closed, and with it all that the body could await.
            LOG.log(
                    Level.DEBUG,
                    "an asynchronous generator was dropped after its loop {0} was closed",
                    loop.name());
        }
    }

    /// Closes all that are open, and waits for them.
    Coroutine<@Nullable Void> shutdown() {
        return Coroutine.of(() -> {
            shutDown = true;
            List<AsyncBody<?>> closing = new ArrayList<>(open.values());
            open.clear();
            List<Coroutine<@Nullable Void>> requests = new ArrayList<>();
            for (AsyncBody<?> body : closing) {
                requests.add(Coroutine.<@Nullable Void>of(body::close));
            }
            List<Future<@Nullable Void>> closed =
                    Async.<@Nullable Void>gatherSettled(requests).await();
            for (int i = 0; i < closed.size(); i++) {
                report(closing.get(i), closed.get(i));
            }
        });
    }

    private void report(AsyncBody<?> body, Future<?> closed) {
        Throwable failure = closed.isCancelled() ? null : closed.exception();
        if (failure != null) {
            loop.callExceptionHandler(
                    EventLoop.Problem.of(
                                    "an error occurred during closing of asynchronous generator "
                                            + body,
                                    failure)
                            .withFuture(closed));
        }
    }
}
