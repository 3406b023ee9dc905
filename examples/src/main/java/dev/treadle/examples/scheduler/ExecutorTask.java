package dev.treadle.examples.scheduler;

import dev.treadle.CancelledError;
import dev.treadle.Context;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop.Problem;
import dev.treadle.FatalError;
import dev.treadle.GeneratorExit;
import dev.treadle.Task;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// A coroutine that runs: a virtual thread that goes on only while the loop's thread waits for it.
///
/// So its stack stays whole where it awaits, and still only one thing runs at a time.
class ExecutorTask<T extends @Nullable Object> extends ExecutorFuture<T> implements Task<T> {
    private final Coroutine<T> coroutine;
    private final Context context;
    private final LoopExecution execution;
    private final long number;
    final Semaphore go = new Semaphore(0);
    final Semaphore back = new Semaphore(0);
    private volatile @Nullable String name;

    // All of these are written by the loop's thread, or by the task's own while that one waits.
    private @Nullable Thread thread;
    private @Nullable ExecutorFuture<?> awaited;
    private @Nullable FatalError fatal; // what the loop's thread is to throw
    private int cancelRequests;
    boolean mustCancel; // a request that the body has not seen
    private @Nullable Object cancelMessage;
    private boolean unwinding; // the loop is closed

    ExecutorTask(
            ExecutorLoop loop,
            Coroutine<T> coroutine,
            @Nullable String name,
            Context context,
            long number) {
        super(loop);
        this.coroutine = coroutine;
        this.name = name;
        this.context = context;
        this.number = number;
        this.execution = new LoopExecution(loop, this, context);
    }

    long number() {
        return number;
    }

    // ---- running

    /// Runs the next step: to the next suspension, or to the end. On the loop's thread, which waits
    /// for that.
    void step() {
        if (thread == null) {
            if (mustCancel) {
                coroutine.close();
                end(new Cancelled<>(cancelMessage));
                return;
            }
            thread = Thread.ofVirtual().name(name()).start(() -> execution.bind(this::runBody));
        } else {
            go.release();
        }
        back.acquireUninterruptibly(); // it suspends, or ends
        FatalError thrown = fatal;
        fatal = null;
        if (thrown != null) {
            throw thrown;
        }
    }

    private void runBody() {
        try {
            T value = coroutine.runBody();
            if (mustCancel) { // it cancelled itself at the very end
                end(new Cancelled<>(cancelMessage));
            } else {
                end(new Succeeded<>(value));
            }
        } catch (CancelledError e) {
            end(new Cancelled<>(e.reason()));
        } catch (GeneratorExit e) {
            end(unwinding ? new Cancelled<>("event loop is closed") : new Failed<>(e));
        } catch (Throwable e) {
            if (e instanceof FatalError thrown) {
                fatal = thrown;
            }
            if (unwinding) {
                loop.callExceptionHandler(
                        Problem.of("exception while a task was unwound", e).withFuture(this));
            }
            end(new Failed<>(e));
        } finally {
            back.release();
        }
    }

    final void end(Outcome<T> outcome) {
        loop.ended(this, outcome);
        finish(outcome);
    }

    /// Suspends the body until a future is done. On the task's own thread.
    void suspendFor(ExecutorFuture<?> future) {
        if (future == this) {
            throw new IllegalStateException("task cannot await itself: " + this);
        }
        ensureMaySuspend();
        awaited = future;
        future.whenDone(this, this::resume);
        if (mustCancel && future.cancel(cancelMessage)) {
            mustCancel = false;
        }
        suspend();
        awaited = null;
        throwIfCancelled(future);
    }

    /// Suspends the body until all that is ready has run. On the task's own thread.
    void suspendOnce() {
        ensureMaySuspend();
        loop.count(Tally.Event.YIELD);
        resume();
        suspend();
        throwIfCancelled(null);
    }

    /// Queues the next step. From any thread.
    void resume() {
        loop.queue(loop.newHandle(new Step(this), Context.empty()));
    }

    /// What the queue of the loop holds of a task that can go on.
    record Step(ExecutorTask<?> task) implements Runnable {
        @Override
        public void run() {
            task.step();
        }
    }

    private void suspend() {
        back.release();
        go.acquireUninterruptibly();
        if (unwinding) {
            throw new GeneratorExit();
        }
    }

    void ensureMaySuspend() {
        if (unwinding) {
            throw new IllegalStateException(
                    "coroutine ignored GeneratorExit: its loop is closed, so it cannot await any"
                            + " more");
        }
    }

    private void throwIfCancelled(@Nullable ExecutorFuture<?> future) {
        if (!mustCancel) {
            return;
        }
        mustCancel = false;
        boolean answered =
                future != null
                        && (future.isCancelled() || future.exception() instanceof CancelledError);
        if (!answered) { // else what is awaited throws one of its own
            throw new CancelledError(cancelMessage);
        }
    }

    /// Ends the body because its loop is closed. On the thread that closes it.
    void unwind() {
        unwinding = true;
        if (thread == null) {
            coroutine.close();
            end(new Cancelled<>("event loop is closed"));
        } else {
            go.release();
            back.acquireUninterruptibly();
        }
    }

    // ---- cancelling

    @Override
    public boolean cancel(@Nullable Object message) {
        if (isDone()) {
            return false;
        }
        loop.ensureLoopThread("Task.cancel", "loop.callSoonThreadsafe(task::cancel)");
        cancelRequests++;
        ExecutorFuture<?> future = awaited;
        if (future == null || !future.cancel(message)) {
            mustCancel = true;
            cancelMessage = message;
        }
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
            mustCancel &= cancelRequests > 0;
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
        name = Objects.requireNonNull(newName, "name");
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
        Thread carrier = thread;
        return isDone() || carrier == null ? List.of() : List.of(carrier.getStackTrace());
    }

    @Override
    public String toString() {
        return "Task[" + name() + ", " + super.toString() + "]";
    }
}
