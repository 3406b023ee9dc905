package dev.treadle;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A coroutine that a loop runs beside others.
///
/// Made by [Async#createTask], [EventLoop#createTask] or [TaskGroup#createTask]. Its body first
/// runs in a later iteration, in the order in which tasks were created. The loop holds its tasks
/// strongly: one that nobody else references runs on.
///
/// Source of the semantics: `asyncio.Task`.
///
/// @param <T> what the coroutine returns
public interface Task<T extends @Nullable Object> extends Future<T> {

    /// {@return the name: given at creation, else `Task-` and a number}
    String name();

    /// Renames this task.
    ///
    /// @param name shown by `toString()` and in reports
    void rename(String name);

    /// Requests cancellation.
    ///
    /// The request is counted. What the task awaits is cancelled, or, if it awaits nothing that can
    /// be, [CancelledError] is thrown from its next `await()` that suspends; a task that has not
    /// started never runs. The body may clean up, delay, or refuse by catching the error, so a true
    /// result does not mean that the task will end cancelled. A body that returns right after it
    /// cancelled itself ends cancelled.
    ///
    /// Must be called on the loop thread; another thread calls
    /// `loop.callSoonThreadsafe(task::cancel)`, or cancels what [Async#runCoroutineThreadsafe]
    /// returned.
    ///
    /// @param message given to the [CancelledError]; null for none
    /// @return false if the task was already done
    /// @throws IllegalStateException on another thread while the loop runs
    @Override
    boolean cancel(@Nullable Object message);

    /// {@return how many cancellation requests are outstanding: those made by `cancel`, less those
    /// withdrawn by [#uncancel]}
    int cancelling();

    /// Withdraws one cancellation request.
    ///
    /// For scopes that cancel the task for a reason of their own and have dealt with it. When the
    /// count reaches 0, a request that was not delivered yet is dropped.
    ///
    /// @return the outstanding requests, never below 0
    int uncancel();

    /// {@return the context in which the body runs}
    Context context();

    /// {@return the coroutine that this runs}
    Coroutine<T> coroutine();

    /// Returns where the body stands: its frames if it is suspended, those of its failure if it
    /// failed, nothing otherwise.
    ///
    /// @return the frames, innermost first
    List<StackTraceElement> stack();
}
