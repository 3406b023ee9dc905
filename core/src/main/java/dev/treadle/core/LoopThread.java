package dev.treadle.core;

import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The platform thread of a loop: mounts the virtual threads whose scheduler it is, and waits in
/// their stead.
///
/// With nothing to mount it serves the poll that the holder of the turn has asked for; if there is
/// none, that holder is blocked in some call of the JDK, and the thread waits until it is runnable
/// again: the loop stands still, as asyncio's would.
final class LoopThread extends MountingThread implements Executor {

    /// A wait that a virtual thread has asked for.
    private static final class PollRequest {
        final Poller poller;
        final long timeoutNanos;
        final Thread asker = Thread.currentThread();
        volatile boolean done; // written by the loop's thread, read by the asker
        @Nullable Throwable failure; // published by done

        PollRequest(Poller poller, long timeoutNanos) {
            this.poller = poller;
            this.timeoutNanos = timeoutNanos;
        }
    }

    // Written by each holder of the turn; another thread that reads it only asks "is it me?".
    private @Nullable Thread holder;
    // Written by the asker before it parks, taken by this thread.
    private volatile @Nullable PollRequest request;
    private volatile @Nullable Poller
            polling; // written by this thread before it waits, read by any

    LoopThread(String name) {
        super(name);
    }

    /// Takes note of the runner that holds the turn, which is mounted on this thread whenever it
    /// runs.
    void holder(Thread runner) {
        holder = runner;
    }

    @Override
    public void execute(Runnable continuation) {
        // By the holder, it is a turn that is passed on.
        mount(continuation, Thread.currentThread() == holder);
    }

    @Override
    void wake() {
        Poller current = polling;
        if (current != null) {
            current.wakeup();
        } else {
            super.wake();
        }
    }

    /// Waits in the poller. Called on a virtual thread of this loop, which is unmounted meanwhile.
    void poll(Poller poller, long timeoutNanos) {
        PollRequest mine = new PollRequest(poller, timeoutNanos);
        request = mine;
        boolean interrupted = false;
        while (!mine.done) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        switch (mine.failure) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException("the poller failed", mine.failure);
        }
    }

    @Override
    boolean serveOthers(boolean idle) {
        PollRequest asked = idle ? request : null;
        if (asked == null) {
            return false;
        }
        request = null;
        polling = asked.poller;
        try {
            await(() -> asked.poller.poll(asked.timeoutNanos));
        } catch (Throwable e) {
            asked.failure = e;
        } finally {
            polling = null;
        }
        asked.done = true;
        LockSupport.unpark(asked.asker);
        return true;
    }
}
