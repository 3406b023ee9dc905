package dev.treadle;

import org.jspecify.annotations.Nullable;

/// What one resumption of a generator came to: for callers who would rather switch than catch.
///
/// ```java
/// switch (parser.step(token)) {
///     case Step.Yielded(var partial) -> show(partial);
///     case Step.Returned(var tree) -> done(tree);
/// }
/// ```
///
/// @param <Y> what is yielded
/// @param <R> what is returned
public sealed interface Step<Y extends @Nullable Object, R extends @Nullable Object> {

    /// The body yielded and waits.
    ///
    /// @param value what it yielded
    /// @param <Y> what is yielded
    /// @param <R> what is returned
    record Yielded<Y extends @Nullable Object, R extends @Nullable Object>(Y value)
            implements Step<Y, R> {}

    /// The body has ended.
    ///
    /// @param value what it returned; null if it had ended before
    /// @param <Y> what is yielded
    /// @param <R> what is returned
    record Returned<Y extends @Nullable Object, R extends @Nullable Object>(@Nullable R value)
            implements Step<Y, R> {}
}
