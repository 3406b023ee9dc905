package dev.treadle;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// The bridge between futures and `CompletionStage`, both ways.
final class Stages {
    private Stages() {}

    static <T extends @Nullable Object> Future<T> from(CompletionStage<T> stage, EventLoop loop) {
        Promise<T> promise = loop.createPromise();
        stage.whenComplete((value, failure) -> {
            if (failure == null) {
                promise.tryComplete(value);
            } else if (failure instanceof java.util.concurrent.CancellationException) {
                promise.cancel();
            } else {
                promise.tryFail(unwrap(failure));
            }
        });
        promise.addDoneCallback(done -> {
            if (done.isCancelled()) {
                stage.toCompletableFuture().cancel(true);
            }
        });
        return promise;
    }

    static <T extends @Nullable Object> CompletableFuture<T> toCompletableFuture(Future<T> future) {
        CompletableFuture<T> view = new CompletableFuture<>();
        future.addDoneCallback(done -> mirror(done, view));
        view.whenComplete((_, _) -> {
            if (view.isCancelled()) {
                cancelOnLoop(future);
            }
        });
        return view;
    }

    /// Completes `view` as `done` is.
    static <T extends @Nullable Object> void mirror(
            Future<? extends T> done, CompletableFuture<T> view) {
        if (done.isCancelled()) {
            view.cancel(false);
            return;
        }
        Throwable failure = done.exception();
        if (failure == null) {
            view.complete(done.result());
        } else {
            view.completeExceptionally(failure);
        }
    }

    /// Cancels a future from whatever thread; a loop that is closed has nothing left to cancel.
    static void cancelOnLoop(Future<?> future) {
        if (future.isDone()) {
            return;
        }
        try {
            future.loop().callSoonThreadsafe(future::cancel);
        } catch (IllegalStateException e) {
            if (!future.loop().isClosed()) {
                throw e;
            }
        }
    }

    private static Throwable unwrap(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
    }
}
