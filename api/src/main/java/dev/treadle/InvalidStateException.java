package dev.treadle;

/// Thrown when a future is asked for something that its state does not allow: the result of a
/// pending one, completing a done one.
///
/// Source of the semantics: `asyncio.InvalidStateError`.
public final class InvalidStateException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    /// Creates an exception.
    ///
    /// @param message the future, the state it is in, and what to do
    public InvalidStateException(String message) {
        super(message);
    }
}
