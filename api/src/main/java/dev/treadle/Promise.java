package dev.treadle;

import org.jspecify.annotations.Nullable;

/// A future that is completed by hand, once, from any thread.
///
/// Made by [EventLoop#createPromise]. Whoever completes it, its callbacks and the tasks that await
/// it go on on their own loop.
///
/// Source of the semantics: `asyncio.Future.set_result` and `set_exception`.
///
/// @param <T> the result
public interface Promise<T extends @Nullable Object> extends Future<T> {

    /// Makes this succeed.
    ///
    /// May be called from any thread. What the caller did before *happens-before* what the waiters
    /// do after.
    ///
    /// @param value the result
    /// @throws InvalidStateException if it is already done
    void complete(T value);

    /// Makes this fail.
    ///
    /// A [StopIteration] is wrapped in an `IllegalStateException`, because it would end the
    /// generator that awaits it. A [CancelledError] is taken as a failure with that error, not as a
    /// cancellation.
    ///
    /// May be called from any thread.
    ///
    /// @param exception why
    /// @throws InvalidStateException if it is already done
    void fail(Throwable exception);

    /// Makes this succeed, unless it is done.
    ///
    /// May be called from any thread.
    ///
    /// @param value the result
    /// @return false if it was already done; nothing changed then
    boolean tryComplete(T value);

    /// Makes this fail, unless it is done.
    ///
    /// May be called from any thread.
    ///
    /// @param exception why
    /// @return false if it was already done; nothing changed then
    boolean tryFail(Throwable exception);
}
