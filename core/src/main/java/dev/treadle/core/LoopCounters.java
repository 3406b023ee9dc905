package dev.treadle.core;

/// What a loop counts of itself, whichever thread does it. What is done by one thread at a time is
/// counted by that, at the price of a store.
final class LoopCounters {
    // Who runs the tasks: the holder of the turn, or on a parallel loop many threads.
    final Counter succeeded;
    final Counter failed;
    final Counter cancelled;
    final Counter yields;

    // The holder of the turn.
    final Counter.Owned timersArmed = Counter.owned();
    final Counter.Owned timersFired = Counter.owned();
    final Counter.Owned timersCancelled = Counter.owned();
    final Counter.Owned internalErrors = Counter.owned();

    // Any thread, seldom.
    final Counter refused = Counter.shared();
    final Counter full = Counter.shared();
    final Counter unhandled = Counter.shared();

    /// Counters of a loop that runs one step at a time, or of a parallel one.
    LoopCounters(boolean parallel) {
        succeeded = ofTasks(parallel);
        failed = ofTasks(parallel);
        cancelled = ofTasks(parallel);
        yields = ofTasks(parallel);
    }

    /// Takes note that no timer is going to fire any more. By the thread that closes the loop.
    void dropTimers() {
        timersCancelled.add(timersArmed.get() - timersFired.get() - timersCancelled.get());
    }

    /// A counter of what tasks do.
    static Counter ofTasks(boolean parallel) {
        return parallel ? Counter.shared() : Counter.owned();
    }
}
