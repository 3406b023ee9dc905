package dev.treadle.core;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A thread that blocks in `Future.get()`.
final class BlockedThread implements Waiter {
    private final Thread thread = Thread.currentThread();
    private @Nullable Waiter next; // owned by the future's list

    @Override
    public void futureDone() {
        LockSupport.unpark(thread);
    }

    @Override
    public boolean retrieves() {
        return true;
    }

    @Override
    public @Nullable Waiter nextWaiter() {
        return next;
    }

    @Override
    public void nextWaiter(@Nullable Waiter waiter) {
        next = waiter;
    }
}
