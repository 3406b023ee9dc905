package dev.treadle.core;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Runners with nothing to do, the one last that was kept last. Belongs to who holds the turn, or
/// the seat.
final class IdleRunners<R> {
    /// Those beyond this number end: enough to absorb a burst, few enough to forget.
    private static final int MOST = 256;

    private final ArrayDeque<R> runners = new ArrayDeque<>();

    /// Keeps a runner.
    ///
    /// @return false if it is to end, because enough others are idle
    boolean keep(R runner) {
        boolean kept = runners.size() < MOST;
        if (kept) {
            runners.push(runner);
        }
        return kept;
    }

    /// Takes one; null if there is none.
    @Nullable R poll() {
        return runners.poll();
    }
}
