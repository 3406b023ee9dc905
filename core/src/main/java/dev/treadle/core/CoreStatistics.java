package dev.treadle.core;

import dev.treadle.LoopStatistics;
import dev.treadle.LoopStatistics.Queued;
import dev.treadle.LoopStatistics.Rejected;
import dev.treadle.LoopStatistics.Submitted;
import dev.treadle.LoopStatistics.Tasks;
import dev.treadle.LoopStatistics.Timers;
import dev.treadle.LoopStatistics.Wakeups;
import dev.treadle.LoopStatistics.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Reads the counters of a loop, from any thread.
///
/// What ends is read before what begins, so that never more has ended than has begun.
final class CoreStatistics {
    private final CoreEventLoop loop;
    private final LoopCounters counters;

    CoreStatistics(CoreEventLoop loop) {
        this.loop = loop;
        this.counters = loop.counters;
    }

    LoopStatistics read() {
        return new LoopStatistics(
                loop.isRunning(),
                workers(),
                tasks(),
                timers(),
                loop.offload.statistics(),
                new Rejected(counters.refused.get(), counters.full.get()),
                counters.unhandled.get(),
                counters.internalErrors.get());
    }

    private List<Worker> workers() {
        Worker own = worker(loop.dispatcher);
        List<Worker> carriers = loop.parallelWorkers();
        if (carriers.isEmpty()) {
            return List.of(own);
        }
        List<Worker> all = new ArrayList<>(carriers.size() + 1);
        all.add(own);
        all.addAll(carriers);
        return all;
    }

    private Worker worker(Dispatcher dispatcher) {
        WorkerCounters worker = dispatcher.counters();
        Inbox.Contents inbox = dispatcher.inbox().contents();
        Inbox.Contents unassigned = loop.unassigned();
        WorkerTime.Reading time = worker.time.read(dispatcher.measuring());
        long callbacks = worker.callbacks.get();
        long steps = worker.steps.get();
        return new Worker(
                0,
                time.state(),
                loop.isParallel() ? callbacks : callbacks + steps,
                loop.isClosed()
                        ? new Queued(0, 0) // what is queued now is never looked at
                        : new Queued(dispatcher.depth(), inbox.waiting() + unassigned.waiting()),
                new Submitted(worker.submitted.get(), inbox.everPushed() + unassigned.everPushed()),
                new Wakeups(worker.usefulWakeups.get(), worker.emptyWakeups.get()),
                worker.iterations.get(),
                callbacks,
                steps,
                0,
                Duration.ofNanos(time.busyNanos()),
                Duration.ofNanos(time.idleNanos()));
    }

    private Tasks tasks() {
        long succeeded = counters.succeeded.get();
        long failed = counters.failed.get();
        long cancelled = counters.cancelled.get();
        return new Tasks(
                loop.tasksCreated(), succeeded, failed, cancelled, counters.yields.get(), 0);
    }

    private Timers timers() {
        long fired = counters.timersFired.get();
        long cancelled = counters.timersCancelled.get();
        return new Timers(counters.timersArmed.get(), fired, cancelled);
    }
}
