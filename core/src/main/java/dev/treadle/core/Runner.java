package dev.treadle.core;

import dev.treadle.Context;
import dev.treadle.EventLoop;
import dev.treadle.spi.Execution;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A virtual thread that runs entries of the ready queue while it holds the loop's turn.
///
/// It is *idle*, or *running* with the turn held, or *suspended* with the stack of one task on it.
/// Only the one that holds the turn runs; the others are parked in [#awaitTurn()].
final class Runner implements Execution, Runnable {
    private static final VarHandle GRANTED;

    static {
        try {
            GRANTED = MethodHandles.lookup().findVarHandle(Runner.class, "granted", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Dispatcher dispatcher;
    private @Nullable Thread thread; // written before the thread starts
    private @Nullable ReadyEntry assigned; // published by granted: what to run first

    // Set by the one that passes the turn, read by this one, both volatile. Unparking is no fence
    // where a permit is left from before: this one could take that, not see the turn, and park.
    // Cleared by this one.
    private boolean granted;
    private boolean ending; // published by granted: there is no turn, the thread is to end

    Runner(Dispatcher dispatcher) {
        this.dispatcher = dispatcher;
    }

    void start(Thread started) {
        thread = started;
        started.start();
    }

    /// Passes the turn. By its holder, who must not touch the loop's state afterwards.
    void grant(@Nullable ReadyEntry first) {
        assigned = first;
        GRANTED.setVolatile(this, true);
        LockSupport.unpark(thread);
    }

    /// Has an idle runner end. By the holder of the turn.
    void end() {
        ending = true;
        grant(null);
    }

    /// Parks until the turn is granted; returns what was assigned with it.
    @Nullable ReadyEntry awaitTurn() {
        boolean interrupted = false;
        while (!(boolean) GRANTED.getVolatile(this)) {
            LockSupport.park(this);
            // A set interrupt flag would keep park from parking; it is the user's, so it is put
            // back.
            interrupted |= Thread.interrupted();
        }
        granted = false;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        ReadyEntry first = assigned;
        assigned = null;
        if (!ending) {
            dispatcher.taken(this, Thread.currentThread());
        }
        return first;
    }

    @Override
    public void run() {
        Execution.call(
                this,
                () -> {
                    runEntries();
                    return null;
                });
    }

    private void runEntries() {
        ReadyEntry entry = awaitTurn();
        while (!ending) {
            if (entry == null) {
                entry = dispatcher.next();
            }
            if (entry != null && entry.suspendedOn() == null) {
                dispatcher.execute(entry);
                clearInterrupt();
                entry = dispatcher.endEagerStart();
            } else if (dispatcher.retire(this, entry)) {
                entry = awaitTurn();
            } else {
                return;
            }
        }
    }

    /// An interrupt was meant for the step that has ended; the next one is not to see it.
    @SuppressWarnings("CheckReturnValue")
    private static void clearInterrupt() {
        Thread.interrupted();
    }

    @Override
    public @Nullable Thread thread() {
        return thread;
    }

    @Override
    public boolean isParallel() {
        return dispatcher.loop.isParallel();
    }

    @Override
    public EventLoop loop() {
        return dispatcher.loop;
    }

    @Override
    public @Nullable CoreTask<?> task() {
        return dispatcher.currentTask();
    }

    @Override
    public CoreTask<?> requireTask() {
        CoreTask<?> task = task();
        return task != null ? task : (CoreTask<?>) Execution.super.requireTask();
    }

    @Override
    public @Nullable Context context() {
        return dispatcher.currentContext();
    }

    @Override
    public <T extends @Nullable Object, X extends Throwable> T callIn(
            Context context, ScopedValue.CallableOp<? extends T, X> action) throws X {
        Context before = dispatcher.changeContext(context);
        try {
            return action.call();
        } finally {
            dispatcher.changeContext(before);
        }
    }

    @Override
    public <T extends @Nullable Object> T onTaskStack(Supplier<T> action) {
        return action.get();
    }
}
