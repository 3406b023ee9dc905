package dev.treadle;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// What the body of a generator yields to.
///
/// Belongs to one run of one body: its methods must be called by that body, on the thread that runs
/// it.
///
/// Source of the semantics: Python's `yield` and `yield from` expressions (PEP 342, PEP 380).
///
/// @param <Y> what is yielded
/// @param <S> what a resumption sends back
public interface Yielder<Y extends @Nullable Object, S extends @Nullable Object> {

    /// Suspends the body and hands a value to whoever drives the generator.
    ///
    /// What is thrown into the generator is thrown from here: [GeneratorExit] when it is closed,
    /// and what `raise` was given.
    ///
    /// @param value the next value of the generator
    /// @return what `send` was given, or null if `next` resumed the body
    @SuppressWarnings("NamedLikeContextualKeyword") // Python's word; always called qualified
    @Nullable S yield(Y value);

    /// Delegates to another generator until it ends.
    ///
    /// Whatever is sent or thrown into this generator reaches the inner one, and what that yields
    /// comes out of this. Closing this closes the inner one first; the inner one catching
    /// [GeneratorExit] does not keep this one open.
    ///
    /// @param <R> what the inner generator returns
    /// @param inner the generator to run; it may have started
    /// @return what the inner generator returned
    <R extends @Nullable Object> @Nullable R yieldFrom(
            DuplexGenerator<? extends Y, ? super S, R> inner);

    /// Delegates to another generator until it ends. What is sent is not passed on: it takes
    /// nothing.
    ///
    /// @param inner the generator to run; it may have started
    void yieldFrom(Generator<? extends Y> inner);

    /// Delegates to an asynchronous generator until it ends, awaiting it in the task that drives
    /// this one.
    ///
    /// Whatever is sent or thrown into this generator reaches the inner one, and what that yields
    /// comes out of this. Closing this closes the inner one first; the inner one catching
    /// [GeneratorExit] does not keep this one open.
    ///
    /// Source of the semantics: `async yield from` (PEP 828).
    ///
    /// @param <R> what the inner generator returns
    /// @param inner the generator to run; it may have started
    /// @return what the inner generator returned
    /// @throws IllegalStateException if no task drives this generator
    default <R extends @Nullable Object> @Nullable R yieldFrom(
            DuplexAsyncGenerator<? extends Y, ? super S, R> inner) {
        return AsyncDelegation.run(this, inner);
    }

    /// Delegates to an asynchronous generator until it ends. What is sent is not passed on: it
    /// takes nothing.
    ///
    /// @param inner the generator to run; it may have started
    /// @throws IllegalStateException if no task drives this generator
    default void yieldFrom(AsyncGenerator<? extends Y> inner) {
        AsyncDelegation.run(this, inner);
    }

    /// Yields what is left of an iterator.
    ///
    /// A plain iterator takes nothing but `next`: what is thrown in surfaces here, and if it is
    /// `AutoCloseable` it is closed when this generator is.
    ///
    /// @param inner where the values come from
    /// @return the value of the [StopIteration] that ended it; null if it ended otherwise
    /// @throws UnsupportedOperationException if a value other than null is sent meanwhile
    @Nullable Object yieldFrom(Iterator<? extends Y> inner);

    /// Yields all elements.
    ///
    /// @param source where the values come from
    /// @return what [#yieldFrom(Iterator)] returns for its iterator
    default @Nullable Object yieldFrom(Iterable<? extends Y> source) {
        return yieldFrom(source.iterator());
    }
}
