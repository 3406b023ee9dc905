package dev.treadle;

import org.jspecify.annotations.Nullable;

/// An error that ends the run of a loop, whoever throws it.
///
/// Thrown in a task it is that task's failure *and* leaves the loop's `run…` method at once. Thrown
/// in a callback it is not handed to the exception handler but leaves the loop likewise. What was
/// ready stays queued for the next run.
///
/// Source of the semantics: asyncio's treatment of `SystemExit` and `KeyboardInterrupt`.
public class FatalError extends Error {
    private static final long serialVersionUID = 1;

    /// Creates an error with a message.
    ///
    /// @param message what happened, or null
    public FatalError(@Nullable String message) {
        super(message);
    }

    /// Creates an error with a message and a cause.
    ///
    /// @param message what happened, or null
    /// @param cause why, or null
    public FatalError(@Nullable String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
