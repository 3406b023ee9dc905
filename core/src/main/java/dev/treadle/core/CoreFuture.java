package dev.treadle.core;

import dev.treadle.CancelledError;
import dev.treadle.Future;
import dev.treadle.InvalidStateException;
import dev.treadle.spi.Execution;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A future in one word: who waits for it while it is pending, how it ended afterwards.
abstract class CoreFuture<T extends @Nullable Object> implements Future<T> {
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(CoreFuture.class, "state", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final CoreEventLoop loop;

    // null or Waiter -> Waiter                  a waiter joins; the newest is the head
    // Waiter         -> null or shorter list    waiters are removed
    // null or Waiter -> Outcome or plain value  done, by whoever is first; final
    private volatile @Nullable Object state; // any thread, CAS

    CoreFuture(CoreEventLoop loop) {
        this.loop = loop;
    }

    // ---- completing

    final boolean succeed(T value) {
        return finish(value == null ? Outcome.Null.VALUE : value);
    }

    final boolean fails(Throwable exception) {
        return finish(new Outcome.Failed(exception));
    }

    final boolean cancelled(@Nullable Object message, @Nullable CancelledError escaped) {
        return finish(new Outcome.Cancelled(message, escaped));
    }

    final boolean finish(Object outcome) {
        Object seen;
        do {
            seen = state;
            if (isOutcome(seen)) {
                return false;
            }
        } while (!STATE.compareAndSet(this, seen, outcome));
        Waiter waiters = reverse((Waiter) seen);
        if (outcome instanceof Outcome.Failed failed) {
            Unretrieved.watch(this, failed, waiters);
        }
        tell(waiters);
        return true;
    }

    private static void tell(@Nullable Waiter oldest) {
        for (Waiter waiter = oldest; waiter != null; ) {
            Waiter next =
                    waiter.nextWaiter(); // before it is told, because it may then wait elsewhere
            waiter.nextWaiter(null);
            waiter.futureDone();
            waiter = next;
        }
    }

    /// Turns a list round.
    private static @Nullable Waiter reverse(@Nullable Waiter first) {
        return stack(first, null);
    }

    /// Puts the waiters of a list one after the other on top of another list.
    private static @Nullable Waiter stack(@Nullable Waiter first, @Nullable Waiter below) {
        Waiter top = below;
        for (Waiter waiter = first; waiter != null; ) {
            Waiter next = waiter.nextWaiter();
            waiter.nextWaiter(top);
            top = waiter;
            waiter = next;
        }
        return top;
    }

    private static boolean isOutcome(@Nullable Object seen) {
        return seen != null && !(seen instanceof Waiter);
    }

    // ---- waiting

    /// Adds a waiter; if this is done already, it is told at once.
    final void addWaiter(Waiter waiter) {
        Object seen;
        do {
            seen = state;
            if (isOutcome(seen)) {
                waiter.nextWaiter(null);
                waiter.futureDone();
                return;
            }
            waiter.nextWaiter((Waiter) seen);
        } while (!STATE.compareAndSet(this, seen, waiter));
    }

    /// Removes waiters that match; returns how many.
    ///
    /// The list is taken out, searched in private and put back, so that whoever completes this
    /// meanwhile never walks a list that is being changed; those in private hands are then told by
    /// this. One searches at a time: another would see an empty list.
    private int removeWaiters(Predicate<Waiter> unwanted) {
        synchronized (loop.removing) {
            return searchAndRemove(unwanted);
        }
    }

    private int searchAndRemove(Predicate<Waiter> unwanted) {
        int removed = 0;
        Waiter kept = null; // newest first
        Waiter left = reverse(take()); // oldest first
        try {
            while (left != null) {
                boolean goes = unwanted.test(left); // may call the user's equals()
                Waiter next = left.nextWaiter();
                left.nextWaiter(goes ? null : kept);
                kept = goes ? kept : left;
                removed += goes ? 1 : 0;
                left = next;
            }
        } finally {
            putBack(stack(left, kept)); // all of them, if that has thrown
        }
        return removed;
    }

    /// Puts waiters back below those that have joined meanwhile, or tells them if this is done.
    private void putBack(@Nullable Waiter newest) {
        Waiter all = newest;
        while (all != null && !STATE.compareAndSet(this, (Object) null, all)) {
            if (isDone()) {
                tell(reverse(all));
                return;
            }
            all = stack(reverse(take()), all);
        }
    }

    /// Removes a waiter; false if it is not there, and so has been told or is about to be.
    final boolean removeWaiter(Waiter waiter) {
        return removeWaiters(each -> each == waiter) > 0;
    }

    private @Nullable Waiter take() {
        Object seen;
        do {
            seen = state;
            if (!(seen instanceof Waiter)) {
                return null;
            }
        } while (!STATE.compareAndSet(this, seen, (Object) null));
        return (Waiter) seen;
    }

    /// Who waits for this, each once, oldest first. From any thread: the list may change while it
    /// is walked, and a waiter that is told meanwhile may lead into the list of another future. So
    /// it counts only if nothing has happened to it until the end was reached.
    final List<Future<?>> awaiters() {
        for (int attempt = 0; attempt < 3; attempt++) {
            Object seen = state;
            if (!(seen instanceof Waiter newest)) {
                return List.of();
            }
            List<Future<?>> found = new ArrayList<>();
            int left = 1_000_000;
            Waiter waiter = newest;
            for (; waiter != null && left > 0; waiter = waiter.nextWaiter()) {
                Future<?> awaiter = waiter.awaiter();
                if (awaiter != null) {
                    found.add(awaiter);
                }
                left--;
            }
            if (state == seen && waiter == null) {
                return found.reversed().stream().distinct().toList();
            }
        }
        return List.of();
    }

    /// The task that holds what this waits for, if that is known. From any thread.
    @Nullable CoreTask<?> holder() {
        return null;
    }

    /// The frames that created this; empty unless the loop was in debug mode.
    List<StackTraceElement> createdAt() {
        return List.of();
    }

    @Override
    public T await() {
        Runner runner = loop.dispatcher.holder();
        if (runner == null) {
            return awaitElsewhere();
        }
        CoreTask<?> task = runner.requireTask();
        if (!isDone()) {
            task.suspendFor(this, runner);
        }
        return result();
    }

    /// Awaits in a task of another loop, or in a generator that a task drives.
    private T awaitElsewhere() {
        Execution execution = Execution.current();
        execution.requireTask();
        if (isDone()) {
            return result();
        }
        return switch (execution) {
            case ParallelExecution own when own.loop() == loop -> {
                own.requireTask().suspendFor(this);
                yield result();
            }
            case ParallelExecution other -> throw attachedElsewhere(other.requireTask());
            case Runner other -> throw attachedElsewhere(other.requireTask());
            default -> execution.onTaskStack(this::await);
        };
    }

    /// Its loop would not resume a task of another one.
    private IllegalStateException attachedElsewhere(CoreTask<?> task) {
        return new IllegalStateException(
                task
                        + " awaits "
                        + this
                        + ", which is attached to a different loop: "
                        + loop.name());
    }

    @Override
    public void addDoneCallback(Consumer<? super Future<T>> callback) {
        addWaiter(new DoneCallback<>(this, callback, loop.captureContext()));
    }

    @Override
    public int removeDoneCallback(Consumer<? super Future<T>> callback) {
        return removeWaiters(
                waiter -> waiter instanceof DoneCallback<?> done && done.action.equals(callback));
    }

    // ---- asking

    /// Takes note that somebody knows of the failure, if there is one.
    final void retrieved() {
        if (state instanceof Outcome.Failed failed) {
            failed.retrieved();
        }
    }

    @Override
    public final boolean isDone() {
        return isOutcome(state);
    }

    @Override
    public final boolean isCancelled() {
        return state instanceof Outcome.Cancelled;
    }

    @Override
    @SuppressWarnings({
        "unchecked",
        "NullAway"
    }) // a plain value, or null, is what succeed(T) was given
    public final T result() {
        Object seen = state;
        return switch (seen) {
            case null -> throw pending("result");
            case Waiter _ -> throw pending("result");
            case Outcome.Null _ -> (T) null;
            case Outcome.Cancelled cancelled -> throw cancelled.error();
            case Outcome.Failed failed -> throw rethrown(failed);
            default -> (T) seen;
        };
    }

    private static RuntimeException rethrown(Outcome.Failed failed) {
        failed.retrieved();
        return switch (failed.exception) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new CompletionException(failed.exception);
        };
    }

    @Override
    public final @Nullable Throwable exception() {
        return switch (state) {
            case null -> throw pending("exception");
            case Waiter _ -> throw pending("exception");
            case Outcome.Cancelled cancelled -> throw cancelled.error();
            case Outcome.Failed failed -> {
                failed.retrieved();
                yield failed.exception;
            }
            default -> null;
        };
    }

    private InvalidStateException pending(String what) {
        return new InvalidStateException(
                what
                        + " is not set: "
                        + this
                        + " is still pending; await it, or ask isDone() first");
    }

    @Override
    public CoreEventLoop loop() {
        return loop;
    }

    // ---- java.util.concurrent.Future, for threads

    @Override
    public T get() throws InterruptedException, ExecutionException {
        block(0);
        return outcome();
    }

    @Override
    public T get(long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (!block(Math.max(1, unit.toNanos(timeout)))) {
            throw new TimeoutException(this + " is still pending");
        }
        return outcome();
    }

    /// Blocks until this is done; false if the time ran out, 0 for no limit.
    private boolean block(long timeoutNanos) throws InterruptedException {
        if (isDone()) {
            return true;
        }
        if (loop.isCurrent()) {
            throw new IllegalStateException(
                    "get() on the loop's own thread would wait for itself: call await() in a coroutine, result() in a callback");
        }
        Probe probe = loop.probe;
        if (probe != null && timeoutNanos == 0) {
            probe.blocking(this);
        }
        BlockedThread blocked = new BlockedThread();
        addWaiter(blocked);
        long deadline = System.nanoTime() + timeoutNanos;
        while (!isDone()) {
            long left = deadline - System.nanoTime();
            boolean interrupted = Thread.interrupted();
            if (interrupted || (timeoutNanos > 0 && left <= 0)) {
                removeWaiter(blocked);
                if (interrupted) {
                    throw new InterruptedException();
                }
                return isDone();
            }
            if (timeoutNanos > 0) {
                LockSupport.parkNanos(this, left);
            } else {
                LockSupport.park(this);
            }
        }
        return true;
    }

    private T outcome() throws ExecutionException {
        Object seen = state;
        if (seen instanceof Outcome.Failed failed) {
            failed.retrieved();
            throw new ExecutionException(failed.exception);
        }
        if (seen instanceof Outcome.Cancelled cancelled) {
            CancellationException exception = new CancellationException(this + " was cancelled");
            exception.initCause(cancelled.error());
            throw exception;
        }
        return result();
    }

    @Override
    public T resultNow() {
        Object seen = state;
        if (!isOutcome(seen)
                || seen instanceof Outcome.Failed
                || seen instanceof Outcome.Cancelled) {
            throw new IllegalStateException(this + " has not succeeded");
        }
        return result();
    }

    @Override
    public Throwable exceptionNow() {
        if (state instanceof Outcome.Failed failed) {
            failed.retrieved();
            return failed.exception;
        }
        throw new IllegalStateException(this + " has not failed");
    }

    @Override
    public State state() {
        return switch (state) {
            case null -> State.RUNNING;
            case Waiter _ -> State.RUNNING;
            case Outcome.Cancelled _ -> State.CANCELLED;
            case Outcome.Failed _ -> State.FAILED;
            default -> State.SUCCESS;
        };
    }

    /// What `toString()` says of the state.
    final String describeState() {
        Object seen = state;
        return switch (seen) {
            case null -> "pending";
            case Waiter _ -> "pending";
            case Outcome.Null _ -> "result=null";
            case Outcome.Cancelled _ -> "cancelled";
            case Outcome.Failed failed -> "exception=" + failed.exception;
            default -> "result=" + seen;
        };
    }
}
