package dev.treadle;

import dev.treadle.spi.Execution;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// What a loop is going to tell, for threads that know nothing of loops.
///
/// A thread that blocks here without a time limit blocks in a future of the loop: so the loop, and
/// a test that simulates it, knows that the thread waits for nobody else.
final class ForeignView<T extends @Nullable Object> extends CompletableFuture<T> {
    private final EventLoop loop;

    ForeignView(EventLoop loop) {
        this.loop = loop;
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        awaitDone();
        return super.get();
    }

    @Override
    public T join() {
        try {
            awaitDone();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // which does not end a join
        }
        return super.join();
    }

    private void awaitDone() throws InterruptedException {
        if (isDone() || Execution.current().loop() == loop) {
            return;
        }
        Promise<@Nullable Void> done = loop.createPromise();
        whenComplete((_, _) -> done.tryComplete(null));
        try {
            done.get();
        } catch (ExecutionException e) {
            throw new AssertionError("nobody fails this promise", e);
        }
    }
}
