package dev.treadle.scheduler.test;

import org.jspecify.annotations.Nullable;

/// A test has failed in one of its runs. The message tells what went wrong, how to repeat it, and
/// what happened step by step.
public final class SimulationFailure extends AssertionError {
    private static final long serialVersionUID = 1;

    /// What repeats the run.
    private final @Nullable String token;

    /// How many runs it took.
    private final int runs;

    SimulationFailure(String message, @Nullable Throwable cause, @Nullable String token, int runs) {
        super(message, cause);
        this.token = token;
        this.runs = runs;
        if (cause != null) {
            setStackTrace(
                    cause.getStackTrace()); // where the test went wrong, not where it was told
        }
    }

    /// {@return what repeats the run: for [Replay], `-Dtreadle.replay` or [Exploration#replay];
    /// null if it cannot be repeated}
    public @Nullable String token() {
        return token;
    }

    /// {@return how many runs it took to find this, the failed one included}
    public int runs() {
        return runs;
    }
}
