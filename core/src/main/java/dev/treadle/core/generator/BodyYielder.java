package dev.treadle.core.generator;

import dev.treadle.DuplexGenerator;
import dev.treadle.Generator;
import dev.treadle.Yielder;
import dev.treadle.core.generator.Frame.Returned;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// Delegation in terms of `yield`.
abstract class BodyYielder<Y extends @Nullable Object, S extends @Nullable Object>
        implements Yielder<Y, S> {

    @Override
    @SuppressWarnings("unchecked") // the inner generator's own result
    public <R extends @Nullable Object> @Nullable R yieldFrom(
            DuplexGenerator<? extends Y, ? super S, R> inner) {
        return (R) delegate(Delegation.to(inner));
    }

    @Override
    public void yieldFrom(Generator<? extends Y> inner) {
        delegate(Delegation.to(inner));
    }

    @Override
    public @Nullable Object yieldFrom(Iterator<? extends Y> inner) {
        return delegate(Delegation.to(inner));
    }

    /// Yields what a delegation comes to, until it ends; returns its result.
    @SuppressWarnings({"unchecked", "NullAway"}) // what is delegated to yields Y, which may be null
    @Nullable Object delegate(Delegation delegation) {
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
