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
    private boolean over; // guarded by lock: the body has ended, nothing reaches it any more
    private @Nullable LeftRequests left; // guarded by lock, what is in it too; null until needed
    private int passedOn; // guarded by lock: the last request that was left to what is awaited
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
        LeftRequests.Unseen unseen;
        synchronized (lock) {
            awaited = future;
            unseen = mustCancel ? left().unseen() : null;
            message = cancelMessage;
        }
        future.addWaiter(step());
        DebugWatch watch = loop().dispatcher.watch();
        if (watch != null) {
            watch.suspends(this);
        }
        int asked = unseen == null ? REFUSED : passRequestOn(future, message);
        if (unseen != null && asked != REFUSED) {
            synchronized (lock) {
                passedOn = Math.max(passedOn, asked);
                see(unseen); // not one that was left here meanwhile
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
            seeAll();
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

    /// What was left to the body, made when it is first needed: most tasks are never cancelled.
    /// With the lock.
    private LeftRequests left() {
        LeftRequests current = left;
        if (current == null) {
            current = new LeftRequests();
            left = current;
        }
        return current;
    }

    /// Takes note that the body learns of requests. With the lock.
    private void see(LeftRequests.Unseen learned) {
        left().see(learned);
        mustCancel = left().any();
    }

    /// Takes note that the body learns of all requests that were left to it. With the lock.
    private void seeAll() {
        if (left != null) {
            see(left.unseen());
        }
    }

    /// Where others may ask at any moment, a request can come too late for the last step to see it.
    /// It does not take the result away, which nobody could give back what was taken for it. Who
    /// has passed the request on is to know that nobody has seen it.
    @Override
    final boolean bodyEnded() {
        synchronized (lock) {
            over = true;
            return left != null && left.anyOwn();
        }
    }

    /// Whether a task has ended without having learned of a request that was left to it.
    private static boolean hasMissed(@Nullable CoreFuture<?> future, int request) {
        LeftRequests missed = future instanceof ParallelTask<?> task ? task.missed() : null;
        return missed != null && missed.isUnseen(request);
    }

    @Override
    public final boolean hasMissedRequest() {
        return missed() != null;
    }

    /// What was left to the body, if this has ended without having learned of all of it; else null.
    /// Without the lock: nothing is left to a body that has ended, and being done publishes what
    /// was.
    private @Nullable LeftRequests missed() {
        if (!isDone() || isCancelled()) {
            return null;
        }
        LeftRequests requests = left;
        return requests != null && requests.foreign() > 0 ? requests : null;
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
            seeAll();
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
        if (isPassingOn()) {
            leaveCircle(message);
            return TAKEN;
        }
        CoreFuture<?> refused = null; // or it took the request, and then never learned of it
        while (true) {
            CoreFuture<?> future;
            synchronized (lock) {
                if (over) {
                    return REFUSED; // it is about to be done
                }
                if (refused == null) {
                    cancelRequests++;
                }
                future = awaited;
                if (future == null || future == refused || future == passedTo) {
                    return leave(message);
                }
                passingOn = Thread.currentThread();
                passedTo = future;
            }
            if (pass(future, message)) {
                return TAKEN;
            }
            refused = future;
        }
    }

    private boolean isPassingOn() {
        synchronized (lock) {
            return !over && passingOn == Thread.currentThread();
        }
    }

    /// Leaves a request to the body, which sees it unless it ends first: at the end of the step
    /// under way, or because what it awaits is done, or is being cancelled by somebody else. With
    /// the lock, under which the body says what it awaits: else it might suspend in between, with
    /// nobody to wake it. Returns the number of the request.
    private int leave(@Nullable Object message) {
        boolean isOwn = Execution.current().task() == this;
        int number = left().add(isOwn);
        mustCancel = true;
        cancelMessage = message;
        Thread own = ownThread();
        if (!isOwn && awaited == null && own != null) {
            requestedInStep(own);
        }
        return number;
    }

    /// Passes a request on to what is awaited; returns whether that has taken it for good.
    private boolean pass(CoreFuture<?> future, @Nullable Object message) {
        int asked = askUnlocked(future, message);
        synchronized (lock) {
            if (asked != REFUSED && awaited == future) {
                passedOn = Math.max(passedOn, asked);
                cancelMessage = message;
                return true;
            }
            // The body may have gone on as if nothing had been asked.
            return asked != REFUSED && !hasMissed(future, asked);
        }
    }

    /// Asks what is awaited to cancel: without the lock, because it may be a task, or call a
    /// canceller.
    private int askUnlocked(CoreFuture<?> future, @Nullable Object message) {
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
            leave(message);
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
            if (over) {
                return remaining; // what was missed stays missed
            }
            if (remaining > 0 && left != null) {
                left.withdraw(request); // before it strikes
                mustCancel = left.any();
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
        seeAll();
        if (Execution.current().task() == this) { // the flag is the calling thread's then
            requestSeen();
        }
    }

    @Override
    public final int seenRequests() {
        synchronized (lock) {
            return left == null ? cancelRequests : Math.max(0, cancelRequests - left.foreign());
        }
    }
}
