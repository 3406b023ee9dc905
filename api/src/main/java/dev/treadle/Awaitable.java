package dev.treadle;

import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// Something whose result a coroutine can wait for without blocking its loop.
///
/// [Coroutine], [Future] and [Task] are awaitable; any `CompletionStage` becomes so through
/// [Future#from].
///
/// Source of the semantics: Python's `await` expression (PEP 492).
///
/// @param <T> what awaiting gives
public interface Awaitable<T extends @Nullable Object> {

    /// Waits for the result, suspending the current task if it is not there yet.
    ///
    /// If this is already done, the result is delivered at once and nothing else runs in between.
    /// Otherwise the task gives up control until the result is there; the loop goes on with other
    /// work. A task that is cancelled while it waits leaves this method with [CancelledError].
    ///
    /// Must be called inside a coroutine, on the thread that runs it. A generator body that a
    /// coroutine steps may call it too: it suspends that coroutine's task.
    ///
    /// @return the result
    /// @throws IllegalStateException outside a task: a plain thread calls [Async#run] or
    ///   `Future.get()` instead, a callback creates a task
    /// @throws CancelledError if the current task, or what is awaited, was cancelled
    /// @throws CompletionException if what is awaited failed with a checked exception, which is the
    ///   cause; unchecked failures are rethrown as the same instance. See [#throwing] for another
    ///   way
    T await();

    /// Returns a view of this whose `await()` throws a checked exception as what it is, instead of
    /// wrapping it.
    ///
    /// ```java
    /// HttpResponse<String> response =
    ///         Future.from(client.sendAsync(request, ofString())).throwing(IOException.class).await();
    /// ```
    ///
    /// @param <X> the exception's type
    /// @param type the exception's type
    /// @return a view that throws failures of that type bare; every other failure leaves it as it
    ///   leaves [#await()]
    default <X extends Exception> Throwing<T, X> throwing(Class<X> type) {
        Objects.requireNonNull(type, "type");
        return () -> {
            try {
                return await();
            } catch (CompletionException e) {
                if (type.isInstance(e.getCause())) {
                    throw type.cast(e.getCause());
                }
                throw e;
            }
        };
    }

    /// An awaitable that throws a checked exception as what it is.
    ///
    /// @param <T> what awaiting gives
    /// @param <X> the exception
    @FunctionalInterface
    interface Throwing<T extends @Nullable Object, X extends Exception> {

        /// Waits for the result, as [Awaitable#await()] does.
        ///
        /// @return the result
        /// @throws X if what is awaited failed with it
        /// @throws CompletionException if what is awaited failed with another checked exception,
        ///   which is the cause
        T await() throws X;
    }
}
