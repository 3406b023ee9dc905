package dev.treadle.core;

import dev.treadle.Awaitable;
import dev.treadle.Coroutine;
import dev.treadle.Future;
import dev.treadle.LoopStatistics;
import dev.treadle.Promise;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Blocking work as the coroutines of a loop see it: futures around the [Offload] port.
final class LoopOffload {
    private final CoreEventLoop loop;
    private final Offload port;
    private final Counter submitted = Counter.shared();
    private final Counter taken = Counter.shared(); // by a thread of the pool
    private final Counter ended = Counter.shared();
    // Written by tasks, read by who closes the loop: who waits for the end of all work.
    private volatile @Nullable Thread waiting;

    LoopOffload(CoreEventLoop loop, Offload port) {
        this.loop = loop;
        this.port = port;
    }

    <T extends @Nullable Object> Future<T> submit(Callable<T> action) {
        Objects.requireNonNull(action, "action");
        Promise<T> promise = loop.createPromise();
        try {
            port.submit(() -> take(action, promise));
        } catch (RejectedExecutionException e) {
            loop.counters.refused.increment();
            throw new IllegalStateException(
                    "loop " + loop.name() + " takes no more blocking work: its pool was shut down",
                    e);
        }
        submitted.increment();
        return promise;
    }

    private <T extends @Nullable Object> void take(Callable<T> action, Promise<T> promise) {
        taken.increment();
        Measuring measuring = loop.dispatcher.measuring();
        long began = measuring == null ? 0 : measuring.now();
        Runnable telling = call(action, promise);
        ended.increment();
        if (measuring != null) {
            measuring.offloadEnded(began);
        }
        telling.run(); // last, so that who awaits it finds it counted
    }

    /// From any thread. Work that ends while this looks is none that never began.
    LoopStatistics.Offload statistics() {
        long over = ended.get();
        long begun = taken.get();
        long all = submitted.get();
        return new LoopStatistics.Offload(
                (int) (begun - over), (int) Math.max(0, all - begun), port.limit());
    }

    /// Does the work; returns what tells of its outcome.
    private static <T extends @Nullable Object> Runnable call(
            Callable<T> action, Promise<T> promise) {
        if (promise.isDone()) {
            return () -> {}; // cancelled before a thread was free
        }
        try {
            T result = action.call();
            return () -> promise.tryComplete(result);
        } catch (Throwable e) {
            return () -> promise.tryFail(e);
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
                .name(loop.threadName("offload-shutdown"))
                .start(() -> {
                    try {
                        ended.tryComplete(
                                port.awaitTermination(TimeUnit.NANOSECONDS.convert(timeout)));
                    } catch (InterruptedException e) {
                        ended.tryComplete(false); // the loop was closed, and nobody waits any more
                    } finally {
                        port.terminationTold();
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
