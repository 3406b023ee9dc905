package dev.treadle.core;

import dev.treadle.Context;
import dev.treadle.spi.Execution;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a thread runs for that carries tasks of a parallel loop.
abstract class ParallelExecution implements Execution {
    @Override
    public abstract CoreEventLoop loop();

    @Override
    public abstract @Nullable ParallelTask<?> task();

    @Override
    public final ParallelTask<?> requireTask() {
        ParallelTask<?> task = task();
        return task != null ? task : (ParallelTask<?>) Execution.super.requireTask();
    }

    @Override
    public final boolean isParallel() {
        return true;
    }

    @Override
    public final @Nullable Context context() {
        ParallelTask<?> task = task();
        return task == null ? null : task.liveContext;
    }

    @Override
    public final <T extends @Nullable Object, X extends Throwable> T callIn(
            Context context, ScopedValue.CallableOp<? extends T, X> action) throws X {
        ParallelTask<?> task = requireTask();
        Context before = task.liveContext;
        task.liveContext = context;
        try {
            return action.call();
        } finally {
            task.liveContext = before;
        }
    }

    @Override
    public final Throwable asCancellation(Throwable thrown) {
        ParallelTask<?> task = task();
        return task == null ? thrown : task.asCancellation(thrown);
    }

    @Override
    public final <T extends @Nullable Object> T onTaskStack(Supplier<T> action) {
        return action.get();
    }
}
