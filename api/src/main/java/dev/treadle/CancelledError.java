package dev.treadle;

import org.jspecify.annotations.Nullable;

/// Thrown from `await()` in a task that is being cancelled, and by whoever asks a cancelled future
/// for its result.
///
/// An `Error`, so that `catch (Exception e)` does not swallow it. Code that must clean up uses
/// `finally`; code that catches it should rethrow it, because a task that swallows it goes on as if
/// it had not been cancelled.
///
/// Source of the semantics: `asyncio.CancelledError`, outside the tree of ordinary exceptions since
/// Python 3.8.
public final class CancelledError extends Error {
    private static final long serialVersionUID = 1;

    private final transient @Nullable Object reason;

    /// Creates an error without a message.
    public CancelledError() {
        this(null);
    }

    /// Creates an error that carries what was passed to `cancel`.
    ///
    /// @param reason any object, or null for none
    public CancelledError(@Nullable Object reason) {
        super(reason == null ? null : reason.toString());
        this.reason = reason;
    }

    /// {@return what was passed to `cancel`, or null if nothing was}
    public @Nullable Object reason() {
        return reason;
    }
}
