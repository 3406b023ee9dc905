package dev.treadle.examples.scheduler;

import dev.treadle.InvalidStateException;
import dev.treadle.Promise;
import dev.treadle.StopIteration;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A future that is completed by hand.
class ExecutorPromise<T extends @Nullable Object> extends ExecutorFuture<T> implements Promise<T> {
    private final @Nullable Predicate<@Nullable Object> canceller;

    ExecutorPromise(ExecutorLoop loop, @Nullable Predicate<@Nullable Object> canceller) {
        super(loop);
        this.canceller = canceller;
    }

    @Override
    public void complete(T value) {
        if (!tryComplete(value)) {
            throw alreadyDone();
        }
    }

    @Override
    public void fail(Throwable exception) {
        if (!tryFail(exception)) {
            throw alreadyDone();
        }
    }

    private InvalidStateException alreadyDone() {
        return new InvalidStateException("already done: " + this);
    }

    @Override
    public boolean tryComplete(T value) {
        return finish(new Succeeded<>(value));
    }

    @Override
    public boolean tryFail(Throwable exception) {
        Objects.requireNonNull(exception, "exception");
        return finish(
                new Failed<>(
                        exception instanceof StopIteration
                                ? new IllegalStateException(
                                        "StopIteration cannot fail a future", exception)
                                : exception));
    }

    @Override
    public boolean cancel(@Nullable Object message) {
        if (canceller != null) {
            return !isDone() && canceller.test(message);
        }
        return finish(new Cancelled<>(message));
    }
}
