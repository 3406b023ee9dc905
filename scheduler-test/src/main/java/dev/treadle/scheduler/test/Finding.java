package dev.treadle.scheduler.test;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is wrong with a run.
///
/// @param kind what sort of thing
/// @param headline in one line
/// @param leak what was left behind, if it is that
/// @param cause what was thrown, if something was
/// @param details further lines
record Finding(
        Kind kind,
        String headline,
        @Nullable Leak leak,
        @Nullable Throwable cause,
        List<String> details) {

    /// What sorts there are.
    enum Kind {
        THROWN,
        DEADLOCK,
        LIVELOCK,
        STEPS,
        BLOCKED,
        PROBLEM,
        LEAK
    }

    static Finding thrown(Throwable cause) {
        // Of an assertion the message says it all, and begins on a line of its own.
        String message = cause instanceof AssertionError ? cause.getMessage() : null;
        return new Finding(
                Kind.THROWN,
                message == null ? cause.toString() : message.strip(),
                null,
                cause,
                List.of());
    }

    /// Whether another run shows the same fault of the program, as far as one can tell.
    boolean isLike(@Nullable Finding other) {
        return other != null
                && kind == other.kind
                && leak == other.leak
                && (cause == null ? null : cause.getClass())
                        == (other.cause == null ? null : other.cause.getClass());
    }
}
