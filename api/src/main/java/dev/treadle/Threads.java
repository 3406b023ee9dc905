package dev.treadle;

import dev.treadle.spi.Droppable;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/// The way into a loop from a thread that runs none.
final class Threads {
    private Threads() {}

    static <T extends @Nullable Object> CompletableFuture<T> runCoroutine(
            Coroutine<T> coroutine, EventLoop loop) {
        Start<T> start = new Start<>(coroutine, loop);
        try {
            loop.callSoonThreadsafe(start);
        } catch (IllegalStateException e) {
            coroutine.close();
            throw e;
        }
        start.view.whenComplete((_, _) -> start.cancelIfViewIs());
        return start.view;
    }

    static <T extends @Nullable Object> Future<T> offload(
            Callable<T> action, Executor executor, EventLoop loop) {
        Objects.requireNonNull(action, "action");
        if (loop.isClosed()) {
            throw new IllegalStateException("event loop " + loop.name() + " is closed");
        }
        Promise<T> promise = loop.createPromise();
        try {
            executor.execute(() -> work(action, promise));
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException("executor " + executor + " takes no more work", e);
        }
        return promise;
    }

    private static <T extends @Nullable Object> void work(Callable<T> action, Promise<T> promise) {
        if (promise.isDone()) {
            return; // cancelled before a thread was free
        }
        try {
            promise.tryComplete(action.call());
        } catch (Throwable e) {
            promise.tryFail(e);
        }
    }

    /// Makes the task, on the loop.
    private static final class Start<T extends @Nullable Object> implements Runnable, Droppable {
        final CompletableFuture<T> view;
        private final Coroutine<T> coroutine;
        private final EventLoop loop;
        private volatile @Nullable Task<T>
                started; // volatile: written on the loop, read by who cancels

        Start(Coroutine<T> coroutine, EventLoop loop) {
            this.coroutine = coroutine;
            this.loop = loop;
            this.view = new ForeignView<>(loop);
        }

        @Override
        public void run() {
            if (view.isDone()) { // cancelled before the loop came to it
                coroutine.close();
                return;
            }
            Task<T> task;
            try {
                task = loop.createTask(coroutine);
            } catch (Throwable e) {
                view.completeExceptionally(e);
                throw e; // the loop's exception handler is to know as well
            }
            started = task;
            task.addDoneCallback(new Stages.Mirror<>(task, view));
            if (view.isCancelled()) { // cancelled while the task was being created
                task.cancel();
            }
        }

        void cancelIfViewIs() {
            Task<T> task = started;
            if (view.isCancelled() && task != null) {
                Stages.cancelOnLoop(task);
            }
        }

        @Override
        public void dropped() {
            coroutine.close();
            view.completeExceptionally(Stages.closed(loop));
        }
    }
}
