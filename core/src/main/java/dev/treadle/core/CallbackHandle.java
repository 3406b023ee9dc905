package dev.treadle.core;

import dev.treadle.Context;
import dev.treadle.EventLoop.Problem;
import dev.treadle.FatalError;
import dev.treadle.Handle;
import dev.treadle.spi.ContextBridges;
import dev.treadle.spi.Droppable;
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

    /// Keeps where this is being registered, in debug mode; before it is queued.
    void trace() {
        callback = new TracedCallback(callback);
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
        enter();
        try {
            if (ContextBridges.isPresent()) {
                runWithThreadLocals(action);
            } else {
                action.run();
            }
        } catch (FatalError e) {
            throw e;
        } catch (Throwable e) {
            report(action, e);
        } finally {
            loop.dispatcher.leave();
            end();
        }
    }

    /// Called when this is about to run.
    void enter() {
        loop.dispatcher.enterCallback(context);
    }

    private void runWithThreadLocals(Runnable action) {
        context.withThreadLocals(() -> {
            try {
                action.run();
            } catch (FatalError e) {
                throw e;
            } catch (Throwable e) {
                report(action, e); // here, so that the handler sees the thread locals too
            }
            return null;
        });
    }

    private void report(Runnable action, Throwable e) {
        Problem problem = Problem.of("exception in callback " + action, e).withHandle(this);
        loop.callExceptionHandler(
                action instanceof TracedCallback traced
                        ? problem.withCreatedAt(traced.registeredAt())
                        : problem);
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

    @Override
    void drop() {
        Object dropped = action();
        if (refuse() && dropped instanceof Droppable droppable) {
            droppable.dropped();
        }
    }

    /// Ends this without running it, unless it has begun or was cancelled.
    final boolean refuse() {
        return STATE.compareAndSet(this, PENDING, CANCELLED);
    }

    /// What the user gave to be called.
    Object action() {
        return callback;
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
