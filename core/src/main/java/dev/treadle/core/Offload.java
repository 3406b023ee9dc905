package dev.treadle.core;

/// Threads for blocking work: what is behind `EventLoop.offload`.
public interface Offload {

    /// Runs a job on a thread that may block. Called from any thread.
    ///
    /// @param job what to run; it throws nothing
    /// @throws java.util.concurrent.RejectedExecutionException if this was shut down
    void submit(Runnable job);

    /// {@return how many jobs can run at once} Called from any thread.
    default int limit() {
        return Integer.MAX_VALUE;
    }

    /// Refuses further jobs, without waiting for those that run. May be called again.
    void shutdown();

    /// Waits until all jobs have ended after [#shutdown()], and with them the threads that ran
    /// them. Blocks; called on a thread that may.
    ///
    /// @param timeoutNanos how long to wait at most
    /// @return whether all have ended
    /// @throws InterruptedException if the thread is interrupted
    boolean awaitTermination(long timeoutNanos) throws InterruptedException;

    /// Told when what [#awaitTermination] returned has been passed on to the loop. Called on the
    /// thread that waited, whatever came of it, unless it asked with a timeout of zero.
    default void terminationTold() {}
}
