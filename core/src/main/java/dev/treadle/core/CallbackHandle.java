package dev.treadle.core;

import dev.treadle.Context;
import dev.treadle.EventLoop.Problem;
import dev.treadle.FatalError;
import dev.treadle.Handle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;

/// A callback in the ready queue, and what its owner holds of it.
class CallbackHandle extends ReadyEntry implements Handle {
    static final int PENDING = 0;
    static final int RUNNING = 1;
    static final int ENDED = 2;
    static final int CANCELLED = 3;

    static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(CallbackHandle.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final CoreEventLoop loop;
    private final Context context;
    private Runnable callback; // read by the holder of the turn; forgotten by whoever cancels

    // PENDING -> RUNNING -> ENDED  by the holder of the turn
    // PENDING -> CANCELLED         by any thread
    volatile int state; // any thread, CAS

    CallbackHandle(CoreEventLoop loop, Runnable callback, Context context) {
        this.loop = loop;
        this.callback = Objects.requireNonNull(callback, "callback");
        this.context = Objects.requireNonNull(context, "context");
    }

    @Override
    boolean isObsolete() {
        return state == CANCELLED;
    }

    @Override
    void run() {
        Runnable action = callback;
        if (!STATE.compareAndSet(this, PENDING, RUNNING)) {
            return; // cancelled after it was polled
        }
        loop.dispatcher.enterCallback(context);
        try {
            action.run();
        } catch (FatalError e) {
            throw e;
        } catch (Throwable e) {
            loop.callExceptionHandler(
                    Problem.of("exception in callback " + action, e).withHandle(this));
        } finally {
            loop.dispatcher.leave();
            end();
        }
    }

    /// Takes note that the callback has ended. Weaker than volatile, because nobody waits to see
    /// it.
    void end() {
        STATE.setRelease(this, ENDED);
    }

    @Override
    public void cancel() {
        if (STATE.compareAndSet(this, PENDING, CANCELLED)) {
            // What it captured may be large, and a cancelled timer is kept for a while.
            callback = CallbackHandle::nothing;
            onCancelled();
        }
    }

    private static void nothing() {}

    /// Called once, by the thread that cancelled.
    void onCancelled() {}

    @Override
    public boolean isCancelled() {
        return state == CANCELLED;
    }

    @Override
    public String toString() {
        String word =
                switch (state) {
                    case PENDING -> "pending";
                    case RUNNING -> "running";
                    case CANCELLED -> "cancelled";
                    default -> "ended";
                };
        return "Handle[" + callback + ", " + word + "]";
    }
}
