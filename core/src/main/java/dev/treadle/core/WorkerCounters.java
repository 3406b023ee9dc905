package dev.treadle.core;

/// What one worker of a loop counts: all but the steps of tasks that have threads of their own are
/// counted by the holder of the turn.
final class WorkerCounters {
    final Counter.Owned submitted = Counter.owned();
    final Counter.Owned iterations = Counter.owned();
    final Counter.Owned usefulWakeups = Counter.owned();
    final Counter.Owned emptyWakeups = Counter.owned();
    final Counter.Owned callbacks = Counter.owned();
    final Counter steps;
    final WorkerTime time = new WorkerTime();

    WorkerCounters(boolean parallel) {
        steps = LoopCounters.ofTasks(parallel);
    }
}
