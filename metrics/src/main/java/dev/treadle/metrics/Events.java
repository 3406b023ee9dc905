package dev.treadle.metrics;

import dev.treadle.LoopStatistics;
import org.jspecify.annotations.Nullable;

/// Tells Java Flight Recorder, where there is one.
///
/// The module `jdk.jfr` may be missing from an image: what refers to it is in [JfrEvents] alone.
interface Events {
    Events OF_PROCESS =
            ModuleLayer.boot().findModule("jdk.jfr").isPresent() ? new JfrEvents() : new NoEvents();

    /// A step that may hold up its worker.
    interface Blocked {
        /// It did, and is over.
        void end(String loop, int worker);
    }

    /// A step that may take long.
    interface SlowStep {
        /// It is over. Called by the thread that ran it.
        void end(String loop, int worker);
    }

    /// Tells that a loop is bound to a registry, and was to none.
    void loopBound(String loop, String scheduler, String carriers, int workers);

    /// {@return what is to be told when the step is over that is seen for the first time; null if
    /// nobody wants to know}
    @Nullable Blocked beginBlocked();

    /// {@return what is to be told when the step is over that begins; null if nobody wants to know}
    @Nullable SlowStep beginSlowStep();

    /// Tells of a step that has taken too long, and goes on.
    void stalled(String loop, int worker, WorkerWatch.Stall stall, Standing standing);

    /// Tells of a timer that fires late. Called by the thread that runs it.
    void timerLate(String loop, long lateNanos);

    /// Tells of callbacks, tasks and blocking work that were refused.
    void rejected(String loop, long count);

    /// Tells of failures that went to the exception handler.
    void unhandled(String loop, long count);

    /// Tells of a loop that is closed.
    void loopClosed(String loop, LoopStatistics.Tasks tasks);

    /// Has a hook called now and then while a recording wants to know how loops are.
    void addHook(Runnable hook);

    /// Has a hook called no more.
    void removeHook(Runnable hook);

    /// Tells how a loop is. Called by a hook.
    void statistics(String loop, LoopSnapshot snapshot);
}
