package dev.treadle;

import dev.treadle.spi.Creations;
import org.jspecify.annotations.Nullable;

/// An asynchronous generator that is also sent values, and returns a result.
///
/// ```java
/// DuplexAsyncGenerator<Reply, Command, Integer> session = DuplexAsyncGenerator.of(y -> {
///     int handled = 0;
///     Command command = y.yield(greeting());
///     while (command != null) {
///         handled++;
///         command = y.yield(execute(command).await());
///     }
///     return handled;
/// });
/// session.anext().await();
/// Reply reply = session.asend(command).await();
/// ```
///
/// Source of the semantics: Python's asynchronous generators (PEP 525); their result is that of PEP
/// 828.
///
/// @param <Y> what it yields
/// @param <S> what is sent to it
/// @param <R> what it returns
public interface DuplexAsyncGenerator<
                Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
        extends AsyncGenerator<Y> {

    /// Makes an asynchronous generator.
    ///
    /// @param <Y> what it yields
    /// @param <S> what is sent to it
    /// @param <R> what it returns
    /// @param body what to run, later; it may await
    /// @return a new generator
    static <Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
            DuplexAsyncGenerator<Y, S, R> of(DuplexGenerator.Body<Y, S, R> body) {
        return Creations.tell(
                new DuplexAsyncGeneratorObject<>(Engines.generator().newDuplexGenerator(body)));
    }

    /// Requests that the body be resumed with a value, which is what its `yield` returns.
    ///
    /// Source of the semantics: Python's `agen.asend`.
    ///
    /// @param value what to send; null is the same as `anext()`
    /// @return a coroutine that gives what the body yields next. Awaiting it throws
    ///   [StopAsyncIteration], which carries the result, if the body ends or had ended;
    ///   `IllegalArgumentException` if the value is not null and the body has not started, so that
    ///   no `yield` waits for it; `IllegalStateException` while another request is under way, or if
    ///   the value is not null and `next()` has not taken yet what `hasNext()` has waited for; and
    ///   what leaves the body
    Coroutine<Y> asend(@Nullable S value);

    /// Requests that the body be resumed with a value, as [#asend] does, and tells what came of it.
    ///
    /// @param value what to send; null is the same as `anext()`
    /// @return a coroutine that gives what the body yielded or returned; awaiting it throws what
    ///   `asend` throws, but no [StopAsyncIteration]
    Coroutine<Step<Y, R>> astep(@Nullable S value);
}
