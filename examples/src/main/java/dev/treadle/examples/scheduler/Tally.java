package dev.treadle.examples.scheduler;

import dev.treadle.LoopStatistics;
import dev.treadle.LoopStatistics.Offload;
import dev.treadle.LoopStatistics.Queued;
import dev.treadle.LoopStatistics.Rejected;
import dev.treadle.LoopStatistics.State;
import dev.treadle.LoopStatistics.Submitted;
import dev.treadle.LoopStatistics.Tasks;
import dev.treadle.LoopStatistics.Timers;
import dev.treadle.LoopStatistics.Wakeups;
import dev.treadle.LoopStatistics.Worker;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/// What a loop counts of itself, on whichever thread it happens.
final class Tally {

    /// What is counted.
    enum Event {
        SUBMITTED_LOCALLY,
        SUBMITTED_REMOTELY,
        REFUSED,
        ITERATION,
        USEFUL_WAKEUP,
        EMPTY_WAKEUP,
        CALLBACK,
        STEP,
        YIELD,
        SPAWNED,
        SUCCEEDED,
        FAILED,
        CANCELLED,
        TIMER_ARMED,
        TIMER_FIRED,
        TIMER_CANCELLED,
        WORK_SUBMITTED,
        WORK_TAKEN,
        WORK_ENDED,
        UNHANDLED,
        INTERNAL_ERROR
    }

    private final Map<Event, LongAdder> counts = new EnumMap<>(Event.class);

    Tally() {
        for (Event event : Event.values()) {
            counts.put(event, new LongAdder());
        }
    }

    void count(Event event) {
        counter(event).increment();
    }

    /// Takes note that no timer is going to fire any more.
    void dropTimers() {
        counter(Event.TIMER_CANCELLED).add(timers().pending());
    }

    /// From any thread. What ends is read before what begins, so that never more has ended.
    LoopStatistics statistics(State state, int ready) {
        long callbacks = of(Event.CALLBACK);
        long steps = of(Event.STEP);
        Worker worker =
                new Worker(
                        0,
                        state,
                        callbacks + steps,
                        new Queued(ready, 0),
                        new Submitted(of(Event.SUBMITTED_LOCALLY), of(Event.SUBMITTED_REMOTELY)),
                        new Wakeups(of(Event.USEFUL_WAKEUP), of(Event.EMPTY_WAKEUP)),
                        of(Event.ITERATION),
                        callbacks,
                        steps,
                        0,
                        Duration.ZERO,
                        Duration.ZERO);
        return new LoopStatistics(
                state != State.STOPPED,
                List.of(worker),
                tasks(),
                timers(),
                offload(),
                new Rejected(of(Event.REFUSED), 0),
                of(Event.UNHANDLED),
                of(Event.INTERNAL_ERROR));
    }

    private Tasks tasks() {
        long succeeded = of(Event.SUCCEEDED);
        long failed = of(Event.FAILED);
        long cancelled = of(Event.CANCELLED);
        return new Tasks(of(Event.SPAWNED), succeeded, failed, cancelled, of(Event.YIELD), 0);
    }

    private Timers timers() {
        long fired = of(Event.TIMER_FIRED);
        long cancelled = of(Event.TIMER_CANCELLED);
        return new Timers(of(Event.TIMER_ARMED), fired, cancelled);
    }

    private Offload offload() {
        long ended = of(Event.WORK_ENDED);
        long taken = of(Event.WORK_TAKEN);
        return new Offload(
                (int) (taken - ended), (int) (of(Event.WORK_SUBMITTED) - taken), Integer.MAX_VALUE);
    }

    private long of(Event event) {
        return counter(event).sum();
    }

    private LongAdder counter(Event event) {
        return Objects.requireNonNull(counts.get(event)); // there is one for each
    }
}
