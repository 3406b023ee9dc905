package dev.treadle.sync;

/// Thrown from [Barrier#await] when the barrier is aborted, or reset while tasks wait.
///
/// Source of the semantics: `asyncio.BrokenBarrierError`.
public final class BrokenBarrierError extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// Creates an exception.
    ///
    /// @param message which barrier, and what became of it
    public BrokenBarrierError(String message) {
        super(message);
    }
}
