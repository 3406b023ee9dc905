package dev.treadle.core;

import dev.treadle.InvalidStateException;
import dev.treadle.Promise;
import dev.treadle.StopIteration;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A future that is completed by hand.
class CorePromise<T extends @Nullable Object> extends CoreFuture<T> implements Promise<T> {
    private final @Nullable Predicate<@Nullable Object> canceller;

    CorePromise(CoreEventLoop loop, @Nullable Predicate<@Nullable Object> canceller) {
        super(loop);
        this.canceller = canceller;
    }

    @Override
    public void complete(T value) {
        if (!succeed(value)) {
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
        return new InvalidStateException(
                "already done: "
                        + this
                        + "; use tryComplete or tryFail where several may complete it");
    }

    @Override
    public boolean tryComplete(T value) {
        return succeed(value);
    }

    @Override
    public boolean tryFail(Throwable exception) {
        Objects.requireNonNull(exception, "exception");
        return fails(
                exception instanceof StopIteration
                        ? new IllegalStateException(
                                "StopIteration interacts badly with generators and cannot fail a future",
                                exception)
                        : exception);
    }

    @Override
    public boolean cancel(@Nullable Object message) {
        retrieved(); // who cancels has given up on it, and a failure is no news to them
        if (canceller != null) {
            return !isDone() && canceller.test(message);
        }
        return cancelled(message, null);
    }

    @Override
    public String toString() {
        return "Future[" + describeState() + "]";
    }
}
