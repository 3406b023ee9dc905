package dev.treadle.scheduler.test;

/// What must not be left behind when a test ends.
public enum Leak {
    /// A task that has not ended.
    TASK,
    /// A coroutine that was made and neither awaited nor closed.
    COROUTINE,
    /// A future that failed, and nobody asked for the failure.
    FAILURE,
    /// A generator that is neither exhausted nor closed.
    GENERATOR,
    /// A timer that is armed.
    TIMER,
    /// A platform thread that still lives, or a job of the offload pool that still runs.
    THREAD,
    /// A loop that was made and not closed.
    LOOP
}
