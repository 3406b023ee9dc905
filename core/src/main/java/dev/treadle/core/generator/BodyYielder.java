package dev.treadle.core.generator;

import dev.treadle.DuplexGenerator;
import dev.treadle.Generator;
import dev.treadle.Yielder;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// Delegation in terms of `yield`.
interface BodyYielder<Y extends @Nullable Object, S extends @Nullable Object>
        extends Yielder<Y, S> {

    @Override
    @SuppressWarnings("unchecked") // the inner generator's own result
    default <R extends @Nullable Object> @Nullable R yieldFrom(
            DuplexGenerator<? extends Y, ? super S, R> inner) {
        return (R) delegate(Delegation.to(inner));
    }

    @Override
    default void yieldFrom(Generator<? extends Y> inner) {
        delegate(Delegation.to(inner));
    }

    @Override
    default @Nullable Object yieldFrom(Iterator<? extends Y> inner) {
        return delegate(Delegation.to(inner));
    }

    /// Yields what a delegation comes to, until it ends; returns its result.
    @SuppressWarnings({"unchecked", "NullAway"}) // what is delegated to yields Y, which may be null
    default @Nullable Object delegate(Delegation delegation) {
        Object result = delegation.resume(null, null);
        while (!(result instanceof Returned(Object value))) {
            S sent;
            try {
                sent = this.yield((Y) result);
            } catch (Throwable e) {
                result = delegation.resume(null, e);
                continue;
            }
            result = delegation.resume(sent, null);
        }
        return value;
    }
}
