package dev.treadle;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A result to come, bound to one loop.
///
/// A future is *pending* until it has *succeeded*, *failed* or been *cancelled*; then it never
/// changes again. Coroutines of its loop `await()` it, callbacks are added with [#addDoneCallback],
/// other threads use the blocking `get()` that it inherits.
///
/// All methods but `await()` may be called from any thread.
///
/// Source of the semantics: `asyncio.Future`.
///
/// @param <T> the result
public interface Future<T extends @Nullable Object>
        extends java.util.concurrent.Future<T>, Awaitable<T> {

    /// Returns the result of a done future.
    ///
    /// @return the value
    /// @throws InvalidStateException if it is pending
    /// @throws CancelledError if it was cancelled
    /// @throws java.util.concurrent.CompletionException if it failed with a checked exception,
    ///   which is the cause; an unchecked failure is rethrown as the same instance
    T result();

    /// Returns why a done future failed.
    ///
    /// Having looked counts as having handled: the failure is then not reported as never retrieved.
    ///
    /// @return the failure, or null if it succeeded
    /// @throws InvalidStateException if it is pending
    /// @throws CancelledError if it was cancelled
    @Nullable Throwable exception();

    /// Cancels without a message: `cancel(null)`.
    ///
    /// @return false if it was already done
    default boolean cancel() {
        return cancel((Object) null);
    }

    /// Cancels this future, if it is pending; its callbacks are then scheduled.
    ///
    /// For a [Task] this is a request, see [Task#cancel(Object)].
    ///
    /// @param message given to the [CancelledError] that those who wait will see; null for none
    /// @return false if it was already done
    boolean cancel(@Nullable Object message);

    /// Cancels without a message.
    ///
    /// @param mayInterruptIfRunning has no effect: a coroutine is cancelled, not interrupted
    /// @return false if it was already done
    @Override
    default boolean cancel(boolean mayInterruptIfRunning) {
        return cancel((Object) null);
    }

    /// Has a callback run on the loop once this is done, in the current context.
    ///
    /// Callbacks are run in the order in which they were added, each in an iteration of its own
    /// right, never inside the call that completes the future, and never inside this call: on a
    /// future that is already done the callback is queued.
    ///
    /// @param callback receives this future; what it throws goes to the loop's exception handler
    void addDoneCallback(Consumer<? super Future<T>> callback);

    /// Removes callbacks that have not been scheduled yet.
    ///
    /// @param callback what was added; all that are equal to it are removed
    /// @return how many were removed
    int removeDoneCallback(Consumer<? super Future<T>> callback);

    /// {@return the loop that this belongs to}
    EventLoop loop();

    /// Blocks the calling thread until this is done, and returns the result.
    ///
    /// Meant for threads that run no loop. A coroutine or callback calls `await()` or `result()`
    /// instead; called on the loop's own thread while this is pending, it would wait for itself and
    /// therefore refuses.
    ///
    /// @return the value
    /// @throws java.util.concurrent.CancellationException if it was cancelled; the [CancelledError]
    ///   is its cause
    /// @throws ExecutionException if it failed; the failure is the cause
    /// @throws InterruptedException if the thread is interrupted while it waits
    /// @throws IllegalStateException on the loop's own thread, while this is pending
    @Override
    T get() throws InterruptedException, ExecutionException;

    /// Returns a view of this future for code that knows `CompletableFuture`.
    ///
    /// It completes as this does, on the loop's thread. Cancelling it cancels this.
    ///
    /// @return a new `CompletableFuture`
    default CompletableFuture<T> toCompletableFuture() {
        return Stages.toCompletableFuture(this);
    }

    /// Returns a future of the running loop that completes as `stage` does.
    ///
    /// The result arrives on the loop's thread, whatever thread completes the stage. Cancelling the
    /// future cancels the stage, as far as its `toCompletableFuture()` supports it. A
    /// `CompletionException` around a failure is taken off.
    ///
    /// Must be called on the loop thread.
    ///
    /// @param <T> the result
    /// @param stage what to wait for, for instance `HttpClient.sendAsync(...)`
    /// @return a future of the running loop
    /// @throws IllegalStateException if no loop runs here
    static <T extends @Nullable Object> Future<T> from(CompletionStage<T> stage) {
        return Stages.from(stage, EventLoop.running());
    }
}
