package dev.treadle.core;

import dev.treadle.Task;
import dev.treadle.spi.Held;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A promise for who waits for something that a task holds.
final class HeldPromise<T extends @Nullable Object> extends CorePromise<T> {
    private final Held held;
    private final List<StackTraceElement> createdAt;

    HeldPromise(CoreEventLoop loop, Held held, List<StackTraceElement> createdAt) {
        super(loop, null);
        this.held = held;
        this.createdAt = createdAt;
    }

    /// The task that holds what this waits for. From any thread.
    @Override
    @Nullable CoreTask<?> holder() {
        return !isDone() && held.holder() instanceof CoreTask<?> task ? task : null;
    }

    @Override
    List<StackTraceElement> createdAt() {
        return createdAt;
    }

    @Override
    public String toString() {
        Task<?> holder = holder();
        return "Future["
                + describeState()
                + (holder == null ? "" : ", held by task " + holder.name())
                + "]";
    }
}
