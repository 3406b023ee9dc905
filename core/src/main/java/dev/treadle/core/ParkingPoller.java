package dev.treadle.core;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Waits by parking the thread: for loops without I/O of their own.
public final class ParkingPoller implements Poller {
    private volatile @Nullable Thread sleeper; // written by the polling thread, read by any
    private volatile boolean awake; // set by any thread, cleared by the polling one

    /// Makes a poller.
    public ParkingPoller() {}

    @Override
    public void poll(long timeoutNanos) {
        if (timeoutNanos == 0) {
            return;
        }
        sleeper = Thread.currentThread();
        try {
            // After the sleeper is visible, because a wake-up sets the flag first and then looks
            // for a sleeper.
            if (!awake) {
                park(timeoutNanos);
            }
        } finally {
            sleeper = null;
            awake = false;
        }
    }

    private void park(long timeoutNanos) {
        if (timeoutNanos == FOREVER) {
            LockSupport.park(this);
        } else {
            LockSupport.parkNanos(this, timeoutNanos);
        }
    }

    @Override
    public void wakeup() {
        awake = true;
        Thread thread = sleeper;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }
}
