package dev.treadle;

import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// A scope written as a generator that yields once.
final class GeneratorScope<T extends @Nullable Object> implements AsyncScope<T> {
    private final AsyncGenerator<T> generator;

    GeneratorScope(AsyncGenerator<T> generator) {
        this.generator = generator;
    }

    @Override
    public Coroutine<T> enter() {
        return Coroutine.of(() -> {
            if (!generator.hasNext().await()) {
                throw new IllegalStateException(
                        "generator didn't yield: a scope's generator yields once, and is used once");
            }
            return generator.next();
        });
    }

    @Override
    public Coroutine<Boolean> exit(@Nullable Throwable error) {
        return Coroutine.of(() -> error == null ? end() : raise(error));
    }

    private boolean end() {
        if (generator.hasNext().await()) {
            throw tooMany("generator didn't stop: a scope's generator yields once");
        }
        return false;
    }

    private boolean raise(Throwable error) {
        try {
            generator.athrow(error).await();
        } catch (StopAsyncIteration e) {
            return e != error;
        } catch (Throwable e) {
            if (isSame(e, error)) {
                return false;
            }
            throw e;
        }
        throw tooMany(
                "generator didn't stop after the body's exception was thrown into it: a scope's"
                        + " generator yields once");
    }

    /// Whether the generator has let an error pass: as it is, or in what it is wrapped in on the
    /// way.
    private static boolean isSame(Throwable thrown, Throwable error) {
        boolean wrapped =
                thrown instanceof CompletionException
                        || (thrown instanceof IllegalStateException
                                && (error instanceof StopIteration
                                        || error instanceof StopAsyncIteration));
        return thrown == error || (wrapped && thrown.getCause() == error);
    }

    private IllegalStateException tooMany(String message) {
        IllegalStateException problem = new IllegalStateException(message);
        try {
            generator.aclose().await();
        } catch (Throwable e) {
            AsyncScopes.attach(problem, e);
            throw e;
        }
        return problem;
    }
}
