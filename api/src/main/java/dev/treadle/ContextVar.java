package dev.treadle;

import dev.treadle.spi.Execution;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A variable whose value belongs to the current [Context], and so to the current task.
///
/// ```java
/// static final ContextVar<String> USER = ContextVar.of("user", "nobody");
/// ...
/// try (var _ = USER.set("ada")) {
///     handle(request);          // and every task it creates sees "ada"
/// }
/// ```
///
/// Not a `ThreadLocal`: a task may go on on another thread, and one thread runs many tasks.
///
/// Source of the semantics: Python's `contextvars.ContextVar` (PEP 567).
///
/// @param <T> the type of the value
public final class ContextVar<T> {

    /// What [ContextVar#set] returns: puts the value back that the variable had before.
    ///
    /// Source of the semantics: Python's `contextvars.Token`, which is a scope since 3.14.
    public static final class Token implements AutoCloseable {
        private final Runnable undo;
        private final Context context;
        private boolean used;

        private Token(Context context, Runnable undo) {
            this.context = context;
            this.undo = undo;
        }

        /// Puts the value back that the variable had before.
        ///
        /// @throws IllegalStateException if this was used before, or was made in another context
        @Override
        public void close() {
            if (used) {
                throw new IllegalStateException("the token has already been used once");
            }
            if (Execution.current().context() != context) {
                throw new IllegalStateException(
                        "the token was created in a different context: close it where set() was called");
            }
            used = true;
            undo.run();
        }
    }

    private final String name;
    private final @Nullable T fallback;

    private ContextVar(String name, @Nullable T fallback) {
        this.name = Objects.requireNonNull(name, "name");
        this.fallback = fallback;
    }

    /// Makes a variable without a default.
    ///
    /// @param <T> the type of the value
    /// @param name shown in messages
    /// @return a new variable, set nowhere
    public static <T> ContextVar<T> of(String name) {
        return new ContextVar<>(name, null);
    }

    /// Makes a variable with a default.
    ///
    /// @param <T> the type of the value
    /// @param name shown in messages
    /// @param fallback the value where it is not set
    /// @return a new variable, set nowhere
    public static <T> ContextVar<T> of(String name, T fallback) {
        return new ContextVar<>(name, Objects.requireNonNull(fallback, "fallback"));
    }

    /// {@return the value in the current context, else the default}
    ///
    /// @throws NoSuchElementException if it is not set and has no default
    public T get() {
        Context context = Execution.current().context();
        T value = context == null ? null : context.get(this);
        if (value == null) {
            value = fallback;
        }
        if (value == null) {
            throw new NoSuchElementException(
                    "context variable " + name + " is not set here and has no default");
        }
        return value;
    }

    /// {@return the value in the current context, else `other`}
    ///
    /// @param other what to return where it is not set; goes before the default
    public T orElse(T other) {
        Context context = Execution.current().context();
        T value = context == null ? null : context.get(this);
        return value == null ? other : value;
    }

    /// Sets the value in the current context.
    ///
    /// @param value the new value
    /// @return puts the previous value back when closed; may be ignored
    /// @throws IllegalStateException on a thread that runs in no context
    public Token set(T value) {
        Objects.requireNonNull(value, "value");
        Context context = Execution.current().context();
        if (context == null) {
            throw new IllegalStateException(
                    "no context here to set "
                            + name
                            + " in: set it inside a coroutine, or inside Context.empty().run(...)");
        }
        T before = context.set(this, value);
        return new Token(context, () -> context.set(this, before));
    }

    /// {@return the name}
    public String name() {
        return name;
    }

    /// {@return the name, for reading logs}
    @Override
    public String toString() {
        return "ContextVar[" + name + "]";
    }
}
