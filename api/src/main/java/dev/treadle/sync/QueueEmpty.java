package dev.treadle.sync;

/// Thrown by [Queue#getNow] when there is nothing to take.
///
/// Source of the semantics: `asyncio.QueueEmpty`.
public final class QueueEmpty extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// Creates an exception.
    ///
    /// @param message which queue, and what to do
    public QueueEmpty(String message) {
        super(message);
    }
}
