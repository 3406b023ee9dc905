package dev.treadle.metrics;

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
    public void rejected(String loop, long count) {}
}
