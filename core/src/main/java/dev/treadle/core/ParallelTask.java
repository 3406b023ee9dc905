package dev.treadle.core;

import dev.treadle.CancelledError;
import dev.treadle.Context;
import dev.treadle.Coroutine;
import dev.treadle.FatalError;
import dev.treadle.GeneratorExit;
import dev.treadle.spi.CancelRequests;
import dev.treadle.spi.Execution;
import dev.treadle.spi.LoopListener;
import org.jspecify.annotations.Nullable;

/// A task that runs beside the other tasks of its loop.
///
/// Others may cancel it at any moment: what they and the body both look at is guarded by a lock,
/// which is held while nothing else is called. What the subclasses differ in is how the body is
/// suspended and woken, and whether a request for cancellation interrupts a step.
abstract class ParallelTask<T extends @Nullable Object> extends CoreTask<T>
        implements CancelRequests {
    private final Object lock = new Object();
    private boolean
            over; // guarded by lock: the body has ended, no request and no interrupt will follow
    // Guarded by lock: of others and of the body, not seen by it nor withdrawn.
    private int foreignRequests;
    private int ownRequests;
    // Guarded by lock: the number of the last request that was left to the body, odd if it was its
    // own, and of the last that the body has learned of.
    private int left;
    private int seen;
    private int passedOn; // guarded by lock: the last request that was left to what is awaited
    private boolean missed; // published by being done: a request was accepted, and not seen
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
            if (!over) { // which nobody else sets
                bodyEnded();
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
        int ofOthers;
        int until;
        synchronized (lock) {
            awaited = future;
            requested = mustCancel;
            ofOthers = foreignRequests;
            until = left;
            message = cancelMessage;
        }
        future.addWaiter(step());
        DebugWatch watch = loop().dispatcher.watch();
        if (watch != null) {
            watch.suspends(this);
        }
        int asked = requested ? passRequestOn(future, message) : REFUSED;
        if (asked != REFUSED) {
            synchronized (lock) {
                passedOn = Math.max(passedOn, asked);
                answered(ofOthers, until); // not one that was left here meanwhile
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
            boolean lost = hasMissed(future, passedOn);
            passedOn = TAKEN;
            if (!mustCancel && !lost) {
                return;
            }
            answered();
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

    /// Takes note that the body learns of all requests that were left to it. With the lock.
    private void answered() {
        answered(foreignRequests, left);
    }

    /// Takes note that the body learns of its own requests, and of so many of others that were left
    /// to it until then. With the lock.
    private void answered(int ofOthers, int until) {
        seen = until;
        ownRequests = 0;
        foreignRequests = Math.max(0, foreignRequests - ofOthers);
        mustCancel = foreignRequests > 0;
    }

    /// Where others may ask at any moment, a request can come too late for the last step to see it.
    /// It does not take the result away, which nobody could give back what was taken for it. Who
    /// has passed the request on is to know that nobody has seen it.
    @Override
    final boolean bodyEnded() {
        synchronized (lock) {
            over = true;
            missed = foreignRequests > 0;
            return ownRequests > 0;
        }
    }

    /// Whether a task has ended without having learned of a request that was left to it. When it is
    /// done.
    private static boolean hasMissed(@Nullable CoreFuture<?> done, int request) {
        return done instanceof ParallelTask<?> task
                && task.hasMissedRequest()
                && request > task.seen;
    }

    @Override
    public final boolean hasMissedRequest() {
        return missed && !isCancelled();
    }

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
            answered();
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
        return requestCancel(message) != REFUSED;
    }

    @Override
    public final int requestCancel(@Nullable Object message) {
        if (isDone()) {
            retrieved(); // who cancels has given up on it, and a failure is no news to them
            return REFUSED;
        }
        loop().ensureLoopThread("Task.cancel", "loop.callSoonThreadsafe(task::cancel)");
        CoreFuture<?> future;
        synchronized (lock) {
            if (over) {
                return REFUSED; // it is about to be done
            }
            if (passingOn == Thread.currentThread()) {
                future = null;
            } else {
                cancelRequests++;
                future = requestOrPassOn(message, null);
                if (future == null) {
                    return left;
                }
            }
        }
        if (future == null) {
            leaveCircle(message);
            return TAKEN;
        }
        return passOn(future, message);
    }

    /// Passes a request on until it is accepted, by what is awaited or by this.
    private int passOn(CoreFuture<?> first, @Nullable Object message) {
        CoreFuture<?> future = first;
        while (true) {
            int asked = passTo(future, message);
            synchronized (lock) {
                if (asked != REFUSED && awaited == future) {
                    passedOn = Math.max(passedOn, asked);
                    cancelMessage = message;
                    return TAKEN;
                }
                if (asked != REFUSED && !hasMissed(future, asked)) {
                    return TAKEN;
                }
                if (over) {
                    return REFUSED;
                }
                // Refused, or lost: the body went on as if nothing had been asked.
                CoreFuture<?> next = requestOrPassOn(message, future);
                if (next == null) {
                    return left;
                }
                future = next;
            }
        }
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
            return null;
        }
        passingOn = Thread.currentThread();
        passedTo = future;
        return future;
    }

    private void request(@Nullable Object message) {
        mustCancel = true;
        cancelMessage = message;
        if (Execution.current().task() == this) {
            left = (left | 1) + 2;
            ownRequests++;
            return;
        }
        left = (left | 1) + 1;
        foreignRequests++;
        Thread own = ownThread();
        if (awaited == null && own != null) {
            requestedInStep(own);
        }
    }

    /// Asks what is awaited to cancel: without the lock, because it may be a task, or call a
    /// canceller.
    private int passTo(CoreFuture<?> future, @Nullable Object message) {
        try {
            return ask(future, message);
        } finally {
            synchronized (lock) {
                if (passedTo == future) { // else somebody passes on a later request
                    passingOn = null;
                    passedTo = null;
                }
            }
        }
    }

    @Override
    int ask(CoreFuture<?> future, @Nullable Object message) {
        return future instanceof ParallelTask<?> task
                ? task.requestCancel(message)
                : super.ask(future, message);
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
        return withdraw(TAKEN);
    }

    @Override
    public final int withdraw(int request) {
        synchronized (lock) {
            int remaining = super.uncancel();
            if (request > seen && remaining > 0) { // before it strikes
                if (request % 2 == 1) {
                    ownRequests = Math.max(0, ownRequests - 1);
                } else {
                    foreignRequests = Math.max(0, foreignRequests - 1);
                }
                mustCancel = ownRequests + foreignRequests > 0;
            }
            if (!mustCancel) {
                noneLeft();
            }
            return remaining;
        }
    }

    @Override
    public final void learned() {
        synchronized (lock) {
            noneLeft();
        }
    }

    /// With the lock.
    private void noneLeft() {
        answered();
        if (Execution.current().task() == this) { // the flag is the calling thread's then
            requestSeen();
        }
    }

    @Override
    public final int seenRequests() {
        synchronized (lock) {
            return Math.max(0, cancelRequests - foreignRequests);
        }
    }
}
