package dev.treadle.scheduler.test;

import dev.treadle.core.Clock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How long a run may go on, and what ends it.
final class Limits {
    static final int MOST_STEPS_AT_ONE_TIME = 100_000;
    static final int MOST_STEPS = 1_000_000;

    private final Clock clock;
    private final Supplier<String> awaitGraph;
    private long time;
    private int stepsAtThisTime;
    private int steps;
    private @Nullable Verdict verdict; // loop thread only: to be thrown where a loop can be ended

    /// @param awaitGraph tells who waits for whom, should a run go on for too long
    Limits(Clock clock, Supplier<String> awaitGraph) {
        this.clock = clock;
        this.awaitGraph = awaitGraph;
        this.time = clock.nanoTime();
    }

    /// Counts a step.
    void step() {
        steps++;
        long now = clock.nanoTime();
        if (now != time) {
            time = now;
            stepsAtThisTime = 0;
        }
        if (++stepsAtThisTime > MOST_STEPS_AT_ONE_TIME) {
            end(
                    Finding.Kind.LIVELOCK,
                    "livelock: "
                            + MOST_STEPS_AT_ONE_TIME
                            + " steps have not moved the time, and something is still ready");
        } else if (steps > MOST_STEPS) {
            end(Finding.Kind.STEPS, "the run has not ended after " + MOST_STEPS + " steps");
        }
    }

    private void end(Finding.Kind kind, String headline) {
        if (verdict == null) {
            end(new Verdict(kind, (headline + '\n' + awaitGraph.get()).strip()));
        }
    }

    int steps() {
        return steps;
    }

    /// Has the loop end at the next opportunity.
    void end(Verdict reason) {
        if (verdict == null) {
            verdict = reason;
        }
    }

    /// Why the run was ended, if it was.
    @Nullable Verdict verdict() {
        return verdict;
    }

    /// Ends the loop if that is due. Where what is thrown leaves the loop's `run…` method.
    void check() {
        if (verdict != null) {
            throw verdict;
        }
    }
}
