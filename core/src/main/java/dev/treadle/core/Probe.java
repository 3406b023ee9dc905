package dev.treadle.core;

import dev.treadle.Future;
import dev.treadle.Handle;
import dev.treadle.Task;
import org.jspecify.annotations.Nullable;

/// Told of what happens in a loop: where tests and tools listen in. A loop without one pays a
/// comparison with null.
///
/// Called on the loop thread, by the code that does what is told of, unless a method says
/// otherwise. It must not suspend.
public interface Probe {

    /// Tells of a new task, which has not started. Called on the stack that creates it.
    ///
    /// @param task the task
    default void taskCreated(Task<?> task) {}

    /// Tells that a task is about to suspend. Called on that task's stack.
    ///
    /// What this throws leaves the task's `await()`, in place of what was awaited.
    ///
    /// @param task the task
    /// @param awaited what it is going to wait for; null if it gives up control once
    default void suspending(Task<?> task, @Nullable Future<?> awaited) {}

    /// Tells of a timer that was armed. Called on the stack that arms it.
    ///
    /// @param timer the timer, which is also its entry of the ready queue when it is due
    default void timerArmed(Handle timer) {}

    /// Tells of a future that failed when none was waiting who is sure to ask for the failure.
    /// Called by the thread that made it fail.
    ///
    /// @param future the failed future
    default void failedUnseen(Failed future) {}

    /// Tells that something was queued by another thread. Called on that thread, after the fact.
    default void submitted() {}

    /// Tells that another thread is about to block until a future is done, however long that takes.
    /// Called on that thread, which looks again whether it is done when this returns.
    ///
    /// @param future what it waits for
    default void blocking(Future<?> future) {}

    /// A future that has failed.
    interface Failed {
        /// {@return the future}
        Future<?> future();

        /// {@return why}
        Throwable exception();

        /// {@return whether somebody has asked for the failure since} Called from any thread.
        boolean isRetrieved();
    }
}
