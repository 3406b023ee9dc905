package dev.treadle;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How bodies run inside scopes, and the plain kinds of scope.
final class AsyncScopes {
    private AsyncScopes() {}

    static <T extends @Nullable Object, R extends @Nullable Object> Coroutine<@Nullable R> around(
            AsyncScope<T> scope, AsyncScope.Body<? super T, R> body) {
        Objects.requireNonNull(body, "body");
        return Coroutine.<@Nullable R>of(() -> {
            T value = scope.enter().await();
            R result;
            try {
                result = body.run(value);
            } catch (Throwable e) {
                if (leave(scope, e)) {
                    return null;
                }
                throw e;
            }
            scope.exit(null).await();
            return result;
        });
    }

    private static boolean leave(AsyncScope<?> scope, Throwable error) {
        try {
            return scope.exit(error).await();
        } catch (Throwable e) {
            attach(error, e);
            throw e;
        }
    }

    /// Attaches what was under way to what has taken its place.
    static void attach(@Nullable Throwable before, Throwable after) {
        if (before != null && before != after) {
            after.addSuppressed(before);
        }
    }

    static <G extends AsyncGenerator<?>> AsyncScope<G> closing(G generator) {
        Objects.requireNonNull(generator, "generator");
        return new AsyncScope<>() {
            @Override
            public Awaitable<G> enter() {
                return () -> generator;
            }

            @Override
            public Awaitable<Boolean> exit(@Nullable Throwable error) {
                return Coroutine.of(() -> {
                    generator.aclose().await();
                    return false;
                });
            }
        };
    }
}
