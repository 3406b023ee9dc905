package dev.treadle;

import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// Thrown by `next()`, `send` and `raise` when a generator has ended; carries what its body
/// returned.
///
/// It is what `Iterator.next()` may throw, a `NoSuchElementException`. A body must not throw it to
/// end itself: if one leaves a body, it turns into an `IllegalStateException` with it as the cause
/// (PEP 479).
///
/// Source of the semantics: Python's `StopIteration`.
public final class StopIteration extends NoSuchElementException {
    private static final long serialVersionUID = 1;

    private final transient @Nullable Object value;

    /// Creates the end of an iteration without a value.
    public StopIteration() {
        this(null);
    }

    /// Creates the end of an iteration.
    ///
    /// @param value what the generator returned, or null
    public StopIteration(@Nullable Object value) {
        super(
                value == null
                        ? "the iteration has ended"
                        : "the iteration has ended and returned " + value);
        this.value = value;
    }

    /// {@return what the generator returned; null if it returned nothing, or had ended before}
    public @Nullable Object value() {
        return value;
    }
}
