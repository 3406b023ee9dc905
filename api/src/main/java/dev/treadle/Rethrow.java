package dev.treadle;

import org.jspecify.annotations.Nullable;

/// Passes a caught `Throwable` on, where the compiler has forgotten what it can be.
final class Rethrow {
    private Rethrow() {}

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
