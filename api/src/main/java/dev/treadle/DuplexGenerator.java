package dev.treadle;

import dev.treadle.spi.Creations;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/// A generator that is also sent values, and returns a result.
///
/// ```java
/// DuplexGenerator<Double, Double, Void> average = DuplexGenerator.of(y -> {
///     double sum = 0;
///     for (int n = 1; ; n++) {
///         sum += y.yield(n == 1 ? 0 : sum / (n - 1));
///     }
/// });
/// average.next();
/// average.send(10.0);   // 10.0
/// average.send(20.0);   // 15.0
/// ```
///
/// Source of the semantics: Python's generators (PEP 342, PEP 380).
///
/// @param <Y> what it yields
/// @param <S> what is sent to it
/// @param <R> what it returns
@SuppressWarnings("IterableAndIterator") // as Generator
public interface DuplexGenerator<
                Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
        extends Generator<Y> {

    /// The body of a generator.
    ///
    /// @param <Y> what it yields
    /// @param <S> what is sent to it
    /// @param <R> what it returns
    @FunctionalInterface
    public interface Body<
                    Y extends @Nullable Object,
                    S extends @Nullable Object,
                    R extends @Nullable Object>
            extends Serializable {
        /// Runs the body.
        ///
        /// @param y what to yield to
        /// @return the result
        /// @throws Exception if it fails
        R run(Yielder<Y, S> y) throws Exception;
    }

    /// Makes a generator.
    ///
    /// @param <Y> what it yields
    /// @param <S> what is sent to it
    /// @param <R> what it returns
    /// @param body what to run, later
    /// @return a new generator
    static <Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
            DuplexGenerator<Y, S, R> of(Body<Y, S, R> body) {
        return Creations.tell(Engines.generator().newDuplexGenerator(body));
    }

    /// Resumes the body with a value, which is what its `yield` returns, and returns what it yields
    /// next.
    ///
    /// Source of the semantics: Python's `generator.send`.
    ///
    /// @param value what to send; null is the same as `next()`
    /// @return what the body yields next
    /// @throws StopIteration if the body ends, or had ended; it carries the result
    /// @throws IllegalArgumentException if the value is not null and the body has not started: no
    ///   `yield` waits for it yet
    /// @throws IllegalStateException if the body is running, or if the value is not null and
    ///   `next()` has not taken yet what `hasNext()` fetched
    Y send(@Nullable S value);

    /// Resumes the body with a value, as [#send] does, and tells what came of it.
    ///
    /// @param value what to send; null is the same as `next()`
    /// @return what the body yielded or returned
    /// @throws IllegalArgumentException if the value is not null and the body has not started: no
    ///   `yield` waits for it yet
    /// @throws IllegalStateException if the body is running, or if the value is not null and
    ///   `next()` has not taken yet what `hasNext()` fetched
    Step<Y, R> step(@Nullable S value);

    /// Ends the body as `close()` does, and returns what it returned in answer.
    ///
    /// Source of the semantics: the result of Python's `generator.close` since 3.13.
    ///
    /// @return what the body returned after it caught [GeneratorExit]; null if it did not catch it,
    ///   never started or had ended
    /// @throws IllegalStateException if the body is running, or if it answers by yielding again
    @Nullable R finish();
}
