package dev.treadle.core;

import dev.treadle.EventLoop.Problem;
import java.lang.ref.Cleaner;
import org.jspecify.annotations.Nullable;

/// Reports a failure that nobody looked at, when its future has been collected.
final class Unretrieved implements Runnable {
    private static final Cleaner CLEANER =
            Cleaner.create(Thread.ofVirtual().name("treadle-unretrieved").factory());

    private final CoreEventLoop loop;
    private final Outcome.Failed failed;
    private final String future;

    private Unretrieved(CoreFuture<?> future, Outcome.Failed failed) {
        this.loop = future.loop();
        this.failed = failed;
        this.future = future.toString();
    }

    /// Watches a future that has just failed, unless one of its waiters is sure to look.
    static void watch(CoreFuture<?> future, Outcome.Failed failed, @Nullable Waiter waiters) {
        for (Waiter waiter = waiters; waiter != null; waiter = waiter.nextWaiter()) {
            if (waiter.retrieves()) {
                return;
            }
        }
        // What is registered must not reference the future, which would then never be collected.
        CLEANER.register(future, new Unretrieved(future, failed));
    }

    @Override
    public void run() {
        if (!failed.retrieved) {
            loop.reportFromAnyThread(
                    Problem.of("exception was never retrieved from " + future, failed.exception));
        }
    }
}
