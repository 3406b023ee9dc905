package dev.treadle;

import dev.treadle.spi.AwaitLink;
import dev.treadle.spi.CancelRequests;
import dev.treadle.spi.Execution;
import dev.treadle.spi.Guard;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One run of [Async#gather] or [Async#gatherSettled].
///
/// @param <T> the result of each member
/// @param <R> what the gathering future gives
final class Gathering<T extends @Nullable Object, R> {
    // One for each argument; a member given twice is there twice.
    private final List<Future<T>> places;
    private final Collection<Future<T>> members; // each once, in the order of its first place
    private final boolean failFast;
    private final Function<List<Future<T>>, R> collect;
    private final Promise<R> outer;
    private final Guard guard = new Guard();
    private int finished; // guarded
    private int asking; // guarded: how many are asking the members to cancel
    private @Nullable Future<? extends T>
            last; // guarded: the member that ended meanwhile, as the last
    private boolean failed; // guarded: with the failure of a member
    private boolean cancelRequested; // guarded
    private @Nullable Object cancelMessage; // guarded

    private Gathering(
            List<Future<T>> places,
            boolean failFast,
            Function<List<Future<T>>, R> collect,
            EventLoop loop) {
        this.places = places;
        this.members = List.copyOf(new LinkedHashSet<>(places));
        this.failFast = failFast;
        this.collect = collect;
        this.outer =
                members.isEmpty() ? loop.createPromise() : loop.createPromise(this::cancelMembers);
    }

    static <T extends @Nullable Object> Future<List<T>> results(
            Collection<? extends Awaitable<? extends T>> awaitables, EventLoop loop) {
        return new Gathering<T, List<T>>(
                        Gathering.<T>start(awaitables, loop), true, Gathering::results, loop)
                .run();
    }

    static <T extends @Nullable Object> Future<List<Future<T>>> settled(
            Collection<? extends Awaitable<T>> awaitables, EventLoop loop) {
        return new Gathering<T, List<Future<T>>>(
                        Gathering.<T>start(awaitables, loop), false, List::copyOf, loop)
                .run();
    }

    /// Makes a future of each; one that is given several times is there several times.
    static <T extends @Nullable Object> List<Future<T>> start(
            Collection<? extends Awaitable<? extends T>> awaitables, EventLoop loop) {
        var started = new IdentityHashMap<Awaitable<? extends T>, Future<T>>();
        List<Future<T>> places = new ArrayList<>(awaitables.size());
        for (Awaitable<? extends T> awaitable : awaitables) {
            Future<T> member = started.get(awaitable);
            if (member == null) {
                @SuppressWarnings(
                        "unchecked") // a future only gives values, so one of a subtype will do
                Future<T> future = (Future<T>) loop.ensureFuture(awaitable);
                member = future;
                started.put(awaitable, member);
            }
            places.add(member);
        }
        return places;
    }

    private static <T extends @Nullable Object> List<T> results(List<Future<T>> done) {
        List<T> values = new ArrayList<>(done.size());
        for (Future<T> future : done) {
            values.add(future.result());
        }
        return values;
    }

    private Future<R> run() {
        if (members.isEmpty()) {
            outer.complete(collect.apply(places));
            return outer;
        }
        List<Future<T>> alreadyDone = new ArrayList<>();
        for (Future<T> member : members) {
            if (member.isDone()) {
                alreadyDone.add(member);
            } else {
                member.addDoneCallback(AwaitLink.of(outer, this::memberEnded));
            }
        }
        alreadyDone.forEach(this::memberEnded);
        return outer;
    }

    /// Asks the members to cancel; false if it is too late for that.
    private boolean cancelMembers(@Nullable Object message) {
        ensureOnLoop();
        try (var _ = guard.enter()) {
            asking++;
            cancelMessage = message; // should it come to that
        }
        boolean any = false;
        try {
            for (Future<T> member : members) {
                any |= member.cancel(message);
            }
        } finally {
            any = asked(any);
        }
        return any;
    }

    private void ensureOnLoop() {
        EventLoop loop = outer.loop();
        if (loop.isRunning() && Execution.current().loop() != loop) {
            throw new IllegalStateException(
                    "a gathering is cancelled on the thread of its loop: call"
                            + " loop.callSoonThreadsafe(future::cancel)");
        }
    }

    private boolean asked(boolean any) {
        try (var _ = guard.enter()) {
            asking--;
            boolean accepted = any && !failed;
            if (accepted) {
                // Whatever the members make of it, whoever cancelled the gathering is to see it
                // cancelled.
                cancelRequested = true;
            }
            Future<? extends T> waiting = last;
            if (asking == 0 && waiting != null) {
                last = null;
                finish(waiting);
            }
            return accepted;
        }
    }

    private void memberEnded(Future<? extends T> member) {
        try (var _ = guard.enter()) {
            note(member);
        }
    }

    private void note(Future<? extends T> member) {
        finished++;
        Throwable failure =
                member.isCancelled() ? null : member.exception(); // looking marks it as retrieved
        if (outer.isDone()) {
            return;
        }
        if (failFast && member.isCancelled()) {
            outer.fail(errorOf(member));
        } else if (failFast && failure != null) {
            boolean missed = (cancelRequested || asking > 0) && CancelRequests.isMissedBy(member);
            failed = !missed;
            outer.fail(missed ? cancelledBeside(failure) : failure);
        } else if (finished == members.size()) {
            if (asking > 0) {
                last = member; // whether it is to be cancelled is about to be known
            } else {
                finish(member);
            }
        }
    }

    /// The member has failed before it could learn that it was to be cancelled: who asked for that
    /// is to learn of it all the same.
    private CancelledError cancelledBeside(Throwable failure) {
        CancelledError error = new CancelledError(cancelMessage);
        error.addSuppressed(failure);
        return error;
    }

    private void finish(Future<? extends T> member) {
        if (cancelRequested) {
            outer.fail(member.isCancelled() ? errorOf(member) : new CancelledError(cancelMessage));
        } else {
            outer.complete(collect.apply(places));
        }
    }

    private static CancelledError errorOf(Future<?> cancelled) {
        try {
            cancelled.result();
        } catch (CancelledError e) {
            return e;
        }
        throw new IllegalStateException("a cancelled future gave a result: " + cancelled);
    }
}
