package dev.treadle;

import dev.treadle.spi.AwaitLink;
import dev.treadle.spi.Execution;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Sleeping and waiting: what [Async] offers for time and for futures.
final class Waiting {
    private Waiting() {}

    static <T extends @Nullable Object> Coroutine<T> sleep(Duration delay, T result) {
        boolean positive = Deadlines.isPositive(delay);
        return Coroutine.of(() -> {
            EventLoop loop = EventLoop.running();
            if (!positive) {
                loop.yieldNow().await();
                return result;
            }
            Promise<T> woken = loop.createPromise();
            Handle timer = loop.callLater(delay, () -> woken.tryComplete(result));
            try {
                if (woken.isDone()) { // as a timer beside this can have it
                    loop.yieldNow().await(); // who sleeps gives up control, and can be cancelled
                }
                return woken.await();
            } finally {
                timer.cancel();
            }
        });
    }

    static <F extends Future<?>> Coroutine<Async.Waited<F>> wait(
            Collection<F> futures, Async.When when, @Nullable Duration timeout) {
        Set<F> members = new LinkedHashSet<>(futures);
        if (members.isEmpty()) {
            throw new IllegalArgumentException("the set of futures to wait for is empty");
        }
        return Coroutine.of(() -> {
            awaitSome(members, when, timeout);
            Set<F> done = new LinkedHashSet<>();
            Set<F> pending = new LinkedHashSet<>();
            for (F member : members) {
                (member.isDone() ? done : pending).add(member);
            }
            return new Async.Waited<>(
                    Collections.unmodifiableSet(done), Collections.unmodifiableSet(pending));
        });
    }

    private static void awaitSome(
            Set<? extends Future<?>> members, Async.When when, @Nullable Duration timeout) {
        EventLoop loop = EventLoop.running();
        Promise<@Nullable Void> enough = loop.createPromise();
        Handle timer =
                timeout == null ? null : loop.callLater(timeout, () -> enough.tryComplete(null));
        int[] left = {members.size()};
        Consumer<Future<?>> onDone =
                AwaitLink.of(
                        Execution.current().requireTask(),
                        member -> {
                            left[0]--;
                            if (left[0] <= 0
                                    || when == Async.When.FIRST_COMPLETED
                                    || (when == Async.When.FIRST_EXCEPTION
                                            && !member.isCancelled()
                                            && member.exception() != null)) {
                                if (timer != null) {
                                    timer.cancel();
                                }
                                enough.tryComplete(null);
                            }
                        });
        members.forEach(member -> member.addDoneCallback(onDone));
        try {
            enough.await();
        } finally {
            if (timer != null) {
                timer.cancel();
            }
            members.forEach(member -> member.removeDoneCallback(onDone));
        }
    }

    static <T extends @Nullable Object> Coroutine<T> waitFor(
            Awaitable<T> awaitable, Duration timeout) {
        if (Deadlines.isPositive(timeout)) {
            return Async.timeout(timeout, () -> awaitable.await());
        }
        return Coroutine.of(() -> {
            Future<T> future = EventLoop.running().ensureFuture(awaitable);
            if (future.isDone()) {
                return future.result();
            }
            cancelAndAwait(future);
            try {
                return future.result();
            } catch (CancelledError e) {
                throw new TimeoutError("the time limit has passed", e);
            }
        });
    }

    private static void cancelAndAwait(Future<?> future) {
        Promise<@Nullable Void> ended = future.loop().createPromise();
        Consumer<Future<?>> onDone =
                AwaitLink.of(Execution.current().requireTask(), _ -> ended.tryComplete(null));
        future.addDoneCallback(onDone);
        try {
            future.cancel();
            ended.await();
        } finally {
            future.removeDoneCallback(onDone);
        }
    }
}
