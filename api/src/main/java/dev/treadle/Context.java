package dev.treadle;

import dev.treadle.spi.ContextBridges;
import dev.treadle.spi.Execution;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The values of the [context variables][ContextVar] that a piece of code sees.
///
/// Each task runs in one: a copy of its creator's, unless told otherwise. Each callback runs in a
/// copy of the context in which it was registered. A copy costs a constant time; changing a
/// variable copies the values, so contexts are best kept small.
///
/// Source of the semantics: Python's `contextvars.Context` (PEP 567).
public final class Context {

    // Immutable; the field belongs to whoever runs in this context.
    private Map<ContextVar<?>, Object> values;
    private boolean entered; // true while run() is on some stack
    private final @Nullable Object threadLocals; // what bridges captured; null without one

    private Context(Map<ContextVar<?>, Object> values, @Nullable Object threadLocals) {
        this.values = values;
        this.threadLocals = threadLocals;
    }

    /// {@return a new context in which no variable is set}
    public static Context empty() {
        return new Context(Map.of(), null);
    }

    /// {@return a copy of the current context; empty on a thread that runs in none}
    public static Context copyCurrent() {
        return copyCurrent(Execution.current().context());
    }

    /// Copies the current context, for who knows it already.
    ///
    /// @apiNote For schedulers, which know what runs on their threads. Applications call
    ///   [#copyCurrent()].
    /// @param current the context of the calling code; null for none
    /// @return a copy, with the thread locals that a [ContextBridge][dev.treadle.spi.ContextBridge]
    ///   captures here and now
    public static Context copyCurrent(@Nullable Context current) {
        return new Context(current == null ? Map.of() : current.values, ContextBridges.capture());
    }

    /// {@return a copy of this: what is set in one is not seen in the other}
    public Context copy() {
        return new Context(values, threadLocals);
    }

    /// Runs an action in this context. What it sets stays here.
    ///
    /// May be called anywhere, inside a coroutine or on a plain thread. In a coroutine the action
    /// may await.
    ///
    /// @param <T> what the action returns
    /// @param <X> what it throws
    /// @param action what to run
    /// @return its result
    /// @throws X if the action throws it
    /// @throws IllegalStateException if some code runs in this context already
    public <T extends @Nullable Object, X extends Throwable> T run(
            ScopedValue.CallableOp<? extends T, X> action) throws X {
        Objects.requireNonNull(action, "action");
        Execution execution = Execution.current();
        if (entered || execution.context() == this) {
            throw new IllegalStateException(
                    "cannot enter context: it is already entered; run in a copy() of it");
        }
        entered = true;
        try {
            return ContextBridges.isPresent()
                    ? withThreadLocals(() -> execution.<T, X>callIn(this, action))
                    : execution.callIn(this, action);
        } finally {
            entered = false;
        }
    }

    /// Runs an action with the thread locals that were captured when this was copied.
    ///
    /// @apiNote For schedulers, around the body of a task or callback that runs in this context, if
    ///   there are [bridges][ContextBridges#isPresent]. Applications call [#run].
    /// @param <T> what the action returns
    /// @param <X> what it throws
    /// @param action what to run
    /// @return its result
    /// @throws X if the action throws it
    public <T extends @Nullable Object, X extends Throwable> T withThreadLocals(
            ScopedValue.CallableOp<? extends T, X> action) throws X {
        return ContextBridges.call(threadLocals, action);
    }

    /// Returns what a variable is set to here, without regard to its default.
    ///
    /// @param <T> the variable's type
    /// @param variable the variable
    /// @return its value, or null if it is not set
    @SuppressWarnings("unchecked") // only set(variable, value) of the same type puts it there
    public <T> @Nullable T get(ContextVar<T> variable) {
        return (T) values.get(variable);
    }

    /// {@return how many variables are set}
    public int size() {
        return values.size();
    }

    <T> @Nullable T set(ContextVar<T> variable, @Nullable T value) {
        Map<ContextVar<?>, Object> changed = new HashMap<>(values);
        @SuppressWarnings("unchecked")
        T before = (T) (value == null ? changed.remove(variable) : changed.put(variable, value));
        values = changed;
        return before;
    }

    /// {@return the values, for reading logs}
    @Override
    public String toString() {
        return "Context" + values;
    }
}
