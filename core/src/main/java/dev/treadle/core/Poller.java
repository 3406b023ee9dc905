package dev.treadle.core;

/// Where an idle loop waits: until its next deadline, until it is woken, or until I/O is ready. I/O drives a loop through this port.
public interface Poller {
    /// The timeout of a poll that only a wake-up ends.
    long FOREVER = Long.MAX_VALUE;

    /// Waits. May return early for no reason.
    ///
    /// Called with the loop's turn held: once an iteration with zero, to look at I/O, and with more when nothing is ready. On mounted
    /// carriers it is called on the loop's platform thread, else on the runner's virtual thread.
    ///
    /// What it throws ends the run of the loop and leaves its `run…` method.
    ///
    /// @param timeoutNanos how long to wait at most, in nanoseconds; 0 to look and return, [#FOREVER] for no limit
    void poll(long timeoutNanos);

    /// Ends the poll that is under way, or the next one if none is. Called from any thread.
    void wakeup();
}
