package dev.treadle;

import java.util.OptionalLong;

/// A callback that a loop will run, as long as it is not cancelled first.
///
/// Source of the semantics: `asyncio.Handle` and `asyncio.TimerHandle`.
public interface Handle {

    /// Prevents the callback from running, if it has not started.
    ///
    /// Cancelling twice, or after the callback ran, changes nothing. For a handle of
    /// [EventLoop#callSoonThreadsafe] whose callback is running on the loop right now, a call from
    /// another thread waits until the callback has ended, so that afterwards it is certainly not
    /// running.
    ///
    /// May be called from any thread.
    void cancel();

    /// {@return whether this was cancelled} For a handle of [EventLoop#callSoonThreadsafe], a call
    /// from another thread waits while the callback is running.
    ///
    /// May be called from any thread.
    boolean isCancelled();

    /// {@return when the callback is due: a reading of [EventLoop#time()], in nanoseconds; empty if
    /// it waits for no time} It stays the same when the callback has run or was cancelled.
    ///
    /// May be called from any thread.
    ///
    /// Source of the semantics: `asyncio.TimerHandle.when`.
    default OptionalLong when() {
        return OptionalLong.empty();
    }
}
