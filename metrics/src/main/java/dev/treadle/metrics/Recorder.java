package dev.treadle.metrics;

import dev.treadle.spi.LoopListener;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Takes what a loop tells to the timers of all registries, without a lookup and without
/// allocating.
final class Recorder implements LoopListener {
    private final ObservedLoop observed;
    private final Events events;
    private final Events.@Nullable SlowStep[] steps; // each the worker's own
    private volatile LoopTimers[] targets = {}; // written by who binds, read by any thread

    /// Makes one.
    ///
    /// @param workers how many workers run steps, one at a time each
    Recorder(ObservedLoop observed, Events events, int workers) {
        this.observed = observed;
        this.events = events;
        this.steps = new Events.SlowStep[workers];
    }

    void targets(LoopTimers[] timers) {
        targets = timers;
    }

    /// Called by the loop when a probe has arrived.
    void lag(long nanos) {
        for (LoopTimers timers : targets) {
            timers.lag().record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void iterationBegins(int worker, int local, int injected) {
        WorkerWatch watch = observed.watch(worker);
        watch.localDepth.saw(local);
        watch.injectedDepth.saw(injected);
    }

    @Override
    public void stepBegins(int worker, long queuedNanos) {
        for (LoopTimers timers : targets) {
            timers.queueTime().record(queuedNanos, TimeUnit.NANOSECONDS);
        }
        if (worker < steps.length) {
            steps[worker] = events.beginSlowStep();
        }
    }

    @Override
    public void stepEnded(int worker, long tookNanos) {
        for (LoopTimers timers : targets) {
            timers.step().record(tookNanos, TimeUnit.NANOSECONDS);
        }
        if (worker < steps.length) {
            Events.SlowStep event = steps[worker];
            if (event != null) {
                steps[worker] = null;
                event.end(observed.label, worker);
            }
        }
    }

    @Override
    public void timerFires(int worker, long lateNanos) {
        for (LoopTimers timers : targets) {
            timers.lateness().record(lateNanos, TimeUnit.NANOSECONDS);
        }
        events.timerLate(observed.label, lateNanos);
    }

    @Override
    public void offloadEnded(long tookNanos) {
        for (LoopTimers timers : targets) {
            timers.offload().record(tookNanos, TimeUnit.NANOSECONDS);
        }
    }
}
