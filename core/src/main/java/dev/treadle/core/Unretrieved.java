package dev.treadle.core;

import dev.treadle.Context;
import dev.treadle.EventLoop.Problem;
import java.lang.ref.Cleaner;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reports a failure that nobody looked at, when its future has been collected.
final class Unretrieved implements Runnable {
    private static final Cleaner CLEANER =
            Cleaner.create(Thread.ofVirtual().name("treadle-unretrieved").factory());

    private final CoreEventLoop loop;
    private final Outcome.Failed failed;
    private final String future;
    private final List<StackTraceElement> createdAt;
    private final Context context;

    private Unretrieved(CoreFuture<?> future, Outcome.Failed failed) {
        this.loop = future.loop();
        this.failed = failed;
        this.future = future.toString();
        this.createdAt = future.createdAt();
        this.context = future instanceof CoreTask<?> task ? task.context() : Context.empty();
    }

    /// Watches a future that has just failed, unless one of its waiters is sure to look.
    static void watch(CoreFuture<?> future, Outcome.Failed failed, @Nullable Waiter waiters) {
        for (Waiter waiter = waiters; waiter != null; waiter = waiter.nextWaiter()) {
            if (waiter.retrieves()) {
                return;
            }
        }
        Probe probe = future.loop().probe;
        if (probe != null) {
            probe.failedUnseen(new Seen(future, failed));
        }
        // What is registered must not lead to the future, which would then never be collected.
        failed.watchedBy(CLEANER.register(future, new Unretrieved(future, failed)));
    }

    /// What a probe is told of a failure.
    private record Seen(CoreFuture<?> future, Outcome.Failed failed) implements Probe.Failed {
        @Override
        public Throwable exception() {
            return failed.exception;
        }

        @Override
        public boolean isRetrieved() {
            return failed.isRetrieved();
        }
    }

    @Override
    public void run() {
        if (!failed.isRetrieved()) {
            loop.reportFromAnyThread(
                    Problem.of("exception was never retrieved from " + future, failed.exception)
                            .withCreatedAt(createdAt),
                    context.copy());
        }
    }
}
