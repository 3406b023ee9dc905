package dev.treadle;

import dev.treadle.spi.Creations;
import java.io.Serializable;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A lazy sequence written as code that yields.
///
/// ```java
/// Generator<Long> fibonacci = Generator.of(y -> {
///     for (long a = 0, b = 1; ; b = a + b, a = b - a) {
///         y.yield(a);
///     }
/// });
/// fibonacci.stream().limit(10).forEach(System.out::println);
/// ```
///
/// Nothing of the body runs before the first value is asked for, and it runs only while one is
/// being asked for. A generator is its own iterator, so it can be run through once. One that is not
/// run to its end is closed, best by try-with-resources, so that its `finally` blocks run; one that
/// is dropped is closed at some time after it was collected.
///
/// It may be driven from any thread, also from several in turn, but not by two at once. Its body
/// behaves as if it ran on the stack of whoever drives it: it sees that caller's context, and may
/// await inside a coroutine. What the JVM ties to a thread (thread locals, scoped values, the
/// monitors and `ReentrantLock`s that the caller holds) is the caller's only where the body runs on
/// the caller's thread: [#engine()] tells.
///
/// Source of the semantics: Python's generators (PEP 255, PEP 342, PEP 479).
///
/// @param <T> the elements
@SuppressWarnings(
        "IterableAndIterator") // a Python generator is its own iterator: run through once, by
// design
public interface Generator<T extends @Nullable Object>
        extends Iterator<T>, Iterable<T>, AutoCloseable {

    /// The body of a generator.
    ///
    /// @param <T> what it yields
    @FunctionalInterface
    public interface Body<T extends @Nullable Object> extends Serializable {
        /// Runs the body.
        ///
        /// @param y what to yield to
        /// @throws Exception if it fails
        void run(Yielder<T, @Nullable Void> y) throws Exception;
    }

    /// Where a generator stands.
    ///
    /// Source of the semantics: Python's `inspect.getgeneratorstate`.
    public enum State {
        /// Nothing of the body has run.
        CREATED,
        /// The body is running, or waits for a generator that it delegates to.
        RUNNING,
        /// The body waits at a `yield`.
        SUSPENDED,
        /// The body has ended, or never will start.
        CLOSED
    }

    /// What runs the body of a generator when it is asked for one value at a time.
    ///
    /// It makes a difference in speed, and to what the JVM ties to a thread.
    public sealed interface Engine {

        /// A state machine that the body was compiled to, on the thread of whoever asks.
        record Compiled() implements Engine {
            @Override
            public String toString() {
                return "compiled";
            }
        }

        /// A virtual thread of its own.
        ///
        /// @param reason why it could not be compiled, with the place in the source
        record Stackful(String reason) implements Engine {
            @Override
            public String toString() {
                return "stackful: " + reason;
            }
        }
    }

    /// Makes a generator.
    ///
    /// @param <T> what it yields
    /// @param body what to run, later
    /// @return a new generator
    static <T extends @Nullable Object> Generator<T> of(Body<T> body) {
        return Creations.tell(Engines.generator().newGenerator(body));
    }

    /// Tells whether there is another value, running the body up to its next `yield` to find out.
    ///
    /// The value, or at the end the result, is kept for the next call of `next()`.
    ///
    /// @return false if the body has ended
    /// @throws IllegalStateException if the body is running: on another thread, or because it calls
    ///   this itself
    /// @throws java.util.concurrent.CompletionException if the body throws a checked exception,
    ///   which is the cause; what is unchecked comes out as the same instance
    @Override
    boolean hasNext();

    /// Runs the body up to its next `yield` and returns what it yields.
    ///
    /// @return the next value
    /// @throws StopIteration if the body ends, or had ended
    /// @throws IllegalStateException if the body is running: on another thread, or because it calls
    ///   this itself; or if the body throws [StopIteration], which is the cause
    /// @throws java.util.concurrent.CompletionException if the body throws a checked exception,
    ///   which is the cause; what is unchecked comes out as the same instance
    @Override
    T next();

    /// Throws an exception into the body, at the `yield` where it waits.
    ///
    /// If the body catches it and yields again, that value is returned. If it has not started or
    /// has ended, the exception is thrown from here and no line of the body runs. A checked
    /// exception is wrapped in a `CompletionException` first, because `yield` declares none.
    ///
    /// Source of the semantics: Python's `generator.throw`.
    ///
    /// @param exception what to throw
    /// @return what the body yields next
    /// @throws StopIteration if the body catches the exception and ends
    /// @throws IllegalStateException if the body is running, or if a value that `hasNext()` fetched
    ///   was not taken by `next()` yet
    T raise(Throwable exception);

    /// Ends the body: [GeneratorExit] is thrown at the `yield` where it waits, so that its
    /// `finally` blocks run.
    ///
    /// A body that has not started never will. Closing a generator that has ended does nothing.
    ///
    /// Source of the semantics: Python's `generator.close`.
    ///
    /// @throws IllegalStateException if the body is running, or if it answers by yielding again
    @Override
    void close();

    /// {@return where this stands} May be called from any thread; then it is a snapshot.
    State state();

    /// {@return what the body waits for in `yieldFrom`: the generator or iterator that is delegated
    /// to; empty while the body runs, and while it waits at a `yield` of its own} May be called
    /// from any thread; then it is a snapshot.
    ///
    /// Source of the semantics: Python's `generator.gi_yieldfrom`.
    Optional<Iterator<?>> delegate();

    /// Tells what runs the body when it is asked for one value at a time. Looks at the bytecode of
    /// the body if no generator with the same body has been asked for a value yet.
    ///
    /// May be called from any thread.
    ///
    /// @return what runs it, and if it is slower than it might be, why
    Engine engine();

    /// {@return this}
    @Override
    default Iterator<T> iterator() {
        return this;
    }

    /// Passes all that is left to an action.
    ///
    /// On a generator that has not started, the body calls the action straight from its `yield`, on
    /// the calling thread: no suspension is needed (*push mode*). If the action throws, the
    /// generator is closed and the exception thrown on.
    ///
    /// @param action called with each value
    @Override
    void forEachRemaining(Consumer<? super T> action);

    /// Passes all that is left to an action, as [#forEachRemaining] does.
    ///
    /// @param action called with each value
    @Override
    default void forEach(Consumer<? super T> action) {
        forEachRemaining(action);
    }

    /// {@return the values that are left, as a sequential stream that closes this when it is
    /// closed}
    ///
    /// Terminal operations that need all values run the body in push mode; those that may stop
    /// early ask for one value at a time.
    Stream<T> stream();
}
