package dev.treadle.examples.scheduler;

import dev.treadle.Context;
import dev.treadle.EventLoop.Problem;
import dev.treadle.FatalError;
import dev.treadle.Handle;
import dev.treadle.spi.Execution;
import java.util.Objects;
import java.util.OptionalLong;

/// A callback in the queue of a loop, or waiting for its time.
class ExecutorHandle implements Handle, Comparable<ExecutorHandle> {
    /// The due time of a callback that is not a timer.
    static final long NOW = Long.MIN_VALUE;

    private enum State {
        PENDING,
        RUNNING,
        ENDED,
        CANCELLED
    }

    private final ExecutorLoop loop;
    private final Runnable callback;
    private final Context context;
    private final long when;
    private final long number;
    private State state = State.PENDING; // guarded by this

    ExecutorHandle(ExecutorLoop loop, Runnable callback, Context context, long when, long number) {
        this.loop = loop;
        this.callback = Objects.requireNonNull(callback, "callback");
        this.context = Objects.requireNonNull(context, "context");
        this.when = when;
        this.number = number;
    }

    long dueTime() {
        return when;
    }

    @Override
    public OptionalLong when() {
        return when == NOW ? OptionalLong.empty() : OptionalLong.of(when);
    }

    /// Runs the callback, unless it was cancelled. On the loop's thread.
    void run() {
        if (!begin()) {
            return;
        }
        countBegun();
        try {
            loop.execution().runIn(context, this::call);
        } finally {
            end();
        }
    }

    private void countBegun() {
        loop.count(callback instanceof ExecutorTask.Step ? Tally.Event.STEP : Tally.Event.CALLBACK);
        if (isTimer()) {
            loop.count(Tally.Event.TIMER_FIRED);
        }
    }

    private boolean isTimer() {
        return when != NOW;
    }

    private void call() {
        try {
            callback.run();
        } catch (FatalError e) {
            throw e;
        } catch (Throwable e) {
            loop.callExceptionHandler(Problem.of("exception in callback", e).withHandle(this));
        }
    }

    private synchronized boolean begin() {
        if (state != State.PENDING) {
            return false;
        }
        state = State.RUNNING;
        return true;
    }

    private synchronized void end() {
        state = State.ENDED;
        notifyAll();
    }

    @Override
    public synchronized void cancel() {
        if (state == State.PENDING) {
            state = State.CANCELLED;
            if (isTimer() && !loop.isClosed()) { // which has dropped it
                loop.count(Tally.Event.TIMER_CANCELLED);
            }
        }
        awaitEnd();
    }

    @Override
    public synchronized boolean isCancelled() {
        awaitEnd();
        return state == State.CANCELLED;
    }

    /// Waits while another thread runs the callback.
    synchronized void awaitEnd() {
        if (Execution.current().loop() == loop) {
            return;
        }
        boolean interrupted = false;
        while (state == State.RUNNING) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    @SuppressWarnings("EqualsHashCode") // identity: two timers are never the same
    public int compareTo(ExecutorHandle other) {
        int byTime = Long.compare(when, other.when);
        return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
}
