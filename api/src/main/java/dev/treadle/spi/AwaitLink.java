package dev.treadle.spi;

import dev.treadle.Future;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A done-callback that says on whose behalf it waits.
///
/// A task that awaits a future is known to the loop. Code that waits through callbacks, as
/// [Async#gather][dev.treadle.Async#gather] does, adds one of these instead of a plain callback, so
/// that the call graph shows who awaits whom.
///
/// Source of the semantics: `asyncio.future_add_to_awaited_by`.
///
/// @param <F> the kind of future called back for
public final class AwaitLink<F extends @Nullable Object> implements Consumer<F> {
    private final Future<?> awaiter;
    private final Consumer<? super F> callback;

    private AwaitLink(Future<?> awaiter, Consumer<? super F> callback) {
        this.awaiter = Objects.requireNonNull(awaiter, "awaiter");
        this.callback = Objects.requireNonNull(callback, "callback");
    }

    /// Makes a callback that says on whose behalf it waits.
    ///
    /// @param <F> the kind of future called back for
    /// @param awaiter the future, or task, that can't be done before the one this is added to
    /// @param callback what to call
    /// @return a callback that does the same
    public static <F extends @Nullable Object> AwaitLink<F> of(
            Future<?> awaiter, Consumer<? super F> callback) {
        return new AwaitLink<>(awaiter, callback);
    }

    /// {@return on whose behalf this waits}
    public Future<?> awaiter() {
        return awaiter;
    }

    @Override
    public void accept(F future) {
        callback.accept(future);
    }

    /// {@return the callback, for reading logs}
    @Override
    public String toString() {
        return callback + " on behalf of " + awaiter;
    }
}
