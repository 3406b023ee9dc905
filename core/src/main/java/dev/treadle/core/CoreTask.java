package dev.treadle.core;

import dev.treadle.CancelledError;
import dev.treadle.Context;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop.Problem;
import dev.treadle.FatalError;
import dev.treadle.GeneratorExit;
import dev.treadle.Task;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A coroutine that a loop runs.
///
/// Its body runs on the stack of a runner, which is parked where the body awaits. What follows
/// `suspendFor` is what asyncio does between two steps of a task.
final class CoreTask<T extends @Nullable Object> extends CoreFuture<T> implements Task<T> {
    private final Coroutine<T> coroutine;
    private final Context context;
    private final long number;
    private final TaskStep step = new TaskStep(this);

    Context liveContext; // loop thread only: the context of the code that is running or suspended
    int place; // loop thread only: where the set of unfinished tasks holds this

    private volatile @Nullable String name; // any thread
    private @Nullable CoreFuture<?> awaited; // loop thread only
    private int cancelRequests; // loop thread only
    private boolean mustCancel; // loop thread only: a request that the body has not seen
    private @Nullable Object cancelMessage; // loop thread only
    private boolean unwinding; // loop thread only: the loop is closed, the body is to leave

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

    // ---- running

    /// Runs the body, on the stack of a runner; returns when it has ended.
    void begin() {
        CoreEventLoop loop = loop();
        if (mustCancel) {
            coroutine.close();
            end(new Outcome.Cancelled(null, new CancelledError(cancelMessage)));
            return;
        }
        loop.dispatcher.enterTask(this);
        try {
            T value = coroutine.runBody();
            if (mustCancel) { // it cancelled itself at the very end
                end(new Outcome.Cancelled(cancelMessage, null));
            } else {
                loop.ended(this);
                succeed(value);
            }
        } catch (CancelledError e) {
            end(
                    new Outcome.Cancelled(
                            null, e)); // the message goes with the error, to the first who asks
        } catch (GeneratorExit e) {
            if (unwinding) {
                end(new Outcome.Cancelled("event loop is closed", null));
            } else {
                failed(e);
            }
        } catch (Throwable e) {
            failed(e);
            if (e instanceof FatalError fatal) {
                throw fatal;
            }
        } finally {
            loop.dispatcher.leave();
        }
    }

    private void end(Outcome.Cancelled outcome) {
        loop().ended(this);
        finish(outcome);
    }

    private void failed(Throwable e) {
        loop().ended(this);
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
        if (future == this) {
            throw new IllegalStateException("task cannot await itself: " + this);
        }
        awaited = future;
        future.addWaiter(step);
        if (mustCancel && future.cancel(cancelMessage)) {
            mustCancel = false;
        }
        loop().dispatcher.suspend(runner, step);
        awaited = null;
        resumed(future);
    }

    /// Suspends the body until all that is ready has run. On the stack of `runner`.
    void suspendOnce(Runner runner) {
        ensureMaySuspend();
        loop().dispatcher.add(step, true);
        loop().dispatcher.suspend(runner, step);
        resumed(null);
    }

    private void ensureMaySuspend() {
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

    private static boolean endedByCancellation(CoreFuture<?> future) {
        return future.isCancelled() || future.exception() instanceof CancelledError;
    }

    /// Ends the body because its loop is closed: it leaves its `await()` with [GeneratorExit]. By
    /// the thread that closes the loop.
    void unwind() {
        unwinding = true;
        Runner runner = step.suspendedOn;
        if (runner == null) {
            coroutine.close();
            end(new Outcome.Cancelled("event loop is closed", null));
        } else {
            loop().dispatcher.unwind(step, runner);
        }
    }

    // ---- cancelling

    @Override
    public boolean cancel(@Nullable Object message) {
        if (isDone()) {
            retrieved(); // who cancels has given up on it, and a failure is no news to them
            return false;
        }
        loop().ensureLoopThread("Task.cancel", "loop.callSoonThreadsafe(task::cancel)");
        cancelRequests++;
        CoreFuture<?> future = awaited;
        if (future != null && future.cancel(message)) {
            return true;
        }
        mustCancel = true;
        cancelMessage = message;
        return true;
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
        Runner runner = step.suspendedOn;
        Thread thread = runner == null ? null : runner.thread();
        return thread == null ? List.of() : UserFrames.of(thread.getStackTrace());
    }

    @Override
    public String toString() {
        CoreFuture<?> future = awaited;
        return "Task["
                + name()
                + ", "
                + (cancelRequests > 0 && !isDone() ? "cancelling" : describeState())
                + (future == null
                        ? ""
                        : ", awaits "
                                + (future instanceof CoreTask<?> task
                                        ? "task " + task.name()
                                        : "a future"))
                + "]";
    }
}
