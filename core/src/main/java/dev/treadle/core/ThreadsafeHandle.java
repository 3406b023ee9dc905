package dev.treadle.core;

import dev.treadle.Context;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A callback queued from any thread. Another thread that cancels it, or asks whether it is
/// cancelled, while it runs waits until it has ended.
final class ThreadsafeHandle extends CallbackHandle {

    /// A thread that waits for the end of the callback.
    private static final class Waiting {
        final Thread thread = Thread.currentThread();
        final @Nullable Waiting next;

        Waiting(@Nullable Waiting next) {
            this.next = next;
        }
    }

    private final Object lock = new Object();
    private @Nullable Waiting waiting; // guarded by lock

    ThreadsafeHandle(CoreEventLoop loop, Runnable callback, Context context) {
        super(loop, callback, context);
    }

    @Override
    void run() {
        try {
            super.run();
        } finally {
            for (Waiting each = takeWaiting(); each != null; each = each.next) {
                LockSupport.unpark(each.thread);
            }
        }
    }

    @Override
    void end() {
        state = ENDED; // before it is looked who waits for it
    }

    private @Nullable Waiting takeWaiting() {
        synchronized (lock) {
            Waiting all = waiting;
            waiting = null;
            return all;
        }
    }

    @Override
    public void cancel() {
        super.cancel();
        awaitEnd();
    }

    @Override
    public boolean isCancelled() {
        awaitEnd();
        return super.isCancelled();
    }

    private void awaitEnd() {
        if (state != RUNNING || loop.isHolding()) {
            return;
        }
        synchronized (lock) {
            waiting = new Waiting(waiting);
        }
        boolean interrupted = false;
        // The state changes before the waiting are taken, so that none is left behind.
        while (state == RUNNING) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
