package dev.treadle;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The way into a loop from a thread that runs none.
final class Threads {
    private Threads() {}

    static <T extends @Nullable Object> java.util.concurrent.Future<T> runCoroutine(
            Coroutine<T> coroutine, EventLoop loop) {
        CompletableFuture<T> view = new CompletableFuture<>();
        AtomicReference<@Nullable Task<T>> started = new AtomicReference<>();
        try {
            loop.callSoonThreadsafe(() -> start(coroutine, loop, view, started));
        } catch (IllegalStateException e) {
            coroutine.close();
            throw e;
        }
        view.whenComplete((_, _) -> {
            Task<T> task = started.get();
            if (view.isCancelled() && task != null) {
                Stages.cancelOnLoop(task);
            }
        });
        return view;
    }

    private static <T extends @Nullable Object> void start(
            Coroutine<T> coroutine,
            EventLoop loop,
            CompletableFuture<T> view,
            AtomicReference<@Nullable Task<T>> started) {
        if (view.isDone()) { // cancelled before the loop came to it
            coroutine.close();
            return;
        }
        Task<T> task;
        try {
            task = loop.createTask(coroutine);
        } catch (RuntimeException e) {
            view.completeExceptionally(e);
            throw e; // the loop's exception handler is to know as well
        }
        started.set(task);
        task.addDoneCallback(done -> Stages.mirror(done, view));
        if (view.isCancelled()) { // cancelled while the task was being created
            task.cancel();
        }
    }
}
