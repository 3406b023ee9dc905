package dev.treadle.spi;

/// Carries values that other libraries keep in thread locals along with a
/// [Context][dev.treadle.Context]: the diagnostic context of logs, the current span of a trace.
///
/// Captured when a context is copied for a new task or callback, and restored around the body of
/// that task or callback. What a task sets meanwhile stays with it while it is suspended, because
/// its stack and thread do; and what it creates takes along what it has set.
///
/// Found by `ServiceLoader`. Without one, nothing is captured and nothing is asked.
public interface ContextBridge {

    /// Puts back what a thread had before [ContextBridge#restore].
    @FunctionalInterface
    interface Scope extends AutoCloseable {
        /// Puts it back. Called on the thread that restored.
        @Override
        void close();
    }

    /// Captures the thread locals of the calling thread.
    ///
    /// What this throws leaves the call that makes the copy: `createTask`, `callSoon` and so on.
    ///
    /// @return what [#restore] is given; it is kept as long as the context
    Object capture();

    /// Sets thread locals of the calling thread.
    ///
    /// @param captured what [#capture] returned, on whatever thread
    /// @return puts back what the thread had before
    Scope restore(Object captured);
}
