package dev.treadle.examples.scheduler;

import dev.treadle.Context;
import dev.treadle.EventLoop;
import dev.treadle.Task;
import dev.treadle.spi.Execution;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What the thread of a loop, or of one of its tasks, runs for.
final class LoopExecution implements Execution {
    private final ExecutorLoop loop;
    private final @Nullable ExecutorTask<?> task; // null on the loop's thread, for callbacks
    private volatile @Nullable Thread thread; // the one that is bound
    private @Nullable Context context; // bound thread only

    LoopExecution(ExecutorLoop loop, @Nullable ExecutorTask<?> task, @Nullable Context context) {
        this.loop = loop;
        this.task = task;
        this.context = context;
    }

    /// Runs an action on the calling thread, which from now on runs for this.
    void bind(Runnable action) {
        thread = Thread.currentThread();
        Execution.call(
                this,
                () -> {
                    action.run();
                    return null;
                });
    }

    void runIn(Context entered, Runnable action) {
        Context before = context;
        context = entered;
        try {
            action.run();
        } finally {
            context = before;
        }
    }

    @Override
    public @Nullable Thread thread() {
        return thread;
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public @Nullable Task<?> task() {
        return task;
    }

    @Override
    public @Nullable Context context() {
        return context;
    }

    @Override
    public <T extends @Nullable Object, X extends Throwable> T callIn(
            Context entered, ScopedValue.CallableOp<? extends T, X> action) throws X {
        Context before = context;
        context = entered;
        try {
            return action.call();
        } finally {
            context = before;
        }
    }

    @Override
    public <T extends @Nullable Object> T onTaskStack(Supplier<T> action) {
        return action.get();
    }
}
