package dev.treadle.core;

import dev.treadle.CancelledError;
import dev.treadle.Context;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop.Problem;
import dev.treadle.FatalError;
import dev.treadle.GeneratorExit;
import dev.treadle.Task;
import dev.treadle.spi.ContextBridges;
import dev.treadle.spi.UserFrames;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A coroutine that a loop runs.
///
/// Its body runs on the stack of a runner, which is parked where the body awaits. What follows
/// `suspendFor` is what asyncio does between two steps of a task.
class CoreTask<T extends @Nullable Object> extends CoreFuture<T> implements Task<T> {
    /// Instead of the number of a request: it was not left to the body.
    static final int TAKEN = 0;

    /// Instead of the number of a request: there is nothing left to cancel.
    static final int REFUSED = -1;

    private final Coroutine<T> coroutine;
    private final Context context;
    private final long number;
    private final TaskStep step = new TaskStep(this);

    Context liveContext; // loop thread only: the context of the code that is running or suspended
    int place; // loop thread only: where the set of unfinished tasks holds this

    private volatile @Nullable String name; // any thread
    private @Nullable List<StackTraceElement> createdAt; // by the creator, before it is queued
    // Loop thread only; in a task of a parallel loop guarded by its lock:
    @Nullable CoreFuture<?> awaited;
    int cancelRequests;
    boolean mustCancel; // a request that the body has not seen
    @Nullable Object cancelMessage;
    private boolean passingOn; // what is awaited is being asked to cancel
    volatile boolean unwinding; // the loop is closed, the body is to leave

    CoreTask(
            CoreEventLoop loop,
            Coroutine<T> coroutine,
            @Nullable String name,
            Context context,
            long number) {
        super(loop);
        this.coroutine = coroutine;
        if (name != null) { // spares a volatile write for each task that has none
            this.name = name;
        }
        this.context = context;
        this.liveContext = context;
        this.number = number;
    }

    /// How many tasks of the loop were created up to this one.
    long number() {
        return number;
    }

    TaskStep step() {
        return step;
    }

    // ---- for who looks from outside

    /// Keeps where this is being created, in debug mode.
    void trace() {
        createdAt = UserFrames.here();
    }

    @Override
    List<StackTraceElement> createdAt() {
        List<StackTraceElement> frames = createdAt;
        return frames == null ? List.of() : frames;
    }

    @Nullable CoreFuture<?> awaited() {
        return awaited;
    }

    /// The thread with the stack of this, if it is suspended.
    @Nullable Thread suspendedOn() {
        Runner runner = step.suspendedOn;
        return runner == null ? null : runner.thread();
    }

    // ---- running

    /// Has the first step run at the next opportunity.
    void start() {
        loop().enqueue(step);
    }

    /// Has the next step run: what this awaited is done. From any thread.
    void wake() {
        loop().enqueue(step);
    }

    /// Does what there is to do when its entry of the ready queue comes up.
    void takeTurn() {
        loop().dispatcher.enterTask(this);
        try {
            begin();
        } finally {
            loop().dispatcher.leave();
        }
    }

    /// Runs the body; returns when it has ended.
    final void begin() {
        if (mustCancel()) {
            endUnbegun(new Outcome.Cancelled(null, new CancelledError(cancelMessage)));
            return;
        }
        T value;
        try {
            value =
                    ContextBridges.isPresent()
                            ? context.withThreadLocals(coroutine::runBody)
                            : coroutine.runBody();
        } catch (Throwable e) {
            threw(e);
            return;
        }
        if (bodyEnded()) { // it cancelled itself at the very end
            end(new Outcome.Cancelled(cancelMessage, null));
        } else {
            loop().ended(this, loop().counters.succeeded);
            succeed(value);
        }
    }

    private void threw(Throwable thrown) {
        if (asCancellation(thrown) instanceof CancelledError error) {
            end(new Outcome.Cancelled(null, error)); // whose message goes to the first who asks
        } else if (thrown instanceof GeneratorExit && unwinding) {
            end(new Outcome.Cancelled("event loop is closed", null));
        } else {
            failed(thrown);
            if (thrown instanceof FatalError fatal) {
                throw fatal;
            }
        }
    }

    /// Whether there is a request that the body has not seen.
    boolean mustCancel() {
        return mustCancel;
    }

    /// Takes note that no request will reach the body any more; returns whether there is one of its
    /// own that it has not seen.
    boolean bodyEnded() {
        return mustCancel;
    }

    /// Returns what an error becomes that leaves a part of the body.
    Throwable asCancellation(Throwable thrown) {
        return thrown;
    }

    final void end(Outcome.Cancelled outcome) {
        bodyEnded();
        loop().ended(this, loop().counters.cancelled);
        finish(outcome);
    }

    private void failed(Throwable e) {
        bodyEnded();
        loop().ended(this, loop().counters.failed);
        if (unwinding) {
            loop().callExceptionHandler(
                            Problem.of(
                                            "exception while "
                                                    + this
                                                    + " was unwound because its loop is closed",
                                            e)
                                    .withFuture(this));
        }
        fails(e);
        if (unwinding) {
            retrieved(); // it has been reported, and need not be again
        }
    }

    /// Suspends the body until a future is done. On the stack of `runner`.
    void suspendFor(CoreFuture<?> future, Runner runner) {
        ensureMaySuspend();
        ensureOther(future);
        tellSuspending(future);
        awaited = future;
        future.addWaiter(step);
        if (mustCancel && passRequestOn(future, cancelMessage) != REFUSED) {
            mustCancel = false;
        }
        loop().dispatcher.suspend(runner, step);
        awaited = null;
        resumed(future);
    }

    /// Asks what this is about to wait for to cancel. What that throws goes to the exception
    /// handler: this is among those who wait already, and stays.
    final int passRequestOn(CoreFuture<?> future, @Nullable Object message) {
        try {
            return ask(future, message);
        } catch (FatalError e) {
            loop().endRun(e);
        } catch (RuntimeException | Error e) {
            report(e, future);
        }
        return REFUSED;
    }

    private void report(Throwable failure, CoreFuture<?> future) {
        try {
            loop().callExceptionHandler(
                            Problem.of(
                                            "exception while " + this + " cancelled what it awaits",
                                            failure)
                                    .withFuture(future));
        } catch (FatalError e) {
            loop().endRun(e);
        }
    }

    /// Asks a future to cancel; returns the number of the request, or [#TAKEN], or [#REFUSED].
    int ask(CoreFuture<?> future, @Nullable Object message) {
        return future.cancel(message) ? TAKEN : REFUSED;
    }

    final void ensureOther(CoreFuture<?> future) {
        if (future == this) {
            throw new IllegalStateException("task cannot await itself: " + this);
        }
    }

    /// Suspends the body until all that is ready has run. On the stack of `runner`.
    void suspendOnce(Runner runner) {
        ensureMaySuspend();
        tellSuspending(null);
        loop().counters.yields.increment();
        loop().dispatcher.add(step, true);
        loop().dispatcher.suspend(runner, step);
        resumed(null);
    }

    private void tellSuspending(@Nullable CoreFuture<?> future) {
        Probe probe = loop().probe;
        if (probe != null) {
            probe.suspending(this, future);
        }
    }

    /// Whether this waits for nothing but its turn.
    boolean awaitsNothing() {
        return awaited == null;
    }

    final void ensureMaySuspend() {
        if (unwinding) {
            throw new IllegalStateException(
                    "coroutine ignored GeneratorExit: its loop is closed, so it cannot await any more");
        }
    }

    private void resumed(@Nullable CoreFuture<?> future) {
        if (unwinding) {
            throw new GeneratorExit();
        }
        if (!mustCancel) {
            return;
        }
        mustCancel = false;
        if (future == null || !future.isDone() || !endedByCancellation(future)) {
            throw new CancelledError(cancelMessage);
        }
        // Else what is awaited throws a CancelledError of its own, which answers the request.
    }

    static boolean endedByCancellation(CoreFuture<?> future) {
        return future.isCancelled() || future.exception() instanceof CancelledError;
    }

    /// Ends the body because its loop is closed: it leaves its `await()` with [GeneratorExit]. By
    /// the thread that closes the loop.
    void unwind() {
        unwinding = true;
        Runner runner = step.suspendedOn;
        if (runner == null) {
            endBeforeItBegan();
        } else {
            loop().dispatcher.unwind(step, runner);
        }
    }

    final void endBeforeItBegan() {
        endUnbegun(new Outcome.Cancelled("event loop is closed", null));
    }

    private void endUnbegun(Outcome.Cancelled outcome) {
        try {
            coroutine.close();
        } catch (IllegalStateException e) { // somebody else has begun it
            failed(e);
            return;
        }
        end(outcome);
    }

    // ---- cancelling

    @Override
    public boolean cancel(@Nullable Object message) {
        if (isDone()) {
            retrieved(); // who cancels has given up on it, and a failure is no news to them
            return false;
        }
        loop().ensureLoopThread("Task.cancel", "loop.callSoonThreadsafe(task::cancel)");
        if (passingOn) {
            leaveCircle(message);
            return true;
        }
        cancelRequests++;
        if (!cancelAwaited(message)) {
            mustCancel = true;
            cancelMessage = message;
        }
        return true;
    }

    private boolean cancelAwaited(@Nullable Object message) {
        CoreFuture<?> future = awaited;
        if (future == null) {
            return false;
        }
        passingOn = true;
        try {
            return future.cancel(message);
        } finally {
            passingOn = false;
        }
    }

    /// Has the body leave its `await()` at once: what it awaits waits for this very task, and so
    /// has passed its own request back to it.
    private void leaveCircle(@Nullable Object message) {
        CoreFuture<?> future = awaited;
        if (future != null && future.removeWaiter(step)) {
            mustCancel = true;
            cancelMessage = message;
            loop().enqueue(step);
        }
    }

    @Override
    public int cancelling() {
        return cancelRequests;
    }

    @Override
    public int uncancel() {
        if (cancelRequests > 0) {
            cancelRequests--;
            if (cancelRequests == 0) {
                mustCancel = false;
            }
        }
        return cancelRequests;
    }

    // ---- telling

    @Override
    public String name() {
        String given = name;
        return given != null ? given : "Task-" + number;
    }

    @Override
    public void rename(String newName) {
        name = java.util.Objects.requireNonNull(newName, "name");
    }

    @Override
    public Context context() {
        return context;
    }

    @Override
    public Coroutine<T> coroutine() {
        return coroutine;
    }

    @Override
    public List<StackTraceElement> stack() {
        if (isDone()) {
            Throwable failure = isCancelled() ? null : exception();
            return failure == null ? List.of() : List.of(failure.getStackTrace());
        }
        Thread thread = suspendedOn();
        return thread == null ? List.of() : UserFrames.of(thread.getStackTrace());
    }

    @Override
    public String toString() {
        CoreFuture<?> future = awaited;
        return "Task["
                + name()
                + ", "
                + (cancelRequests > 0 && !isDone() ? "cancelling" : describeState())
                + (future == null ? "" : ", awaits " + describe(future))
                + "]";
    }

    private static String describe(CoreFuture<?> future) {
        if (future instanceof CoreTask<?> task) {
            return "task " + task.name();
        }
        CoreTask<?> holder = future.holder();
        return holder == null ? "a future" : "what task " + holder.name() + " holds";
    }
}
