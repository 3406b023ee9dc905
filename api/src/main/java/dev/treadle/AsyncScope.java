package dev.treadle;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/// Something that is entered before a body runs and left after it, both of which may await.
///
/// ```java
/// AsyncScope<Connection> connection = AsyncScope.of(y -> {
///     Connection opened = connect(address).await();
///     try {
///         y.yield(opened);
///     } finally {
///         opened.shutdown().await();
///     }
/// });
/// Reply reply = connection.call(c -> ask(c)).await();
/// ```
///
/// It sees how the body ended, and may replace its exception or swallow it, none of which
/// try-with-resources allows. For a resource that only has to be closed, and whose `close()` does
/// not await, that is the simpler choice; a permit of `dev.treadle.sync` is such a one.
///
/// Source of the semantics: Python's asynchronous context managers (PEP 492) and
/// `contextlib.asynccontextmanager`.
///
/// @param <T> what entering gives
public interface AsyncScope<T extends @Nullable Object> {

    /// What runs inside a scope and returns a value.
    ///
    /// @param <T> what entering gives
    /// @param <R> what the body returns
    @FunctionalInterface
    interface Body<T extends @Nullable Object, R extends @Nullable Object> extends Serializable {
        /// Runs the body; it may await.
        ///
        /// @param value what entering gave
        /// @return the result
        /// @throws Exception if it fails
        R run(T value) throws Exception;
    }

    /// What runs inside a scope and returns nothing.
    ///
    /// @param <T> what entering gives
    @FunctionalInterface
    interface Action<T extends @Nullable Object> extends Serializable {
        /// Runs the body; it may await.
        ///
        /// @param value what entering gave
        /// @throws Exception if it fails
        void run(T value) throws Exception;
    }

    /// Enters the scope.
    ///
    /// @return gives what the body is to work with; if awaiting it fails, neither the body nor
    ///   [#exit] runs
    Awaitable<T> enter();

    /// Leaves the scope.
    ///
    /// @param error what left the body; null if it has returned
    /// @return gives whether the error is dealt with and goes no further; what awaiting it throws
    ///   takes the error's place
    Awaitable<Boolean> exit(@Nullable Throwable error);

    /// Runs a body inside this scope.
    ///
    /// @param <R> what it returns
    /// @param body what to run
    /// @return a coroutine that enters, runs the body and leaves, and gives what the body returned;
    ///   null if it threw and the scope dealt with that. What leaving throws has what the body
    ///   threw attached as suppressed
    default <R extends @Nullable Object> Coroutine<@Nullable R> call(Body<? super T, R> body) {
        return AsyncScopes.around(this, body);
    }

    /// Runs a body that returns nothing inside this scope.
    ///
    /// @param action what to run
    /// @return a coroutine, as [#call] returns
    default Coroutine<@Nullable Void> run(Action<? super T> action) {
        return AsyncScopes.<T, @Nullable Void>around(
                this,
                value -> {
                    action.run(value);
                    return null;
                });
    }

    /// Makes a scope of a generator that yields once: what comes before runs on entering, what
    /// comes after on leaving. What the body throws is thrown from that `yield`. Used once.
    ///
    /// Source of the semantics: `contextlib.asynccontextmanager`.
    ///
    /// @param <T> what is yielded
    /// @param body what yields once; it may await
    /// @return a scope. Awaiting its entry throws `IllegalStateException` if the body does not
    ///   yield, and its exit does if it yields again
    static <T extends @Nullable Object> AsyncScope<T> of(Generator.Body<T> body) {
        return new GeneratorScope<>(AsyncGenerator.of(body));
    }

    /// Makes a scope that closes a generator, however its body ends.
    ///
    /// Source of the semantics: `contextlib.aclosing`.
    ///
    /// @param <G> the generator's type
    /// @param generator what to close on leaving
    /// @return a scope that gives the generator
    static <G extends AsyncGenerator<?>> AsyncScope<G> closing(G generator) {
        return AsyncScopes.closing(generator);
    }
}
