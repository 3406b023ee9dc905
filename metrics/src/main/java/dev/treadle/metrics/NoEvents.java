package dev.treadle.metrics;

import dev.treadle.LoopStatistics;
import org.jspecify.annotations.Nullable;

/// A JVM without Flight Recorder.
final class NoEvents implements Events {

    @Override
    public void loopBound(String loop, String scheduler, String carriers, int workers) {}

    @Override
    public @Nullable Blocked beginBlocked() {
        return null;
    }

    @Override
    public @Nullable SlowStep beginSlowStep() {
        return null;
    }

    @Override
    public void stalled(String loop, int worker, WorkerWatch.Stall stall, Standing standing) {}

    @Override
    public void timerLate(String loop, long lateNanos) {}

    @Override
    public void rejected(String loop, long count) {}

    @Override
    public void unhandled(String loop, long count) {}

    @Override
    public void loopClosed(String loop, LoopStatistics.Tasks tasks) {}

    @Override
    public void addHook(Runnable hook) {}

    @Override
    public void removeHook(Runnable hook) {}

    @Override
    public void statistics(String loop, LoopSnapshot snapshot) {}
}
