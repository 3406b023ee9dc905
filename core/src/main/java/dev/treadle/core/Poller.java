package dev.treadle.core;

/// Where an idle loop waits: until its next deadline, until it is woken, or until I/O is ready. I/O
/// drives a loop through this port.
public interface Poller {
    /// The timeout of a poll that only a wake-up ends.
    long FOREVER = Long.MAX_VALUE;

    /// Waits. May return early for no reason.
    ///
    /// Called with the loop's turn held: with a timeout when nothing is ready, and, if there is I/O
    /// to [watch][#watches()], once in every other iteration with zero. On mounted carriers it is
    /// called on the loop's platform thread, else on the runner's virtual thread.
    ///
    /// What it throws ends the run of the loop and leaves its `run…` method.
    ///
    /// @param timeoutNanos how long to wait at most, in nanoseconds; 0 to look and return,
    ///   [#FOREVER] for no limit
    void poll(long timeoutNanos);

    /// {@return whether there is I/O to look at even while callbacks are ready} Called with the
    /// loop's turn held, once an iteration.
    default boolean watches() {
        return false;
    }

    /// Ends the poll that is under way, or the next one if none is. Called from any thread.
    void wakeup();
}
