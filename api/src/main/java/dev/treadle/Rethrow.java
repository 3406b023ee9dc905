package dev.treadle;

import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// Passes a caught `Throwable` on, where the compiler has forgotten what it can be.
final class Rethrow {
    private Rethrow() {}

    /// Throws an `Error`; returns what is unchecked, or an unchecked wrapper around what is
    /// checked, for the caller to throw.
    static RuntimeException unchecked(Throwable error) {
        return switch (asException(error)) {
            case RuntimeException e -> e;
            case Exception e -> new CompletionException(e);
        };
    }

    /// Throws an `Error`; returns an `Exception` for the caller to throw.
    ///
    /// @throws AssertionError for a throwable that is neither, with it as the cause
    static Exception asException(@Nullable Throwable error) {
        return switch (error) {
            case null -> new IllegalStateException("nothing to rethrow");
            case Error e -> throw e;
            case Exception e -> e;
            default ->
                    throw new AssertionError("neither an Exception nor an Error: " + error, error);
        };
    }
}
