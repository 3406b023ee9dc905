package dev.treadle.core;

import dev.treadle.Context;
import dev.treadle.Coroutine;
import dev.treadle.spi.Execution;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A task with a thread of its own, which parks where the body awaits.
///
/// A request for cancellation interrupts the thread if a step is under way, so that a blocking call
/// of the JDK ends; the flag is taken back when the body learns of the request by
/// [dev.treadle.CancelledError].
final class ThreadTask<T extends @Nullable Object> extends ParallelTask<T> {
    private final TaskThreads threads;
    private final StepGate gate;

    private volatile @Nullable Thread thread; // written by the creator, before it starts
    private boolean interrupted; // guarded by lock: by a request that the body has not seen
    private volatile boolean woken; // cleared by the own thread, set by who wakes it
    private volatile boolean suspended; // written by the own thread, read by any

    ThreadTask(
            CoreEventLoop loop,
            Coroutine<T> coroutine,
            @Nullable String name,
            Context context,
            long number,
            TaskThreads threads,
            StepGate gate) {
        super(loop, coroutine, name, context, number);
        this.threads = threads;
        this.gate = gate;
    }

    // ---- running

    @Override
    void start() {
        Thread own = threads.newThread(threadName(), this::runOnOwnThread);
        thread = own;
        becomesReady();
        own.start();
    }

    private String threadName() {
        return loop().threadName(name());
    }

    private void runOnOwnThread() {
        Execution.call(
                new TaskThread(this),
                () -> {
                    gate.pass(this);
                    if (unwinding) {
                        endBeforeItBegan();
                    } else {
                        try {
                            beginAndReport();
                        } finally {
                            gate.leave();
                        }
                    }
                    return null;
                });
    }

    @Override
    void wake() {
        becomesReady();
        goOnSoon();
    }

    private void goOnSoon() {
        woken = true;
        LockSupport.unpark(thread);
    }

    @Override
    @Nullable Thread ownThread() {
        return thread;
    }

    /// Its entry of the ready queue comes up: all that was ready when it gave up control has run.
    @Override
    void takeTurn() {
        goOnSoon(); // it was ready all the time
    }

    // ---- counted and measured, on the own thread

    @Override
    int worker() {
        return 0; // no other one is there
    }

    @Override
    void countStep() {
        loop().dispatcher.counters().steps.increment();
    }

    // ---- suspending, on the own thread

    @Override
    void expectWake() {
        woken = false;
    }

    @Override
    void giveUpControl() {
        expectWake();
        loop().dispatcher.add(step(), false);
        awaitWake();
    }

    @Override
    void awaitWake() {
        suspended = true;
        gate.leave();
        boolean flag = false;
        while (!woken && !unwinding) {
            LockSupport.park(this);
            // A set flag would keep park from parking; it is the user's, so it is put back.
            flag |= Thread.interrupted();
        }
        if (flag) {
            Thread.currentThread().interrupt();
        }
        gate.pass(this);
        suspended = false;
    }

    // ---- cancelling

    @Override
    void requestedInStep(Thread own) {
        interrupted = true;
        own.interrupt();
    }

    /// Clears the flag that a request has set.
    @Override
    @SuppressWarnings("CheckReturnValue")
    void requestSeen() {
        if (interrupted) {
            interrupted = false;
            Thread.interrupted();
        }
    }

    @Override
    boolean isRequestsInterrupt(Throwable thrown) {
        return interrupted && unwrapped(thrown) instanceof InterruptedException;
    }

    /// The checked exception that a method had to wrap which declares none.
    private static Throwable unwrapped(Throwable thrown) {
        Throwable inner = thrown;
        while (inner instanceof CompletionException && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner;
    }

    /// Ends the body because its loop is closed, and waits for that: it leaves its `await()` with
    /// [dev.treadle.GeneratorExit], or the blocking call that its step is in with an interrupt. By
    /// the thread that closes the loop.
    @Override
    void unwind() {
        unwinding = true;
        Thread own = ownThread();
        if (own == null) {
            return; // it was never started
        }
        if (!suspended) {
            own.interrupt();
        }
        LockSupport.unpark(own);
        Joining.uninterruptibly(own);
    }

    // ---- telling

    @Override
    public void rename(String newName) {
        super.rename(newName);
        Thread own = ownThread();
        if (own != null) {
            own.setName(threadName());
        }
    }

    @Override
    @Nullable Thread suspendedOn() {
        return suspended ? ownThread() : null;
    }
}
