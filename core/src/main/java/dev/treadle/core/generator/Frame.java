package dev.treadle.core.generator;

import org.jspecify.annotations.Nullable;

/// A body that stands at its beginning or at a `yield`, and can be resumed there: the seam between
/// the rules of generators and the engine that runs their bodies.
///
/// Called by one thread at a time, each call *happening-before* the next.
interface Frame {

    /// What [#resume] returns when the body has ended, instead of what it yielded.
    ///
    /// @param value what the body returned
    record Returned(@Nullable Object value) {}

    /// Runs the body up to its next `yield` or its end.
    ///
    /// @param sent what the `yield` at which it stands returns
    /// @param raised what is thrown from that `yield` instead; null for nothing
    /// @return what the body yields, or a [Returned]
    /// @throws Throwable what leaves the body
    @Nullable Object resume(@Nullable Object sent, @Nullable Throwable raised) throws Throwable;
}
