package dev.treadle;

import dev.treadle.spi.AwaitLink;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What stands between a shielded future and whoever awaits it.
final class Shielding {
    // One for all shields, so that a future that several have given up is reported once.
    private static final Consumer<Future<?>> REPORT = Shielding::report;

    private Shielding() {}

    static <T extends @Nullable Object> Future<T> around(Awaitable<T> awaitable, EventLoop loop) {
        Future<T> inner = loop.ensureFuture(awaitable);
        if (inner.isDone()) {
            return inner;
        }
        Promise<T> outer = loop.createPromise();
        Consumer<Future<T>> mirror = AwaitLink.of(outer, done -> mirror(done, outer));
        inner.addDoneCallback(mirror);
        outer.addDoneCallback(_ -> {
            if (!inner.isDone()) {
                inner.removeDoneCallback(mirror);
                inner.removeDoneCallback(REPORT);
                inner.addDoneCallback(REPORT);
            }
        });
        return outer;
    }

    private static <T extends @Nullable Object> void mirror(Future<T> done, Promise<T> outer) {
        if (outer.isCancelled()) {
            return; // in the same iteration: nobody waits for it, and nobody has looked at it
        }
        if (done.isCancelled()) {
            outer.cancel();
            return;
        }
        Throwable failure = done.exception();
        if (failure != null) {
            outer.tryFail(failure);
        } else {
            outer.tryComplete(done.result());
        }
    }

    private static void report(Future<?> done) {
        Throwable failure = done.isCancelled() ? null : done.exception();
        if (failure != null) {
            done.loop()
                    .callExceptionHandler(
                            EventLoop.Problem.of(
                                            "exception in shielded future "
                                                    + done
                                                    + ", whose shield was cancelled",
                                            failure)
                                    .withFuture(done));
        }
    }
}
