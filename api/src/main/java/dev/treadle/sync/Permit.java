package dev.treadle.sync;

/// Something held, to be given back: the result of acquiring a [Lock] or a [Semaphore].
///
/// ```java
/// try (var _ = lock.acquire().await()) {
///     ...
/// }
/// ```
///
/// Source of the semantics: the exit of Python's `async with lock`.
public final class Permit implements AutoCloseable {
    private final Runnable release;
    private boolean released; // loop thread only

    Permit(Runnable release) {
        this.release = release;
    }

    /// Gives it back. Closing again does nothing.
    ///
    /// Must be called on the loop thread.
    @Override
    public void close() {
        if (!released) {
            released = true;
            release.run();
        }
    }
}
