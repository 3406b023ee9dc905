package dev.treadle.core.generator;

import dev.treadle.Context;
import dev.treadle.EventLoop;
import dev.treadle.Task;
import dev.treadle.spi.Execution;
import dev.treadle.spi.Resumable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A body on a virtual thread of its own, which runs only while a driver waits for it.
///
/// Driver and body hand control to and fro: each sets [#turn] and unparks the other, then parks
/// until it is set back. So the two threads behave as one, and all other fields need no
/// synchronisation. An interrupt of the driver is passed on to the body, and one that the body has
/// left pending is given back, as if it had run on the driver's stack.
///
/// What the body awaits must suspend the task that drives it, on that task's stack: the body hands
/// the action over with control, and gets the result back ([#onTaskStack]).
final class StackfulFrame<Y extends @Nullable Object, S extends @Nullable Object> extends Resumable
        implements BodyYielder<Y, S>, Execution {
    private static final VarHandle TURN;

    static {
        try {
            TURN = MethodHandles.lookup().findVarHandle(StackfulFrame.class, "turn", Turn.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// What the body asks its driver to do for it.
    private static final class Errand {
        private final Supplier<? extends @Nullable Object> action;
        private @Nullable Object result;
        private @Nullable Throwable failure;

        Errand(Supplier<? extends @Nullable Object> action) {
            this.action = action;
        }

        void run() {
            try {
                result = action.get();
            } catch (Throwable e) {
                failure = e;
            }
        }
    }

    private enum Turn {
        DRIVER,
        BODY,
        PASSING,
        LEAVING
    }

    /// How a body ended that did not return.
    private record Thrown(Throwable exception) {}

    private final GeneratorBody<Y, S, ?> body;
    private @Nullable Thread thread; // written before it starts

    // DRIVER  -> BODY     by the driver, which resumes the body
    // BODY    -> PASSING  by the driver, while it passes an interrupt on; and back to BODY
    // BODY    -> LEAVING  by the body: from here on interrupts are the driver's to keep
    // LEAVING -> DRIVER   by the body
    private volatile Turn turn = Turn.DRIVER; // CAS where two may write

    // Handed over with the turn:
    private @Nullable Thread driver;
    private @Nullable Execution driversExecution; // null while nobody drives
    // To the body: what was sent. To the driver: what it yields, Delegation, Returned, Thrown or
    // Errand.
    private @Nullable Object message;
    private @Nullable Throwable raised; // to the body
    private boolean interrupted; // either way: the flag that the other is to have

    // Handed over with the turn; only the body's thread writes it.
    private @Nullable Delegation driven;

    private @Nullable Context ownContext; // body's thread only: what it has entered by itself

    StackfulFrame(GeneratorBody<Y, S, ?> body) {
        this.body = body;
    }

    // ---- the driver's side

    @Override
    public @Nullable Object resume(@Nullable Object sent, @Nullable Throwable exception)
            throws Throwable {
        driver = Thread.currentThread();
        driversExecution = Execution.current();
        message = sent;
        raised = exception;
        try {
            return switchUntilAnswered();
        } finally {
            driver = null;
            driversExecution = null; // so that a suspended body holds no loop
        }
    }

    private @Nullable Object switchUntilAnswered() throws Throwable {
        while (true) {
            switchToBody();
            switch (message) {
                case Errand errand -> errand.run();
                case Thrown(Throwable thrown) -> {
                    message = null;
                    throw thrown;
                }
                case null, default -> {
                    Object result = message;
                    message = null;
                    return result;
                }
            }
        }
    }

    private void switchToBody() {
        interrupted = Thread.interrupted();
        turn = Turn.BODY;
        Thread current = thread;
        if (current == null) {
            current = Thread.ofVirtual().name("treadle-generator").unstarted(this::runBody);
            thread = current;
            current.start();
        } else {
            LockSupport.unpark(current);
        }
        boolean kept = false;
        while (turn != Turn.DRIVER) {
            LockSupport.park(this);
            kept |= Thread.interrupted() && !passInterruptTo(current);
        }
        if (interrupted || kept) {
            Thread.currentThread().interrupt();
        }
    }

    /// Interrupts the body, if it is still its turn.
    private boolean passInterruptTo(Thread body) {
        if (!TURN.compareAndSet(this, Turn.BODY, Turn.PASSING)) {
            return false;
        }
        body.interrupt();
        turn = Turn.BODY;
        return true;
    }

    // ---- the body's side

    private void runBody() {
        Execution.call(
                this,
                () -> {
                    takeInterrupt();
                    Object end;
                    try {
                        end = new Returned(body.run(this));
                    } catch (Throwable e) {
                        end = new Thrown(e);
                    }
                    giveBack(end);
                    return null;
                });
    }

    private void giveBack(@Nullable Object answer) {
        message = answer;
        Thread waiting = driver;
        while (!TURN.compareAndSet(this, Turn.BODY, Turn.LEAVING)) {
            // The driver is passing an interrupt on; it goes back to it together with the turn.
            Thread.onSpinWait();
        }
        interrupted = Thread.interrupted();
        turn = Turn.DRIVER;
        LockSupport.unpark(waiting);
    }

    private void takeInterrupt() {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void switchToDriver(@Nullable Object answer) {
        giveBack(answer);
        boolean late = false;
        while (turn == Turn.DRIVER) {
            LockSupport.park(this);
            late |= Thread.interrupted(); // by somebody who knows the body's thread
        }
        interrupted |= late;
        takeInterrupt();
    }

    @Override
    @SuppressWarnings("unchecked") // a driver sends S
    public @Nullable S yield(Y value) {
        return (S) suspend(value);
    }

    /// Another body that has its own thread need not be driven from this one.
    @Override
    public @Nullable Object delegate(Delegation delegation) {
        GeneratorObject<?, ?, ?> inner = delegation.generator();
        if (ownContext == null && inner != null && inner.isStackful()) {
            return suspend(delegation);
        }
        driven = delegation;
        try {
            return BodyYielder.super.delegate(delegation);
        } finally {
            driven = null;
        }
    }

    /// {@return what the body delegates to and moves on itself, or null} While the body is
    /// suspended, from any thread.
    @Nullable Delegation driven() {
        return driven;
    }

    private @Nullable Object suspend(@Nullable Object answer) {
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException(
                    "yield() called on another thread than the generator's body runs on");
        }
        switchToDriver(answer);
        Throwable exception = raised;
        if (exception != null) {
            raised = null;
            throw Delegation.unchecked(exception);
        }
        Object sent = message;
        message = null;
        return sent;
    }

    // ---- on whose behalf the body runs

    @Override
    public Throwable asCancellation(Throwable thrown) {
        return behalf().asCancellation(thrown);
    }

    @Override
    public @Nullable Thread thread() {
        return thread;
    }

    /// What the driver runs for. The body runs only while there is a driver.
    private Execution behalf() {
        return Objects.requireNonNull(driversExecution, "nobody drives this generator");
    }

    @Override
    public boolean isParallel() {
        Execution behalf = driversExecution;
        return behalf != null && behalf.isParallel();
    }

    @Override
    public @Nullable EventLoop loop() {
        return behalf().loop();
    }

    @Override
    public @Nullable Task<?> task() {
        return behalf().task();
    }

    @Override
    public @Nullable Context context() {
        Context own = ownContext;
        return own != null ? own : behalf().context();
    }

    @Override
    public <T extends @Nullable Object, X extends Throwable> T callIn(
            Context context, ScopedValue.CallableOp<? extends T, X> action) throws X {
        Context before = ownContext;
        ownContext = context;
        try {
            return action.call();
        } finally {
            ownContext = before;
        }
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // the errand's own result, which may be null
    public <T extends @Nullable Object> T onTaskStack(Supplier<T> action) {
        Errand errand = new Errand(() -> behalf().onTaskStack(action));
        switchToDriver(errand);
        message = null;
        if (errand.failure != null) {
            throw Delegation.unchecked(errand.failure);
        }
        return (T) errand.result;
    }
}
