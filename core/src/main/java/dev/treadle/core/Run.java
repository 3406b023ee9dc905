package dev.treadle.core;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One `run…` of a loop, as the thread sees it that waits for its end.
final class Run {
    private final Thread caller = Thread.currentThread();
    private volatile boolean over; // written by the holder of the turn, read by the caller
    @Nullable Throwable failure; // published by over: what ended the run, if it did not just stop

    /// Blocks until the run is over.
    void await(Runnable onInterrupt) {
        boolean interrupted = false;
        while (!over) {
            LockSupport.park(this);
            if (Thread.interrupted()) {
                interrupted = true;
                onInterrupt.run();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    void end() {
        over = true;
        LockSupport.unpark(caller);
    }
}
