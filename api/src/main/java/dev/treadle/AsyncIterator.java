package dev.treadle;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// An iterator that may have to wait for its next element.
///
/// ```java
/// while (lines.hasNext().await()) {
///     handle(lines.next());
/// }
/// ```
///
/// To be used by one task at a time.
///
/// Source of the semantics: Python's asynchronous iterators and `async for` (PEP 492).
///
/// @param <T> the elements
public interface AsyncIterator<T extends @Nullable Object> {

    /// Tells whether there is another element, waiting for it if need be.
    ///
    /// The element is kept for [#next()]; awaiting this again before that changes nothing.
    ///
    /// @return an awaitable, which may be awaited again and again; it gives false at the end
    Awaitable<Boolean> hasNext();

    /// Returns the element that [#hasNext()] has waited for. Never suspends.
    ///
    /// @return the next element
    /// @throws java.util.NoSuchElementException if `hasNext()` gave false
    /// @throws IllegalStateException if `hasNext()` was not awaited before
    T next();

    /// Waits for the next element and takes it.
    ///
    /// Source of the semantics: Python's `anext`.
    ///
    /// @return a coroutine that gives the element; awaiting it throws [StopAsyncIteration] at the
    ///   end
    default Coroutine<T> anext() {
        return Coroutine.of(() -> {
            if (!hasNext().await()) {
                throw new StopAsyncIteration();
            }
            return next();
        });
    }

    /// Waits for the next element and takes it, or gives another value at the end.
    ///
    /// Source of the semantics: Python's `anext` with a default.
    ///
    /// @param fallback what to give at the end
    /// @return a coroutine; failures other than the end pass through it
    default Coroutine<T> anextOr(T fallback) {
        return Coroutine.of(() -> hasNext().await() ? next() : fallback);
    }

    /// Passes all that is left to an action.
    ///
    /// The action may await. What it throws ends the iteration and is thrown on.
    ///
    /// Source of the semantics: Python's `async for`.
    ///
    /// @param action called with each element, in the task that awaits
    /// @return a coroutine that ends when the elements do
    default Coroutine<@Nullable Void> forEach(Consumer<? super T> action) {
        return Coroutine.of(() -> {
            while (hasNext().await()) {
                action.accept(next());
            }
        });
    }

    /// Collects all that is left.
    ///
    /// Source of the semantics: Python's `[x async for x in ...]` (PEP 530).
    ///
    /// @return a coroutine that gives the elements in a new list
    default Coroutine<List<T>> toList() {
        return Coroutine.of(() -> {
            List<T> elements = new ArrayList<>();
            while (hasNext().await()) {
                elements.add(next());
            }
            return elements;
        });
    }
}
