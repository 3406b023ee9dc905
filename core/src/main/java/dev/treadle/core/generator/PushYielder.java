package dev.treadle.core.generator;

import dev.treadle.DuplexGenerator;
import dev.treadle.Generator;
import org.jspecify.annotations.Nullable;

/// Yields straight into the consumer, on the stack of whoever drives.
final class PushYielder<Y extends @Nullable Object, S extends @Nullable Object>
        implements BodyYielder<Y, S> {
    private final Sink<? super Y> sink;

    PushYielder(Sink<? super Y> sink) {
        this.sink = sink;
    }

    @Override
    public @Nullable S yield(Y value) {
        sink.accept(value);
        return null;
    }

    @Override
    public <R extends @Nullable Object> @Nullable R yieldFrom(
            DuplexGenerator<? extends Y, ? super S, R> inner) {
        if (!(inner instanceof GeneratorObject<? extends Y, ?, R> generator)
                || !generator.isPushable()) {
            return BodyYielder.super.yieldFrom(inner);
        }
        boolean leaving = sink.failed(); // this body cleans up
        R result = generator.push(sink);
        if (!leaving && sink.failed()) {
            // The inner body has left; this one is next, whatever the inner one made of it.
            throw sink.leave();
        }
        return result;
    }

    @Override
    public void yieldFrom(Generator<? extends Y> inner) {
        if (inner instanceof DuplexGenerator<? extends Y, ?, ?> duplex) {
            yieldFromAny(duplex);
        } else {
            BodyYielder.super.yieldFrom(inner);
        }
    }

    @SuppressWarnings("unchecked") // nothing is ever sent in push mode
    private void yieldFromAny(DuplexGenerator<? extends Y, ?, ?> inner) {
        yieldFrom((DuplexGenerator<? extends Y, ? super S, ?>) inner);
    }
}
