package dev.treadle.sync;

/// A semaphore that refuses to be released more often than it was acquired.
///
/// Source of the semantics: `asyncio.BoundedSemaphore`.
public final class BoundedSemaphore extends Semaphore {

    /// Makes a semaphore.
    ///
    /// @param permits how many tasks may hold it at once, and how many permits it holds at most
    /// @throws IllegalArgumentException if negative
    public BoundedSemaphore(int permits) {
        super(permits, permits);
    }
}
