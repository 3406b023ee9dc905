package dev.treadle.core;

import dev.treadle.Context;
import dev.treadle.Future;
import dev.treadle.spi.AwaitLink;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A callback of a future.
final class DoneCallback<T extends @Nullable Object> extends CallbackHandle implements Waiter {
    final Consumer<? super Future<T>> action;
    private @Nullable Waiter next; // owned by the future's list

    DoneCallback(CoreFuture<T> future, Consumer<? super Future<T>> action, Context context) {
        super(future.loop(), () -> action.accept(future), context);
        this.action = action;
    }

    @Override
    public void futureDone() {
        loop.enqueue(this);
        if (loop.isClosed()) {
            drop(); // nobody takes it any more, or has
        }
    }

    @Override
    Object action() {
        return action;
    }

    @Override
    public @Nullable Future<?> awaiter() {
        return action instanceof AwaitLink<?> link ? link.awaiter() : null;
    }

    @Override
    public @Nullable Waiter nextWaiter() {
        return next;
    }

    @Override
    public void nextWaiter(@Nullable Waiter waiter) {
        next = waiter;
    }
}
