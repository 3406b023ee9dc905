package dev.treadle.core;

import dev.treadle.FatalError;
import dev.treadle.Future;
import dev.treadle.Task;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Stops a loop when the future is done for which it runs.
final class StopWhenDone<T extends @Nullable Object> implements Consumer<Future<T>> {
    private final CoreEventLoop loop;
    private final boolean mayEndRun; // the future is a task that the run is to see failing fatally
    private volatile boolean over; // written by who runs the loop, read by its holder

    StopWhenDone(CoreEventLoop loop, Future<T> future) {
        this.loop = loop;
        this.mayEndRun = future instanceof Task<?> && !future.isDone();
    }

    /// Keeps this from stopping the next run, where it may be queued after a fatal error has ended
    /// this one.
    void runIsOver() {
        over = true;
    }

    @Override
    public void accept(Future<T> done) {
        if (!over && !(mayEndRun && hasFailedFatally(done))) {
            loop.stop();
        }
    }

    /// If so, the error leaves the run by itself.
    private static boolean hasFailedFatally(Future<?> done) {
        return done.state() == java.util.concurrent.Future.State.FAILED
                && done.exceptionNow() instanceof FatalError;
    }
}
