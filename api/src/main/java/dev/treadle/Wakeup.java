package dev.treadle;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Where a task waits for something that other threads change.
final class Wakeup {
    private final EventLoop loop;
    private volatile @Nullable Promise<@Nullable Void> waiting; // written by the task, read by any

    Wakeup(EventLoop loop) {
        this.loop = loop;
    }

    /// Waits, in the task, until something is so.
    ///
    /// @param reached whether it is; it may throw
    void awaitUntil(BooleanSupplier reached) {
        while (!reached.getAsBoolean()) {
            Promise<@Nullable Void> wakeup = loop.createPromise();
            waiting = wakeup;
            // Looked at again after the promise is there, because who changes it looks for that
            // after.
            if (!reached.getAsBoolean()) {
                wakeup.await();
            }
            waiting = null;
        }
    }

    /// Has the task look again. By any thread, after it has changed something.
    void signal() {
        Promise<@Nullable Void> wakeup = waiting;
        if (wakeup != null) {
            wakeup.tryComplete(null);
        }
    }
}
