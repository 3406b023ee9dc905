package dev.treadle.core;

import dev.treadle.CancelledError;
import dev.treadle.Context;
import dev.treadle.Coroutine;
import dev.treadle.FatalError;
import dev.treadle.GeneratorExit;
import dev.treadle.spi.LoopListener;
import org.jspecify.annotations.Nullable;

/// A task that runs beside the other tasks of its loop.
///
/// Others may cancel it at any moment: what they and the body both look at is guarded by a lock,
/// which is held while nothing else is called. What the subclasses differ in is how the body is
/// suspended and woken, and whether a request for cancellation interrupts a step.
abstract class ParallelTask<T extends @Nullable Object> extends CoreTask<T> {
    private final Object lock = new Object();
    private boolean over; // guarded by lock: no step will follow, and no interrupt
    private @Nullable Thread passingOn; // guarded by lock: who asks what is awaited to cancel
    private @Nullable CoreFuture<?> passedTo; // guarded by lock: and what is asked
    private @Nullable Measuring
            measuring; // own thread only: of the step under way, if it was chosen
    private long began; // own thread only: when that step began
    private boolean inStep; // own thread writes it; others may see it late

    ParallelTask(
            CoreEventLoop loop,
            Coroutine<T> coroutine,
            @Nullable String name,
            Context context,
            long number) {
        super(loop, coroutine, name, context, number);
    }

    /// The thread with the stack of this; null before there is one.
    abstract @Nullable Thread ownThread();

    // ---- running, on the own thread

    /// Runs the body to its end.
    final void beginAndReport() {
        try {
            stepBegins();
            begin();
        } catch (FatalError e) {
            loop().endRun(e);
        } finally {
            stepEnds();
            synchronized (lock) {
                over = true;
            }
        }
    }

    // ---- counted and measured

    /// The number of the worker that runs the step under way.
    abstract int worker();

    /// Counts a step that begins.
    abstract void countStep();

    /// Takes note that the next step can begin; before the own thread is told.
    final void becomesReady() {
        Measuring current = loop().dispatcher.measuring();
        if (current != null) {
            current.becomesReady(step(), false);
        }
    }

    private void stepBegins() {
        inStep = true;
        countStep();
        Measuring current = loop().dispatcher.measuring();
        Sample sample = current == null ? null : current.take(step());
        if (sample != null) {
            measuring = sample.measuring;
            began = sample.measuring.begin(worker(), sample);
        }
    }

    private void stepEnds() {
        inStep = false;
        Measuring current = measuring;
        if (current != null) {
            measuring = null;
            current.ended(worker(), began, LoopListener.SAMPLING);
        }
    }

    /// Whether a step runs. From any thread.
    final boolean isInStep() {
        return inStep;
    }

    // ---- suspending, on the own thread

    /// Takes note that the wake-up is still to come. Before anybody knows what this waits for.
    abstract void expectWake();

    /// Suspends the body until [#wake()] was called since [#expectWake()], or this is to be
    /// unwound.
    abstract void awaitWake();

    /// Suspends the body until it comes up again behind what is ready.
    abstract void giveUpControl();

    final void suspendFor(CoreFuture<?> future) {
        ensureMaySuspend();
        ensureOther(future);
        expectWake();
        Object message;
        boolean requested;
        synchronized (lock) {
            awaited = future;
            requested = mustCancel;
            message = cancelMessage;
        }
        future.addWaiter(step());
        DebugWatch watch = loop().dispatcher.watch();
        if (watch != null) {
            watch.suspends(this);
        }
        if (requested && future.cancel(message)) {
            synchronized (lock) {
                mustCancel = false;
            }
        }
        stepEnds();
        awaitWake();
        stepBegins();
        goOn(future);
    }

    final void suspendOnce() {
        ensureMaySuspend();
        loop().counters.yields.increment();
        stepEnds();
        giveUpControl();
        stepBegins();
        goOn(null);
    }

    /// Begins the next step.
    private void goOn(@Nullable CoreFuture<?> future) {
        if (unwinding) {
            throw new GeneratorExit();
        }
        Object message;
        synchronized (lock) {
            awaited = null;
            requestSeen();
            if (!mustCancel) {
                return;
            }
            mustCancel = false;
            message = cancelMessage;
        }
        if (future == null || !future.isDone() || !endedByCancellation(future)) {
            throw new CancelledError(message);
        }
        // Else what was awaited throws a CancelledError of its own, which answers the request.
    }

    // ---- cancelling

    /// Called when a request meets a step that is under way, on a thread other than its own. With
    /// the lock.
    void requestedInStep(Thread own) {}

    /// Called when the body learns of its requests, or there are none any more. With the lock, on
    /// the own thread.
    void requestSeen() {}

    /// Looks without the lock first: a request that races with it came too late.
    @Override
    final boolean mustCancel() {
        if (!mustCancel) {
            return false;
        }
        synchronized (lock) { // so that its message is seen too
            return mustCancel;
        }
    }

    /// Returns what an error becomes that leaves a part of the body: [CancelledError] if a request
    /// that the body has not seen is what made a blocking call throw it. On the own thread.
    @Override
    final Throwable asCancellation(Throwable thrown) {
        Object message;
        synchronized (lock) {
            if (!mustCancel || !isRequestsInterrupt(thrown)) {
                return thrown;
            }
            mustCancel = false;
            requestSeen();
            message = cancelMessage;
        }
        CancelledError answer = new CancelledError(message);
        answer.initCause(thrown);
        return answer;
    }

    /// Whether a request has made a blocking call throw this. With the lock.
    boolean isRequestsInterrupt(Throwable thrown) {
        return false;
    }

    @Override
    public final boolean cancel(@Nullable Object message) {
        if (isDone()) {
            retrieved(); // who cancels has given up on it, and a failure is no news to them
            return false;
        }
        loop().ensureLoopThread("Task.cancel", "loop.callSoonThreadsafe(task::cancel)");
        CoreFuture<?> future = null;
        boolean circle;
        synchronized (lock) {
            circle = passingOn == Thread.currentThread();
            if (!circle) {
                cancelRequests++;
                future = requestOrPassOn(message, null);
            }
        }
        if (circle) {
            leaveCircle(message);
        }
        while (future != null && !passOn(future, message)) {
            synchronized (lock) {
                future = requestOrPassOn(message, future);
            }
        }
        return true;
    }

    /// Leaves a request to the body if that is sure to see it: at the end of the step under way, or
    /// because what it awaits is done, or is being cancelled by somebody else. With the lock, under
    /// which the body says what it awaits: else it might suspend in between, with nobody to wake
    /// it.
    ///
    /// @param refused what would not be cancelled
    /// @return what is to be asked first; null if the request was left
    private @Nullable CoreFuture<?> requestOrPassOn(
            @Nullable Object message, @Nullable CoreFuture<?> refused) {
        CoreFuture<?> future = awaited;
        if (future == null || future == refused || future == passedTo) {
            request(message);
            interruptStep();
            return null;
        }
        passingOn = Thread.currentThread();
        passedTo = future;
        return future;
    }

    private void request(@Nullable Object message) {
        mustCancel = true;
        cancelMessage = message;
    }

    /// Asks what is awaited to cancel: without the lock, because it may be a task, or call a
    /// canceller.
    private boolean passOn(CoreFuture<?> future, @Nullable Object message) {
        try {
            return future.cancel(message);
        } finally {
            synchronized (lock) {
                if (passedTo == future) { // else somebody passes on a later request
                    passingOn = null;
                    passedTo = null;
                }
            }
        }
    }

    /// Has the body leave its `await()` at once: what it awaits waits for this very task, and so
    /// has passed its own request back to it.
    private void leaveCircle(@Nullable Object message) {
        synchronized (lock) {
            CoreFuture<?> future = awaited;
            if (future == null || !future.removeWaiter(step())) {
                return;
            }
            request(message);
        }
        wake();
    }

    private void interruptStep() {
        Thread own = ownThread();
        if (awaited == null && !over && own != null && own != Thread.currentThread()) {
            requestedInStep(own);
        }
    }

    /// Interrupts the thread of this unless its last step has ended.
    final void interruptUnlessOver() {
        synchronized (lock) {
            Thread own = ownThread();
            if (!over && own != null) {
                own.interrupt();
            }
        }
    }

    @Override
    public final int cancelling() {
        synchronized (lock) {
            return cancelRequests;
        }
    }

    @Override
    public final int uncancel() {
        synchronized (lock) {
            int left = super.uncancel();
            if (!mustCancel && ownThread() == Thread.currentThread()) {
                requestSeen();
            }
            return left;
        }
    }
}
