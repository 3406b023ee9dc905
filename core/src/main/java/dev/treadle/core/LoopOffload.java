package dev.treadle.core;

import dev.treadle.Awaitable;
import dev.treadle.Coroutine;
import dev.treadle.Future;
import dev.treadle.Promise;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/// Blocking work as the coroutines of a loop see it: futures around the [Offload] port.
final class LoopOffload {
    private final CoreEventLoop loop;
    private final Offload port;
    private @Nullable Thread waiting; // loop thread only: who waits for the end of all work

    LoopOffload(CoreEventLoop loop, Offload port) {
        this.loop = loop;
        this.port = port;
    }

    <T extends @Nullable Object> Future<T> submit(Callable<T> action) {
        Objects.requireNonNull(action, "action");
        Promise<T> promise = loop.createPromise();
        try {
            port.submit(() -> run(action, promise));
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException(
                    "loop " + loop.name() + " takes no more blocking work: its pool was shut down",
                    e);
        }
        return promise;
    }

    private static <T extends @Nullable Object> void run(Callable<T> action, Promise<T> promise) {
        if (promise.isDone()) {
            return; // cancelled before a thread was free
        }
        try {
            promise.tryComplete(action.call());
        } catch (Throwable e) {
            promise.tryFail(e);
        }
    }

    Awaitable<Boolean> shutdown(Duration timeout) {
        return Coroutine.of(() -> {
            port.shutdown();
            if (port.awaitTermination(0)) {
                return true;
            }
            Promise<Boolean> ended = loop.createPromise();
            waiting = startWaiting(ended, timeout);
            return ended.await();
        });
    }

    /// Blocks on a thread of its own until the work under way has ended.
    private Thread startWaiting(Promise<Boolean> ended, Duration timeout) {
        return Thread.ofPlatform()
                .daemon()
                .name("treadle-" + loop.scheduler() + "-" + loop.name() + "-offload-shutdown")
                .start(() -> {
                    try {
                        ended.tryComplete(port.awaitTermination(timeout.toNanos()));
                    } catch (InterruptedException e) {
                        ended.tryComplete(false); // the loop was closed, and nobody waits any more
                    }
                });
    }

    /// Refuses further work, and ends the thread that waits for what is under way.
    void close() {
        port.shutdown();
        Thread thread = waiting;
        if (thread != null) {
            thread.interrupt();
            Joining.uninterruptibly(thread);
        }
    }
}
