package dev.treadle;

import dev.treadle.spi.Creations;
import dev.treadle.spi.Execution;
import dev.treadle.spi.NeverAwaited;
import java.io.Serializable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// A piece of code that may suspend: cold and single-use.
///
/// Nothing of its body runs before it is awaited or made a task, and it can be used once. `await()`
/// runs the body in the current task, as a method call would; [Async#createTask] runs it beside the
/// current task. Whoever tries a second time is refused; only two threads that try at the same
/// moment on two loops may both get through.
///
/// An ordinary Java method whose body awaits is already a coroutine function that is awaited at
/// each call. This class is for the cases in which calling and running are to be separate:
///
/// ```java
/// Coroutine<Page> fetch = Coroutine.of(() -> fetch(url));   // nothing happens yet
/// Page page = Async.waitFor(fetch, Duration.ofSeconds(5)).await();
/// ```
///
/// Source of the semantics: Python's coroutine objects (PEP 492).
///
/// @param <T> what the body returns
public final class Coroutine<T extends @Nullable Object> implements Awaitable<T> {

    /// The body of a coroutine that returns a value.
    ///
    /// @param <T> what it returns
    @FunctionalInterface
    public interface Body<T extends @Nullable Object> extends Serializable {
        /// Runs the body; it may await.
        ///
        /// @return the result
        /// @throws Exception if it fails
        T run() throws Exception;
    }

    /// The body of a coroutine that returns nothing.
    @FunctionalInterface
    public interface Action extends Serializable {
        /// Runs the body; it may await.
        ///
        /// @throws Exception if it fails
        void run() throws Exception;
    }

    private static final int CREATED = 0;
    private static final int STARTED = 1;
    private static final int ENDED = 2;
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Coroutine.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // The body. Its class as soon as it is not needed any more, so that a task that is kept for its
    // result does not keep what its body has captured.
    private Object body; // by who has left CREATED; others may see it late

    // CREATED -> STARTED  by the one who awaits it or whose task begins
    // STARTED -> ENDED    by the same
    // CREATED -> ENDED    by close
    private volatile int state; // any thread; see leaveCreated
    private @Nullable NeverAwaited watch; // by the creator; null unless in debug mode

    private Coroutine(Body<T> body) {
        this.body = Objects.requireNonNull(body, "body");
    }

    /// Makes a coroutine of a body that returns a value.
    ///
    /// @param <T> what it returns
    /// @param body what to run, later
    /// @return a coroutine that has not started
    public static <T extends @Nullable Object> Coroutine<T> of(Body<T> body) {
        return new Coroutine<>(body).watched();
    }

    /// Makes a coroutine of a body that returns nothing.
    ///
    /// @param action what to run, later
    /// @return a coroutine that has not started and gives null
    public static Coroutine<@Nullable Void> of(Action action) {
        Objects.requireNonNull(action, "action");
        return new Coroutine<@Nullable Void>(
                        () -> {
                            action.run();
                            return null;
                        })
                .watched();
    }

    /// Has it reported, in debug mode, if nobody ever awaits this, and tells who listens of it.
    private Coroutine<T> watched() {
        if (NeverAwaited.isWatching()) {
            watch = NeverAwaited.of(this);
        }
        return Creations.tell(this);
    }

    private void taken() {
        NeverAwaited current = watch;
        if (current != null) {
            current.taken();
        }
    }

    /// Runs the body in the current task and returns its result.
    ///
    /// @throws IllegalStateException outside a task, or if this was awaited or made a task before
    @Override
    public T await() {
        Execution execution = Execution.current();
        execution.requireTask();
        try {
            return runBody();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            if (execution.asCancellation(e) instanceof CancelledError answer) {
                throw answer;
            }
            throw new CompletionException(e);
        }
    }

    /// Runs the body here and now, once.
    ///
    /// @apiNote For schedulers: a task's first step calls it. Applications call `await()`.
    /// @return what the body returns
    /// @throws IllegalStateException if this was awaited or made a task before, or if the body
    ///   threw [StopIteration], which is the cause
    /// @throws Exception if the body throws it
    public T runBody() throws Exception {
        if (!leaveCreated(STARTED)) {
            throw new IllegalStateException(
                    state == STARTED
                            ? "coroutine is being awaited already: share its result by making it a"
                                    + " task"
                            : "cannot reuse already awaited coroutine: create a new one for each"
                                    + " run");
        }
        taken();
        Body<T> running = takeBody();
        try {
            return running.run();
        } catch (StopIteration e) {
            throw new IllegalStateException("coroutine raised StopIteration", e);
        } finally {
            STATE.setRelease(this, ENDED); // nobody waits for it to be seen at once
        }
    }

    @SuppressWarnings("unchecked") // it was none but a Body<T> until now
    private Body<T> takeBody() {
        Body<T> taken = (Body<T>) body;
        body = taken.getClass();
        return taken;
    }

    /// Takes this, if nobody has yet.
    ///
    /// Where tasks run beside each other two may try at the same moment. Elsewhere all who may try
    /// do so one after the other, and are spared the fence, which would be most of the price of
    /// awaiting something that does not suspend.
    private boolean leaveCreated(int next) {
        if (Execution.runsInParallel()) {
            return STATE.compareAndSet(this, CREATED, next);
        }
        if (state != CREATED) {
            return false;
        }
        STATE.setRelease(this, next);
        return true;
    }

    /// Gives this up: a coroutine that has not started never will. One that has ended stays as it
    /// is.
    ///
    /// @throws IllegalStateException if the body is running
    public void close() {
        taken();
        if (leaveCreated(ENDED)) {
            takeBody();
        } else if (state == STARTED) {
            throw new IllegalStateException(
                    "coroutine is running: cancel the task that runs it instead of closing it");
        }
    }

    /// {@return whether this can no longer be awaited, because its body has begun or this was
    /// closed}
    ///
    /// May be called from any thread.
    public boolean isSpent() {
        return state != CREATED;
    }

    /// {@return the class of the body and whether it has started}
    @Override
    public String toString() {
        String word =
                switch (state) {
                    case CREATED -> "created";
                    case STARTED -> "started";
                    default -> "ended";
                };
        Object seen = body;
        Class<?> type = seen instanceof Class<?> itsClass ? itsClass : seen.getClass();
        return "Coroutine[" + type.getSimpleName() + ", " + word + "]";
    }
}
