package dev.treadle.core.generator;

import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// A body that stands at its beginning or at a `yield`, and can be resumed there: the seam between
/// the rules of generators and what runs their bodies.
///
/// It is a `BiFunction` of what is sent and what is thrown in, because a compiled body is one: its
/// class belongs to the user's package, and sees nothing of this one.
///
/// Called by one thread at a time, each call *happening-before* the next.
interface Frame extends BiFunction<@Nullable Object, @Nullable Object, @Nullable Object> {

    /// What [#resume] returns when the body has ended, instead of what it yielded.
    ///
    /// @param value what the body returned
    record Returned(@Nullable Object value) {}

    /// Runs the body up to its next `yield` or its end.
    ///
    /// @param sent what the `yield` at which it stands returns
    /// @param raised what is thrown from that `yield` instead; null for nothing
    /// @return what the body yields, a [Delegation] that is to be run in its place, whose result is
    ///   what is sent next; or a [Returned]
    /// @throws Throwable what leaves the body
    @Nullable Object resume(@Nullable Object sent, @Nullable Throwable raised) throws Throwable;

    @Override
    default @Nullable Object apply(@Nullable Object sent, @Nullable Object raised) {
        try {
            return resume(sent, (Throwable) raised);
        } catch (Throwable e) {
            throw Frame.<RuntimeException>asIs(e);
        }
    }

    /// Throws any exception past a signature that declares none.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // a cast that never happens
    private static <X extends Throwable> X asIs(Throwable e) throws X {
        throw (X) e;
    }
}
