package dev.treadle;

import dev.treadle.spi.Droppable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The bridge between futures and `CompletionStage`, both ways.
final class Stages {
    private Stages() {}

    // ---- from a stage

    static <T extends @Nullable Object> Future<T> from(CompletionStage<T> stage, EventLoop loop) {
        Promise<T> promise = loop.createPromise();
        stage.whenComplete((value, failure) -> {
            if (failure == null) {
                promise.tryComplete(value);
            } else if (failure instanceof CancellationException) {
                promise.cancel();
            } else {
                promise.tryFail(unwrap(failure));
            }
        });
        promise.addDoneCallback(done -> {
            if (done.isCancelled()) {
                cancel(stage);
            }
        });
        return promise;
    }

    private static void cancel(CompletionStage<?> stage) {
        CompletableFuture<?> future;
        try {
            future = stage.toCompletableFuture();
        } catch (UnsupportedOperationException _) {
            return; // a stage need not be one; then nobody can cancel it
        }
        future.cancel(true);
    }

    static Throwable unwrap(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
    }

    // ---- to a stage

    static <T extends @Nullable Object> CompletableFuture<T> toCompletableFuture(Future<T> future) {
        CompletableFuture<T> view = new ForeignView<>(future.loop());
        future.addDoneCallback(new Mirror<>(future, view));
        view.whenComplete((_, _) -> {
            if (view.isCancelled()) {
                cancelOnLoop(future);
            }
        });
        return view;
    }

    /// Completes a view as its future is, on the loop, or when the loop is closed.
    static final class Mirror<T extends @Nullable Object>
            implements Consumer<Future<T>>, Droppable {
        private final Future<T> future;
        private final CompletableFuture<T> view;

        Mirror(Future<T> future, CompletableFuture<T> view) {
            this.future = future;
            this.view = view;
        }

        @Override
        public void accept(Future<T> done) {
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

        @Override
        public void dropped() {
            accept(future); // it is done: that is why this was queued
        }
    }

    /// What a thread is told that waits for something of a loop that was closed.
    static CancellationException closed(EventLoop loop) {
        return new CancellationException("event loop " + loop.name() + " was closed");
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
}
