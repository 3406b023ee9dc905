package dev.treadle.core.generator;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// Runs an action on a thread of its own.
final class Elsewhere {
    private Elsewhere() {}

    /// Starts an action on a new platform thread.
    static <T extends @Nullable Object> FutureTask<T> start(Callable<T> action) {
        return start(Thread.ofPlatform().daemon(), action);
    }

    /// Starts an action on a new thread of that kind.
    static <T extends @Nullable Object> FutureTask<T> start(
            Thread.Builder kind, Callable<T> action) {
        FutureTask<T> task = new FutureTask<>(action);
        kind.start(task);
        return task;
    }

    /// Runs an action on a new platform thread, and waits for it.
    static <T extends @Nullable Object> T onPlatformThread(Callable<T> action) throws Exception {
        return result(start(action));
    }

    /// Runs an action on a new virtual thread, and waits for it.
    static <T extends @Nullable Object> T onVirtualThread(Callable<T> action) throws Exception {
        return result(start(Thread.ofVirtual(), action));
    }

    /// Waits for what was started; what it threw comes out.
    static <T extends @Nullable Object> T result(FutureTask<T> task) throws Exception {
        try {
            return task.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Exception thrown -> throw thrown;
                case Error thrown -> throw thrown;
                case null, default -> throw e;
            }
        }
    }
}
