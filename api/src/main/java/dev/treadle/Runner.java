package dev.treadle;

import dev.treadle.spi.Execution;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Runs several coroutines, one after the other, on one loop and in one context.
///
/// ```java
/// try (Runner runner = new Runner()) {
///     runner.run(() -> warmUp());
///     runner.run(() -> serve());
/// }
/// ```
///
/// The loop is made at the first use. Closing cancels the tasks that are left and waits for them,
/// closes the asynchronous generators that are left, shuts the offload pool down (waiting up to
/// five minutes for its threads) and closes the loop.
///
/// While a coroutine runs, the first Ctrl-C cancels it, so that it can clean up; if it then ends
/// cancelled, and nobody else cancelled it, `run` throws [KeyboardInterrupt]. A second Ctrl-C ends
/// the JVM. Where the JVM lets nobody handle signals, Ctrl-C ends it at once; where the application
/// handles it itself, it is left to the application.
///
/// Methods may be called from any thread that runs no loop, by one at a time.
///
/// Source of the semantics: `asyncio.Runner`.
public final class Runner implements AutoCloseable {
    private static final Duration OFFLOAD_TIMEOUT = Duration.ofMinutes(5);
    private static final System.Logger LOG = System.getLogger("dev.treadle");

    private final LoopConfig config;
    private final Context context = Context.copyCurrent();
    private @Nullable EventLoop loop;
    private boolean closed;

    /// Makes a runner whose loop has a numbered name and the only scheduler that is there.
    public Runner() {
        this(LoopConfig.defaults());
    }

    /// Makes a runner.
    ///
    /// @param config the loop's name and scheduler
    public Runner(LoopConfig config) {
        this.config = Objects.requireNonNull(config, "config");
    }

    /// Returns the loop, making it if this is the first use.
    ///
    /// @return the loop that this runs on
    /// @throws IllegalStateException if this is closed, or no scheduler is found
    public EventLoop loop() {
        if (closed) {
            throw new IllegalStateException("runner is closed");
        }
        EventLoop current = loop;
        if (current == null) {
            current = EventLoop.create(config);
            loop = current;
        }
        return current;
    }

    /// Runs a coroutine to its end, blocking the calling thread.
    ///
    /// @param <T> the result
    /// @param body what to run
    /// @return its result
    /// @throws IllegalStateException if this is closed, or a loop runs the calling code
    public <T extends @Nullable Object> T run(Coroutine.Body<T> body) {
        return run(Coroutine.of(body));
    }

    /// Runs a coroutine that returns nothing to its end, blocking the calling thread.
    ///
    /// @param action what to run
    /// @throws IllegalStateException if this is closed, or a loop runs the calling code
    public void run(Coroutine.Action action) {
        run(Coroutine.of(action));
    }

    /// Runs a coroutine to its end, blocking the calling thread.
    ///
    /// @param <T> the result
    /// @param coroutine what to run
    /// @return its result
    /// @throws IllegalStateException if this is closed, or a loop runs the calling code
    /// @throws java.util.concurrent.CompletionException if it failed with a checked exception,
    ///   which is the cause; an unchecked failure is rethrown as the same instance
    /// @throws CancelledError if it ended cancelled
    /// @throws KeyboardInterrupt if it ended because of Ctrl-C
    public <T extends @Nullable Object> T run(Coroutine<T> coroutine) {
        return run(coroutine, context);
    }

    /// Runs a coroutine to its end in an explicit context, blocking the calling thread.
    ///
    /// @param <T> the result
    /// @param coroutine what to run
    /// @param context the context to run in, instead of this runner's; not copied
    /// @return its result
    /// @throws IllegalStateException if this is closed, or a loop runs the calling code
    public <T extends @Nullable Object> T run(Coroutine<T> coroutine, Context context) {
        Objects.requireNonNull(coroutine, "coroutine");
        Objects.requireNonNull(context, "context");
        if (Execution.current().loop() != null) {
            coroutine.close();
            throw new IllegalStateException(
                    "run() cannot be called from a running event loop: await the coroutine instead");
        }
        EventLoop current = loop();
        Task<T> main = current.createTask(coroutine, TaskOptions.defaults().withContext(context));
        try (KeyboardSignal signal = KeyboardSignal.cancelling(main)) {
            try {
                return current.runUntilComplete(main);
            } catch (CancelledError e) {
                if (signal.received() && main.uncancel() == 0) {
                    KeyboardInterrupt interrupt = new KeyboardInterrupt();
                    interrupt.initCause(e);
                    throw interrupt;
                }
                throw e;
            }
        }
    }

    /// Cancels what is left, waits for it, and closes the loop. Closing again does nothing.
    @Override
    public void close() {
        closed = true;
        EventLoop current = loop;
        if (current == null || current.isClosed()) {
            return;
        }
        // A flag that is left of what ended the last run would cancel each step of this.
        boolean interrupted = Thread.interrupted();
        try {
            cancelAll(current);
            current.runUntilComplete(current.shutdownGenerators());
            boolean ended = current.runUntilComplete(current.shutdownOffload(OFFLOAD_TIMEOUT));
            if (!ended) {
                LOG.log(
                        Level.WARNING,
                        "loop {0}: offloaded work has not ended within {1}; its threads are left to themselves",
                        current.name(),
                        OFFLOAD_TIMEOUT);
            }
        } finally {
            current.close();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void cancelAll(EventLoop loop) {
        Set<Task<?>> left = loop.tasks();
        if (left.isEmpty()) {
            return;
        }
        left.forEach(Future::cancel); // while nothing runs, so that no further step begins
        // Not by a task, for which there may be no room.
        loop.runUntilComplete(
                Gathering.settled(left.stream().map(Runner::anyResult).toList(), loop));
        for (Task<?> task : List.copyOf(left)) {
            Throwable failure = task.isCancelled() ? null : task.exception();
            if (failure != null) {
                loop.callExceptionHandler(
                        EventLoop.Problem.of(
                                        "unhandled exception during Runner shutdown in " + task,
                                        failure)
                                .withFuture(task));
            }
        }
    }

    @SuppressWarnings("unchecked") // only asked whether it is done
    private static Future<@Nullable Object> anyResult(Future<?> future) {
        return (Future<@Nullable Object>) future;
    }
}
