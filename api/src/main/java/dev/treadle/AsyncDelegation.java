package dev.treadle;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Delegation to asynchronous generators in terms of `yield`: what PEP 380 spells out, with each
/// resumption awaited (PEP 828).
final class AsyncDelegation {
    private AsyncDelegation() {}

    static <Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
            @Nullable R run(
                    Yielder<Y, S> y, DuplexAsyncGenerator<? extends Y, ? super S, R> inner) {
        Step<? extends Y, R> step = inner.astep(null).await();
        while (step instanceof Step.Yielded<? extends Y, R>(Y value)) {
            S sent;
            try {
                sent = y.yield(value);
            } catch (GeneratorExit e) {
                close(inner, e);
                throw e;
            } catch (Throwable e) {
                step = raise(inner, e);
                continue;
            }
            step = inner.astep(sent).await();
        }
        return ((Step.Returned<? extends Y, R>) step).value();
    }

    static <Y extends @Nullable Object, S extends @Nullable Object> void run(
            Yielder<Y, S> y, AsyncGenerator<? extends Y> inner) {
        Objects.requireNonNull(inner, "inner");
        Step<? extends Y, ?> step = next(inner);
        while (step instanceof Step.Yielded<? extends Y, ?>(Y value)) {
            try {
                y.yield(value);
            } catch (GeneratorExit e) {
                close(inner, e);
                throw e;
            } catch (Throwable e) {
                step = raise(inner, e);
                continue;
            }
            step = next(inner);
        }
    }

    private static <Y extends @Nullable Object> Step<Y, @Nullable Void> next(
            AsyncGenerator<Y> inner) {
        return inner.hasNext().await()
                ? new Step.Yielded<Y, @Nullable Void>(inner.next())
                : new Step.Returned<Y, @Nullable Void>(null);
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // the generator's own result, and what it yields
    private static <Y extends @Nullable Object, R extends @Nullable Object> Step<Y, R> raise(
            AsyncGenerator<? extends Y> inner, Throwable exception) {
        if (inner.state() == Generator.State.CLOSED) {
            throw Rethrow.unchecked(exception); // athrow() would lose it
        }
        try {
            return new Step.Yielded<>((Y) inner.athrow(exception).await());
        } catch (StopAsyncIteration stop) {
            return new Step.Returned<>((R) stop.value());
        }
    }

    private static void close(AsyncGenerator<?> inner, GeneratorExit exit) {
        try {
            inner.aclose().await();
        } catch (RuntimeException | Error e) {
            if (e != exit) {
                e.addSuppressed(exit); // it was on its way out because of that
            }
            throw e;
        }
    }
}
