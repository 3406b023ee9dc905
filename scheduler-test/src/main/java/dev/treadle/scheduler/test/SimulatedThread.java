package dev.treadle.scheduler.test;

import dev.treadle.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A thread besides the loop's, which runs only while the loop waits for it.
///
/// It gives control back when it has queued something for the loop, while it blocks until a future
/// is done, and when it ends. One that blocks in something else than Treadle is left to itself,
/// *outside*, until it comes back: the loop goes on meanwhile.
final class SimulatedThread {
    private static final long LOOK_NANOS = 1_000_000;

    /// So often it must be seen blocked: one that is only about to go on looks the same at first.
    private static final int LOOKS = 5;

    // READY   -> CALLED   by the loop, which waits from now on
    // CALLED  -> RUNNING  by the thread
    // RUNNING -> READY    by the thread, when it has queued something
    // RUNNING -> WAITING  by the thread, which waits for a future
    // WAITING -> READY    by the loop, when that is done or the thread was interrupted
    // RUNNING -> OUTSIDE  by the loop, when the thread is blocked
    // OUTSIDE -> READY, WAITING  by the thread, as if it were running
    // *       -> FREE     by the loop, when the run is over
    // *       -> ENDED    by the thread
    private enum State {
        READY,
        CALLED,
        RUNNING,
        WAITING,
        OUTSIDE,
        FREE,
        ENDED
    }

    final Line line;
    private final SimulatedThreads owner;
    private final Thread thread;
    private final AtomicReference<State> state = new AtomicReference<>(State.READY);
    private boolean started; // loop thread only
    private volatile @Nullable Thread loop; // written by the loop before it calls, read by this
    private @Nullable Future<?> awaited; // published by state: what it waits for

    SimulatedThread(ThreadGroup group, String name, Runnable action, SimulatedThreads owner) {
        this.line = new Line(name);
        this.owner = owner;
        this.thread =
                Thread.ofPlatform().group(group).daemon().name(name).unstarted(() -> run(action));
    }

    Thread thread() {
        return thread;
    }

    private void run(Runnable action) {
        state.compareAndSet(State.CALLED, State.RUNNING);
        try {
            action.run();
        } catch (Throwable e) {
            owner.failed(this, e);
        } finally {
            give(State.ENDED);
        }
    }

    /// Runs this until it gives control back, ends or blocks. By the loop.
    void resume() {
        while (is(State.RUNNING) || is(State.OUTSIDE)) {
            Thread.onSpinWait(); // it is in the queue, and about to say that it is ready
        }
        loop = Thread.currentThread();
        if (!state.compareAndSet(State.READY, State.CALLED)) {
            return;
        }
        if (started) {
            LockSupport.unpark(thread);
        } else {
            started = true;
            thread.start();
        }
        awaitControl();
    }

    /// Waits until this has given control back, or is blocked; by the loop.
    private void awaitControl() {
        int seenBlocked = 0;
        boolean interrupted = false;
        while (is(State.CALLED) || is(State.RUNNING)) {
            LockSupport.parkNanos(this, LOOK_NANOS);
            interrupted |= Thread.interrupted();
            seenBlocked = is(State.RUNNING) && isBlocked() ? seenBlocked + 1 : 0;
            if (seenBlocked >= LOOKS && state.compareAndSet(State.RUNNING, State.OUTSIDE)) {
                owner.wentOutside();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Lets one that is outside get as far as it can, because what the loop did may have unblocked
    /// it. By the loop.
    void settle() {
        for (int quiet = 0; quiet < 2 && is(State.OUTSIDE); ) {
            LockSupport.parkNanos(this, LOOK_NANOS / 10);
            quiet = isBlocked() ? quiet + 1 : 0;
        }
    }

    private boolean isBlocked() {
        return switch (thread.getState()) {
            case BLOCKED, WAITING, TIMED_WAITING -> true;
            case NEW, RUNNABLE, TERMINATED -> false;
        };
    }

    /// Gives control back and waits for it. By the thread itself.
    void pause() {
        if (give(State.READY)) {
            awaitCall();
        }
    }

    /// Gives control back until a future is done. By the thread itself.
    void awaitDone(Future<?> future) {
        awaited = future;
        if (give(State.WAITING)) {
            while (is(State.WAITING)) {
                if (Thread.currentThread().isInterrupted()) {
                    Thread.onSpinWait(); // parking would not wait; the loop sees it soon
                } else {
                    LockSupport.park(this);
                }
            }
            awaitCall();
        }
    }

    private void awaitCall() {
        boolean interrupted = false;
        while (is(State.READY)) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        state.compareAndSet(State.CALLED, State.RUNNING);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// @return false if the run is over, and nobody resumes threads any more
    private boolean give(State next) {
        // Before the state says so, because a loop that sees nobody outside and nothing in the
        // queue takes it that nothing will ever happen.
        if (next == State.READY && !is(State.FREE)) {
            owner.returned(this);
        }
        State before;
        do {
            before = state.get();
            if (before == State.FREE && next != State.ENDED) {
                return false;
            }
        } while (!state.compareAndSet(before, next));
        if (next == State.ENDED) {
            owner.ended(this);
        }
        if (before == State.OUTSIDE) {
            owner.wakeLoop();
        }
        LockSupport.unpark(loop);
        return true;
    }

    /// Lets this run on by itself, because the run is over.
    void free() {
        State before;
        do {
            before = state.get();
        } while (before != State.ENDED && !state.compareAndSet(before, State.FREE));
        if (started) {
            LockSupport.unpark(thread);
        }
    }

    /// Ends the wait for a future if that is done; by the loop.
    ///
    /// @return whether it may go on because of that
    boolean endsWaiting() {
        Future<?> future = is(State.WAITING) ? awaited : null;
        return future != null
                && (future.isDone() || thread.isInterrupted())
                && state.compareAndSet(State.WAITING, State.READY);
    }

    /// Who waits for a future, and for which; null if it does not.
    @Nullable String blockedOn() {
        Future<?> future = is(State.WAITING) ? awaited : null;
        return future == null ? null : "thread " + line + " waits for " + future;
    }

    boolean isStarted() {
        return started;
    }

    boolean isRunning() {
        return is(State.RUNNING);
    }

    boolean isOutside() {
        return is(State.OUTSIDE);
    }

    private boolean is(State asked) {
        return state.get() == asked;
    }
}
