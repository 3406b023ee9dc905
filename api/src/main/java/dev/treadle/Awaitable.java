package dev.treadle;

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
    /// @throws java.util.concurrent.CompletionException if what is awaited failed with a checked
    ///   exception, which is the cause; unchecked failures are rethrown as the same instance
    T await();
}
