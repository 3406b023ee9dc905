package dev.treadle.core;

import dev.treadle.LoopStatistics.State;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// What a worker does at this moment, and how long it has done so: busy or idle.
///
/// The clock is read when the worker begins to wait and when it gets up, and only while somebody
/// has it [measured][Measuring].
final class WorkerTime {
    /// What another thread sees.
    record Reading(State state, long busyNanos, long idleNanos) {
        private Reading later(Reading other) {
            return busyNanos + idleNanos <= other.busyNanos + other.idleNanos ? other : this;
        }
    }

    private final Version version = new Version(); // of all below
    // STOPPED -> RUNNING            by who runs the loop
    // RUNNING -> PARKED -> RUNNING  by the holder of the turn, around a poll
    // RUNNING -> STOPPED            by who runs the loop, at the end
    private State state = State.STOPPED; // written by the holder, read by any thread
    private boolean marked; // likewise: whether mark counts
    private long mark; // likewise: since when it does what it does
    private long busy; // likewise, in nanoseconds, without what goes on
    private long idle; // likewise
    // What was told last: by whoever reads.
    private final AtomicReference<Reading> told =
            new AtomicReference<>(new Reading(State.STOPPED, 0, 0));

    void become(State next, @Nullable Measuring measuring) {
        version.changing();
        if (measuring == null) {
            marked = false;
        } else {
            long now = measuring.now();
            add(now, measuring);
            mark = now;
            marked = true;
        }
        state = next;
        version.changed();
    }

    private void add(long now, Measuring measuring) {
        long passed = now - since(measuring);
        switch (state) {
            case STOPPED -> {}
            case RUNNING -> busy += passed;
            case PARKED -> idle += passed;
        }
    }

    /// Since when what goes on is measured: since it began, or since it has been measured.
    private long since(Measuring measuring) {
        long measured = measuring.since();
        return marked && mark - measured > 0 ? mark : measured;
    }

    /// Reads all of it. From any thread.
    ///
    /// If who changes it stands still in the middle, this is what was told last.
    Reading read(@Nullable Measuring measuring) {
        int attempt = 0;
        do {
            long seen = version.now();
            Reading reading = readOnce(measuring);
            if (version.isCurrent(seen)) {
                told.accumulateAndGet(reading, Reading::later);
                return reading;
            }
        } while (Version.awaitChange(attempt++));
        return told.get();
    }

    private Reading readOnce(@Nullable Measuring measuring) {
        State now = state;
        long passed = measuring == null ? 0 : Math.max(0, measuring.now() - since(measuring));
        return new Reading(
                now,
                now == State.RUNNING ? busy + passed : busy,
                now == State.PARKED ? idle + passed : idle);
    }
}
