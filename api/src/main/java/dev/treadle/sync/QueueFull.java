package dev.treadle.sync;

/// Thrown by [Queue#putNow] when there is no room.
///
/// Source of the semantics: `asyncio.QueueFull`.
public final class QueueFull extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// Creates an exception.
    ///
    /// @param message which queue, and what to do
    public QueueFull(String message) {
        super(message);
    }
}
