package dev.treadle.metrics;

import dev.treadle.spi.LoopListener;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Takes what a loop tells to the timers of all registries, without a lookup and without
/// allocating.
///
/// What is told of steps waits for the watchdog where one worker runs them one at a time; all else
/// is recorded at once.
final class Recorder implements LoopListener {

    /// What a worker tells of the steps that it runs.
    private static final class Steps {
        private final Samples queueTimes = new Samples();
        private final Samples times = new Samples();
        private Events.@Nullable SlowStep event; // of the one that is measured, if any
    }

    private final ObservedLoop observed;
    private final Events events;
    private final WorkerWatch[] watches; // of each worker
    private final Steps[] steps; // of each worker that runs steps one at a time
    private volatile LoopTimers[] targets = {}; // written by who binds, read by any thread

    /// Makes one.
    ///
    /// @param watches what is known of each worker
    /// @param workers how many of them run steps, one at a time each
    Recorder(ObservedLoop observed, Events events, List<WorkerWatch> watches, int workers) {
        this.observed = observed;
        this.events = events;
        this.watches = watches.toArray(WorkerWatch[]::new);
        this.steps = Stream.generate(Steps::new).limit(workers).toArray(Steps[]::new);
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
        WorkerWatch watch = watches[worker];
        watch.localDepth.saw(local);
        watch.injectedDepth.saw(injected);
    }

    @Override
    public void stepBegins(int worker, long queuedNanos, int standsFor) {
        if (worker >= steps.length) {
            recordQueueTime(queuedNanos);
            return;
        }
        Steps own = steps[worker];
        own.queueTimes.put(queuedNanos, standsFor / SAMPLING);
        own.event = events.beginSlowStep();
    }

    @Override
    public void stepEnded(int worker, long tookNanos, int standsFor) {
        if (worker >= steps.length) {
            recordStep(tookNanos);
            return;
        }
        Steps own = steps[worker];
        own.times.put(tookNanos, standsFor / SAMPLING);
        Events.SlowStep event = own.event;
        if (event != null) {
            own.event = null;
            event.end(observed.label, worker);
        }
    }

    /// Records what waits for it. Called by the watchdog.
    void recordSteps() {
        for (Steps own : steps) {
            own.queueTimes.takeAll(this::recordQueueTime);
            own.times.takeAll(this::recordStep);
        }
    }

    /// {@return how many samples had no room} Called by any thread.
    long dropped() {
        return Arrays.stream(steps)
                .mapToLong(own -> own.queueTimes.dropped() + own.times.dropped())
                .sum();
    }

    private void recordQueueTime(long nanos) {
        for (LoopTimers timers : targets) {
            timers.queueTime().record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    private void recordStep(long nanos) {
        for (LoopTimers timers : targets) {
            timers.step().record(nanos, TimeUnit.NANOSECONDS);
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
