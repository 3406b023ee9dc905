package dev.treadle;

import org.jspecify.annotations.Nullable;

/// Thrown when a time limit set by [Timeout], [Async#timeout] or [Async#waitFor] has passed.
///
/// An ordinary, unchecked exception, unlike `java.util.concurrent.TimeoutException`: in Python
/// `TimeoutError` is caught by a catch-all too. The [CancelledError] that stopped the body is the
/// cause.
///
/// Source of the semantics: Python's `TimeoutError`.
public final class TimeoutError extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// Creates an error.
    ///
    /// @param message which limit passed
    /// @param cause what stopped the body, or null
    public TimeoutError(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
