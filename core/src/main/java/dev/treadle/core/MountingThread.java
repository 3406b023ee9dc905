package dev.treadle.core;

import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.locks.LockSupport;

/// A platform thread that mounts virtual threads whose scheduler leads to it.
///
/// As a scheduler it only enqueues, because a virtual thread calls it while it can't be unmounted.
///
/// A virtual thread that user code starts inherits the scheduler of the one it is started on, and
/// may outlive the loop. From the end on, what is to be mounted goes to the JDK's common pool.
abstract class MountingThread {

    private enum State {
        MOUNTING,
        WAITING,
        ENDED
    }

    /// How often threads that got here from one another are mounted before it is looked for others.
    private static final int MOST_IN_A_ROW = 64;

    private final Thread thread;
    private final ConcurrentLinkedQueue<Runnable> continuations = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Runnable> ownContinuations = new ArrayDeque<>(); // this thread only
    private volatile boolean ending; // written by the thread that closes the loop

    // MOUNTING <-> WAITING  around a wait for continuations
    // MOUNTING  -> ENDED    when told to end
    private volatile State state = State.MOUNTING; // written by this thread, read by any

    MountingThread(String name) {
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::mountAll);
    }

    final void ensureStarted() {
        if (thread.getState() == Thread.State.NEW) {
            thread.start();
        }
    }

    /// Ends the thread, and waits for that.
    final void end() {
        ending = true;
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        LockSupport.unpark(thread);
        Joining.uninterruptibly(thread);
    }

    /// Has a continuation mounted.
    ///
    /// @param here whether the calling code is mounted on this very thread, which then needs
    ///   neither a safe queue nor to be woken
    final void mount(Runnable continuation, boolean here) {
        if (here) {
            ownContinuations.add(continuation);
            return;
        }
        continuations.add(continuation);
        // After the continuation is visible, because this thread looks for one after it has changed
        // its state.
        switch (state) {
            case MOUNTING -> {}
            case WAITING -> wake();
            case ENDED -> handOver();
        }
    }

    private void handOver() {
        for (Runnable continuation = continuations.poll();
                continuation != null;
                continuation = continuations.poll()) {
            goOnElsewhere(continuation);
        }
    }

    /// Has a virtual thread that has outlived its loop go on.
    static void goOnElsewhere(Runnable continuation) {
        ForkJoinPool.commonPool().execute(continuation);
    }

    /// Ends a wait of this thread. By any thread, also while it does not wait.
    void wake() {
        LockSupport.unpark(thread);
    }

    private void mountAll() {
        while (true) {
            boolean more = mountOwn();
            Runnable continuation = continuations.poll();
            if (continuation != null) {
                continuation.run();
            }
            boolean idle = !more && continuation == null;
            if (serveOthers(idle) || !idle) {
                continue;
            }
            if (ending) {
                break;
            }
            await(() -> LockSupport.park(this));
        }
        state = State.ENDED;
        handOver();
    }

    /// Does something else that there is to do. On this thread.
    ///
    /// @param idle whether there was nothing to mount
    /// @return whether there was something
    abstract boolean serveOthers(boolean idle);

    /// Mounts those that got here from one another, but not for ever.
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

    /// Waits until [#wake()] is called, unless there is something to mount. On this thread.
    final void await(Runnable wait) {
        state = State.WAITING;
        try {
            if (continuations.isEmpty() && !ending) {
                wait.run();
            }
        } finally {
            state = State.MOUNTING;
        }
    }
}
