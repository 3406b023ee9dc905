package dev.treadle.sync;

/// Thrown by a queue that was shut down: by every put, and by a get when nothing is left.
///
/// Source of the semantics: `asyncio.QueueShutDown`.
public final class QueueShutDown extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// Creates an exception.
    ///
    /// @param message which queue, and what to do
    public QueueShutDown(String message) {
        super(message);
    }
}
