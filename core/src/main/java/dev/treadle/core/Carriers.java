package dev.treadle.core;

/// What the runners of a loop are carried by.
///
/// Exactly one runner of a loop runs at a time: the one that holds the turn. It passes the turn by
/// unparking another and parking itself.
public interface Carriers {

    /// {@return `mounted` or `baton`, or what another implementation calls itself}
    String name();

    /// Makes a virtual thread for a runner, which the caller starts.
    ///
    /// @param name the thread's name
    /// @param body what it runs
    /// @return an unstarted thread
    Thread newThread(String name, Runnable body);

    /// Tells of each new holder of the turn. Called on that runner's own thread.
    ///
    /// @implSpec Does nothing: the scheduler of the threads has no use for it.
    /// @param runner the thread that holds the turn from now on
    default void turnTaken(Thread runner) {}

    /// Polls on behalf of the runner that holds the turn and calls this.
    ///
    /// @implSpec Polls on the runner's own thread.
    /// @param poller where to wait
    /// @param timeoutNanos how long to wait at most, as in [Poller#poll]
    default void poll(Poller poller, long timeoutNanos) {
        poller.poll(timeoutNanos);
    }

    /// Releases what carries the threads, when the last of them has ended. Called once, by the
    /// thread that closes the loop.
    ///
    /// @implSpec Does nothing: what carries the threads is not the loop's, or ends with them.
    default void close() {}
}
