package dev.treadle.core;

import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The platform thread of a loop: mounts the virtual threads whose scheduler it is, and waits in
/// their stead.
///
/// As a scheduler it only enqueues, because a virtual thread calls it while it can't be unmounted.
/// With nothing to mount it serves the poll that the holder of the turn has asked for; if there is
/// none, that holder is blocked in some call of the JDK, and the thread waits until it is runnable
/// again: the loop stands still, as asyncio's would.
///
/// A virtual thread that user code starts inside the loop inherits this scheduler and may outlive
/// the loop. From the end on, what is to be mounted goes to the JDK's common pool.
final class LoopThread implements Executor {

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

    private enum State {
        MOUNTING,
        WAITING,
        POLLING,
        ENDED
    }

    /// How often the turn is passed on this thread before it looks for continuations from others.
    private static final int MOST_IN_A_ROW = 64;

    private final Thread thread;
    private final ConcurrentLinkedQueue<Runnable> continuations = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Runnable> ownContinuations = new ArrayDeque<>(); // loop's thread only
    // Written by each holder of the turn; another thread that reads it only asks "is it me?".
    private @Nullable Thread holder;
    // Written by the asker before it parks, taken by this thread.
    private volatile @Nullable PollRequest request;
    private volatile boolean ending; // written by the thread that closes the loop

    // MOUNTING <-> WAITING  around a park for want of continuations
    // MOUNTING <-> POLLING  around a poll
    // MOUNTING  -> ENDED    when told to end
    private volatile State state = State.MOUNTING; // written by this thread, read by any
    private volatile @Nullable Poller polling; // written by this thread before POLLING, read by any

    LoopThread(String name) {
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::mountAll);
    }

    void ensureStarted() {
        if (thread.getState() == Thread.State.NEW) {
            thread.start();
        }
    }

    /// Ends the thread, and waits for that.
    void end() {
        ending = true;
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        LockSupport.unpark(thread);
        Joining.uninterruptibly(thread);
    }

    /// Takes note of the runner that holds the turn, which is mounted on this thread whenever it
    /// runs.
    void holder(Thread runner) {
        holder = runner;
    }

    @Override
    public void execute(Runnable continuation) {
        if (Thread.currentThread() == holder) {
            // A turn that is passed on: it happens on this very thread, which needs neither a safe
            // queue nor to be woken.
            ownContinuations.add(continuation);
            return;
        }
        continuations.add(continuation);
        // After the continuation is visible, because this thread looks for one after it has changed
        // its state.
        switch (state) {
            case MOUNTING -> {}
            case WAITING -> LockSupport.unpark(thread);
            case POLLING -> {
                Poller current = polling;
                if (current != null) {
                    current.wakeup();
                }
            }
            case ENDED -> handOver();
        }
    }

    private void handOver() {
        for (Runnable continuation = continuations.poll();
                continuation != null;
                continuation = continuations.poll()) {
            ForkJoinPool.commonPool().execute(continuation);
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

    private void mountAll() {
        while (true) {
            boolean more = mountOwn();
            Runnable continuation = continuations.poll();
            if (more && continuation == null) {
                continue;
            }
            PollRequest asked = continuation == null ? request : null;
            if (continuation != null) {
                continuation.run();
            } else if (asked != null) {
                request = null;
                serve(asked);
            } else if (ending) {
                break;
            } else {
                waitForContinuation();
            }
        }
        state = State.ENDED;
        handOver();
    }

    /// Mounts those that got the turn from one another, but not for ever.
    ///
    /// @return whether there may be more
    private boolean mountOwn() {
        for (int i = 0; i < MOST_IN_A_ROW; i++) {
            Runnable continuation = ownContinuations.poll();
            if (continuation == null) {
                return false;
            }
            continuation.run();
        }
        return true;
    }

    private void serve(PollRequest asked) {
        polling = asked.poller;
        state = State.POLLING;
        try {
            if (continuations.isEmpty()) {
                asked.poller.poll(asked.timeoutNanos);
            }
        } catch (Throwable e) {
            asked.failure = e;
        } finally {
            state = State.MOUNTING;
            polling = null;
        }
        asked.done = true;
        LockSupport.unpark(asked.asker);
    }

    private void waitForContinuation() {
        state = State.WAITING;
        if (continuations.isEmpty() && !ending) {
            LockSupport.park(this);
        }
        state = State.MOUNTING;
    }
}
