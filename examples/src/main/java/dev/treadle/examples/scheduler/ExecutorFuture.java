package dev.treadle.examples.scheduler;

import dev.treadle.CancelledError;
import dev.treadle.Context;
import dev.treadle.Future;
import dev.treadle.InvalidStateException;
import dev.treadle.spi.Execution;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A result to come: who waits for it, and what came of it.
abstract class ExecutorFuture<T extends @Nullable Object> implements Future<T> {

    /// How a future ended.
    sealed interface Outcome<T extends @Nullable Object> {}

    record Succeeded<T extends @Nullable Object>(T value) implements Outcome<T> {}

    record Failed<T extends @Nullable Object>(Throwable exception) implements Outcome<T> {}

    record Cancelled<T extends @Nullable Object>(@Nullable Object message) implements Outcome<T> {}

    /// What is told when the future is done; the key is by what it is removed.
    private record Listener(Object key, Runnable tell) {}

    final ExecutorLoop loop;
    private final List<Listener> listeners = new ArrayList<>(); // guarded by this
    private @Nullable Outcome<T> outcome; // guarded by this

    ExecutorFuture(ExecutorLoop loop) {
        this.loop = loop;
    }

    /// Completes this, from any thread, and tells who waits; false if it was done.
    boolean finish(Outcome<T> how) {
        List<Listener> told;
        synchronized (this) {
            if (outcome != null) {
                return false;
            }
            outcome = how;
            told = List.copyOf(listeners);
            listeners.clear();
        }
        told.forEach(listener -> listener.tell.run());
        return true;
    }

    /// Tells somebody when this is done: at once, if it is.
    void whenDone(Object key, Runnable tell) {
        synchronized (this) {
            if (outcome == null) {
                listeners.add(new Listener(key, tell));
                return;
            }
        }
        tell.run();
    }

    final synchronized @Nullable Outcome<T> outcome() {
        return outcome;
    }

    private Outcome<T> ended(String what) {
        Outcome<T> how = outcome();
        if (how == null) {
            throw new InvalidStateException(
                    what + " is not set: " + this + " is pending; await it, or ask isDone() first");
        }
        return how;
    }

    @Override
    public T await() {
        Execution execution = Execution.current();
        if (!(execution.requireTask() instanceof ExecutorTask<?> task) || task.loop != loop) {
            throw new IllegalStateException(
                    execution.requireTask()
                            + " awaits "
                            + this
                            + ", which is attached to a different loop: "
                            + loop.name());
        }
        if (!isDone()) {
            // A generator has a thread of its own, but it is the task that has to be suspended.
            execution.<@Nullable Void>onTaskStack(() -> {
                task.suspendFor(this);
                return null;
            });
        }
        return result();
    }

    @Override
    public void addDoneCallback(Consumer<? super Future<T>> callback) {
        Context context = Context.copyCurrent();
        whenDone(callback, () -> loop.queue(loop.newHandle(() -> callback.accept(this), context)));
    }

    @Override
    public synchronized int removeDoneCallback(Consumer<? super Future<T>> callback) {
        int before = listeners.size();
        listeners.removeIf(listener -> listener.key.equals(callback));
        return before - listeners.size();
    }

    @Override
    public final boolean isDone() {
        return outcome() != null;
    }

    @Override
    public final boolean isCancelled() {
        return outcome() instanceof Cancelled<T>;
    }

    @Override
    public final T result() {
        return switch (ended("result")) {
            case Succeeded<T>(T value) -> value;
            case Cancelled<T>(Object message) -> throw new CancelledError(message);
            case Failed<T>(Throwable exception) ->
                    throw switch (exception) {
                        case RuntimeException e -> e;
                        case Error e -> throw e;
                        default -> new CompletionException(exception);
                    };
        };
    }

    @Override
    public final @Nullable Throwable exception() {
        return switch (ended("exception")) {
            case Succeeded<T> _ -> null;
            case Cancelled<T>(Object message) -> throw new CancelledError(message);
            case Failed<T>(Throwable exception) -> exception;
        };
    }

    @Override
    public final ExecutorLoop loop() {
        return loop;
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        blockUntilDone().await();
        return outcomeForThreads();
    }

    @Override
    public T get(long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (!blockUntilDone().await(timeout, unit)) {
            throw new TimeoutException(this + " is still pending");
        }
        return outcomeForThreads();
    }

    /// Returns what opens when this is done, for a thread that may wait for it.
    private CountDownLatch blockUntilDone() {
        if (!isDone() && loop.isCurrent()) {
            throw new IllegalStateException(
                    "get() on the loop's own thread would wait for itself: call await() in a coroutine, result() in a callback");
        }
        CountDownLatch done = new CountDownLatch(1);
        whenDone(done, done::countDown);
        return done;
    }

    private T outcomeForThreads() throws ExecutionException {
        return switch (ended("result")) {
            case Succeeded<T>(T value) -> value;
            case Failed<T>(Throwable exception) -> throw new ExecutionException(exception);
            case Cancelled<T>(Object message) -> {
                CancellationException e = new CancellationException(this + " was cancelled");
                e.initCause(new CancelledError(message));
                throw e;
            }
        };
    }

    @Override
    public T resultNow() {
        if (outcome() instanceof Succeeded<T>(T value)) {
            return value;
        }
        throw new IllegalStateException(this + " has not succeeded");
    }

    @Override
    public Throwable exceptionNow() {
        if (outcome() instanceof Failed<T>(Throwable exception)) {
            return exception;
        }
        throw new IllegalStateException(this + " has not failed");
    }

    @Override
    public State state() {
        return switch (outcome()) {
            case null -> State.RUNNING;
            case Succeeded<T> _ -> State.SUCCESS;
            case Failed<T> _ -> State.FAILED;
            case Cancelled<T> _ -> State.CANCELLED;
        };
    }

    @Override
    public String toString() {
        Outcome<T> how = outcome();
        return how == null ? "Future[pending]" : how.toString();
    }
}
