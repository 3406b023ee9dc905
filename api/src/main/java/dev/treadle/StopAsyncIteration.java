package dev.treadle;

import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// Thrown by the requests of an asynchronous generator when it has ended; carries what its body
/// returned.
///
/// A body must not throw it to end itself: if one leaves a body, it turns into an
/// `IllegalStateException` with it as the cause.
///
/// Source of the semantics: Python's `StopAsyncIteration` (PEP 492, PEP 525), with the value of PEP
/// 828.
public final class StopAsyncIteration extends NoSuchElementException {
    private static final long serialVersionUID = 1;

    private final transient @Nullable Object value;

    /// Creates the end of an iteration without a value.
    public StopAsyncIteration() {
        this(null);
    }

    /// Creates the end of an iteration.
    ///
    /// @param value what the generator returned, or null
    public StopAsyncIteration(@Nullable Object value) {
        super(
                value == null
                        ? "the asynchronous iteration has ended"
                        : "the asynchronous iteration has ended and returned " + value);
        this.value = value;
    }

    /// {@return what the generator returned; null if it returned nothing, or had ended before}
    public @Nullable Object value() {
        return value;
    }
}
