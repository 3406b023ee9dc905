package dev.treadle.core.generator;

import dev.treadle.DuplexGenerator;
import dev.treadle.Generator;
import dev.treadle.GeneratorExit;
import dev.treadle.Step;
import dev.treadle.StopIteration;
import dev.treadle.Yielder;
import java.util.Iterator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Delegation in terms of `yield`: what PEP 380 spells out.
abstract class BodyYielder<Y extends @Nullable Object, S extends @Nullable Object>
        implements Yielder<Y, S> {

    @Override
    public <R extends @Nullable Object> @Nullable R yieldFrom(
            DuplexGenerator<? extends Y, ? super S, R> inner) {
        Objects.requireNonNull(inner, "inner");
        Step<? extends Y, R> step = inner.step(null);
        while (step instanceof Step.Yielded<? extends Y, R>(Y value)) {
            S sent;
            try {
                sent = this.yield(value);
            } catch (GeneratorExit e) {
                inner.close();
                throw e;
            } catch (Throwable e) {
                step = raise(inner, e);
                continue;
            }
            step = inner.step(sent);
        }
        return ((Step.Returned<? extends Y, R>) step).value();
    }

    @SuppressWarnings("unchecked") // the generator's own result
    private static <Y extends @Nullable Object, R extends @Nullable Object> Step<Y, R> raise(
            Generator<? extends Y> inner, Throwable exception) {
        try {
            return new Step.Yielded<>(inner.raise(exception));
        } catch (StopIteration stop) {
            return new Step.Returned<>((R) stop.value());
        }
    }

    @Override
    public void yieldFrom(Generator<? extends Y> inner) {
        Objects.requireNonNull(inner, "inner");
        Step<Y, ?> step = next(inner);
        while (step instanceof Step.Yielded<Y, ?>(Y value)) {
            try {
                this.yield(value);
            } catch (GeneratorExit e) {
                inner.close();
                throw e;
            } catch (Throwable e) {
                step = raise(inner, e);
                continue;
            }
            step = next(inner);
        }
    }

    private static <Y extends @Nullable Object> Step<Y, ?> next(Generator<? extends Y> inner) {
        return inner.hasNext()
                ? new Step.Yielded<Y, @Nullable Void>(inner.next())
                : new Step.Returned<Y, @Nullable Void>(null);
    }

    @Override
    @SuppressWarnings("unchecked") // a generator of Y under its other interface
    public @Nullable Object yieldFrom(Iterator<? extends Y> inner) {
        Objects.requireNonNull(inner, "inner");
        if (inner instanceof DuplexGenerator<?, ?, ?> generator) {
            return yieldFrom((DuplexGenerator<? extends Y, ? super S, ?>) generator);
        }
        while (inner.hasNext()) {
            Y value;
            try {
                value = inner.next();
            } catch (StopIteration stop) {
                return stop.value();
            }
            S sent;
            try {
                sent = this.yield(value);
            } catch (GeneratorExit e) {
                close(inner);
                throw e;
            }
            if (sent != null) {
                throw new UnsupportedOperationException(
                        "a value was sent while the generator delegates to "
                                + inner.getClass().getName()
                                + ", which is a plain iterator");
            }
        }
        return null;
    }

    private static void close(Iterator<?> inner) {
        if (!(inner instanceof AutoCloseable closeable)) {
            return;
        }
        try {
            closeable.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new java.util.concurrent.CompletionException(e);
        }
    }
}
