package dev.treadle.core.generator;

import dev.treadle.DuplexGenerator;
import dev.treadle.Generator;
import dev.treadle.GeneratorExit;
import dev.treadle.Step;
import dev.treadle.StopIteration;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// What a body waits for in `yieldFrom`, and what becomes meanwhile of what is sent and thrown in:
/// what PEP 380 spells out.
abstract sealed class Delegation {

    /// Delegates to a generator.
    static Delegation to(DuplexGenerator<?, ?, ?> inner) {
        return new ToDuplex(Objects.requireNonNull(inner, "inner"));
    }

    /// Delegates to a generator that nothing is sent to.
    static Delegation to(Generator<?> inner) {
        return new ToGenerator(Objects.requireNonNull(inner, "inner"));
    }

    /// Delegates to an iterator, which may be a generator under its other interface.
    static Delegation to(Iterator<?> inner) {
        return inner instanceof DuplexGenerator<?, ?, ?> generator
                ? to(generator)
                : new ToIterator(Objects.requireNonNull(inner, "inner"));
    }

    /// Takes one step.
    ///
    /// @param sent what was sent to the body
    /// @param raised what was thrown into it; null for nothing
    /// @return what is to be yielded, or a [Returned] when the delegation has ended
    /// @throws RuntimeException what is to surface in the body; or an error
    abstract @Nullable Object resume(@Nullable Object sent, @Nullable Throwable raised);

    /// Closes what is delegated to, because the body is being closed.
    abstract void close();

    /// {@return what is delegated to}
    abstract Iterator<?> inner();

    /// {@return the generator that is delegated to, if it is one of ours}
    @Nullable GeneratorObject<?, ?, ?> generator() {
        return null;
    }

    /// Whether what is sent reaches what is delegated to, and its result the body.
    boolean isDuplex() {
        return true;
    }

    /// To a generator of either kind.
    private abstract static sealed class ToAny<G extends Generator<?>> extends Delegation {
        final G inner;

        ToAny(G inner) {
            this.inner = inner;
        }

        @Override
        Iterator<?> inner() {
            return inner;
        }

        @Override
        void close() {
            inner.close();
        }

        @Override
        @Nullable GeneratorObject<?, ?, ?> generator() {
            return inner instanceof GeneratorObject<?, ?, ?> ours ? ours : null;
        }
    }

    private static final class ToDuplex extends ToAny<DuplexGenerator<?, Object, ?>> {
        @SuppressWarnings("unchecked") // the compiler has seen at `yieldFrom` that it takes S
        ToDuplex(DuplexGenerator<?, ?, ?> inner) {
            super((DuplexGenerator<?, Object, ?>) inner);
        }

        @Override
        @Nullable Object resume(@Nullable Object sent, @Nullable Throwable raised) {
            if (raised != null) {
                try {
                    return raise(inner, raised);
                } catch (StopIteration stop) {
                    return new Returned(stop.value());
                }
            }
            return switch (inner.step(sent)) {
                case Step.Yielded<?, ?>(Object value) -> value;
                case Step.Returned<?, ?>(Object value) -> new Returned(value);
            };
        }
    }

    private static final class ToGenerator extends ToAny<Generator<?>> {
        ToGenerator(Generator<?> inner) {
            super(inner);
        }

        @Override
        @Nullable Object resume(@Nullable Object sent, @Nullable Throwable raised) {
            if (raised != null) {
                try {
                    return raise(inner, raised);
                } catch (StopIteration _) {
                    return new Returned(null);
                }
            }
            return inner.hasNext() ? inner.next() : new Returned(null);
        }

        @Override
        boolean isDuplex() {
            return false;
        }
    }

    private static @Nullable Object raise(Generator<?> inner, Throwable exception) {
        if (exception instanceof GeneratorExit exit) {
            inner.close();
            throw exit;
        }
        return inner.raise(exception);
    }

    private static final class ToIterator extends Delegation {
        private final Iterator<?> inner;

        ToIterator(Iterator<?> inner) {
            this.inner = inner;
        }

        @Override
        @Nullable Object resume(@Nullable Object sent, @Nullable Throwable raised) {
            if (raised != null) {
                if (raised instanceof GeneratorExit) {
                    close();
                }
                throw unchecked(raised);
            }
            if (sent != null) {
                throw new UnsupportedOperationException(
                        "a value was sent while the generator delegates to "
                                + inner.getClass().getName()
                                + ", which is a plain iterator");
            }
            if (!inner.hasNext()) {
                return new Returned(null);
            }
            try {
                return inner.next();
            } catch (StopIteration stop) {
                return new Returned(stop.value());
            }
        }

        @Override
        Iterator<?> inner() {
            return inner;
        }

        @Override
        void close() {
            if (!(inner instanceof AutoCloseable closeable)) {
                return;
            }
            try {
                closeable.close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new CompletionException(e);
            }
        }
    }

    /// An exception that was thrown into a body, which is never a checked one.
    static RuntimeException unchecked(Throwable raised) {
        if (raised instanceof Error error) {
            throw error;
        }
        return (RuntimeException) raised;
    }
}
