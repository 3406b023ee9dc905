package dev.treadle.metrics;

import dev.treadle.LoopStatistics;
import dev.treadle.LoopStatistics.State;
import org.jspecify.annotations.Nullable;

/// What the watchdog knows of a worker: whether it is in one and the same step each time that it
/// looks, and since when.
///
/// No clock is read for it by the loop. All but the readings belongs to the watchdog.
final class WorkerWatch {

    /// Why a loop stood still.
    enum Cause {
        /// A callback or step took too long.
        CODE,
        /// The whole JVM stood still: the watchdog itself was late.
        JVM
    }

    /// A step that has taken too long, and goes on.
    ///
    /// @param nanos for how long it was seen
    /// @param cause why
    record Stall(long nanos, Cause cause) {}

    /// The step that a worker was in when the watchdog looked.
    ///
    /// @param sequence its number
    /// @param wakeups how often the worker had waited: if it has waited since, the step is over
    ///   even if no other has begun
    /// @param since when it was seen first
    private record Present(long sequence, long wakeups, long since) {
        static Present of(LoopStatistics.Worker worker, long now) {
            return new Present(worker.sequence(), worker.wakeups().total(), now);
        }

        boolean is(LoopStatistics.Worker worker) {
            return worker.state() == State.RUNNING
                    && worker.sequence() == sequence
                    && worker.wakeups().total() == wakeups;
        }
    }

    final Utilization utilization;
    final DepthPeaks localDepth = new DepthPeaks();
    final DepthPeaks injectedDepth = new DepthPeaks();
    private final Events events;
    private final String loop;
    private final int worker;
    private volatile @Nullable Present present; // written by the watchdog, read by any thread
    private boolean stalled; // whether the present step has been counted
    private Events.@Nullable Blocked blocked;
    private volatile long stallsOfCode; // written by the watchdog, read by any thread
    private volatile long stallsOfJvm; // written by the watchdog, read by any thread

    WorkerWatch(String loop, Events events, LoopStatistics.Worker worker) {
        this.loop = loop;
        this.worker = worker.index();
        this.events = events;
        this.utilization = new Utilization(worker.busy().toNanos(), worker.idle().toNanos());
    }

    /// Looks at the worker.
    ///
    /// @param worker what it does
    /// @param now the time
    /// @param late how much later this look is than it should have been
    /// @param threshold how long a step may take
    /// @return a step that has become too long since the last look, or null
    @Nullable Stall look(LoopStatistics.Worker worker, long now, long late, long threshold) {
        Present before = present;
        if (before == null || !before.is(worker)) {
            over();
            if (worker.state() == State.RUNNING) {
                present = Present.of(worker, now);
                blocked = events.beginBlocked();
            }
            return null;
        }
        long nanos = now - before.since;
        if (stalled || nanos < threshold) {
            return null;
        }
        stalled = true;
        Cause cause = late >= nanos / 2 ? Cause.JVM : Cause.CODE;
        count(cause);
        return new Stall(nanos, cause);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // only the watchdog writes
    private void count(Cause cause) {
        switch (cause) {
            case CODE -> stallsOfCode++;
            case JVM -> stallsOfJvm++;
        }
    }

    /// Called when nothing more is to be seen.
    void over() {
        Events.Blocked event = blocked;
        if (event != null && stalled) {
            event.end(loop, worker);
        }
        present = null;
        stalled = false;
        blocked = null;
    }

    /// Forgets the oldest part of what is remembered of the lengths of its queues.
    void turnPeaks() {
        localDepth.turn();
        injectedDepth.turn();
    }

    /// {@return what is known of the worker}
    ///
    /// @param worker what it does
    /// @param now the time
    LoopSnapshot.Watched reading(LoopStatistics.Worker worker, long now) {
        double last = utilization.last(); // before the highest, which is no lower then
        return new LoopSnapshot.Watched(
                blockedNanos(worker, now),
                stallsOfCode,
                stallsOfJvm,
                last,
                utilization.max(),
                localDepth.max(),
                injectedDepth.max());
    }

    /// {@return for how long the worker has been seen in the step that it is in; 0 if it has not}
    ///
    /// @param worker what it does
    /// @param now the time
    private long blockedNanos(LoopStatistics.Worker worker, long now) {
        Present seen = present;
        return seen != null && seen.is(worker) ? Math.max(now - seen.since, 0) : 0;
    }
}
