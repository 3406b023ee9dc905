package dev.treadle.core;

import java.util.HashMap;
import java.util.Map;

/// The production timer queue, which also notes whether two live timers were ever due at the same
/// time.
final class TieSpotter implements TimerQueue {
    private final TimerQueue timers = new HeapTimerQueue();
    private final Map<Long, TimerHandle> lastAt = new HashMap<>();
    private boolean tied;

    /// Whether two live timers were due at the same time.
    boolean tied() {
        return tied;
    }

    @Override
    public void add(TimerHandle timer) {
        TimerHandle other = lastAt.put(timer.when, timer);
        tied |= other != null && other.armed && !other.isCancelled();
        timers.add(timer);
    }

    @Override
    public void cancelled(TimerHandle timer) {
        timers.cancelled(timer);
    }

    @Override
    public long nextDeadline() {
        return timers.nextDeadline();
    }

    @Override
    public void moveDue(long now, ReadyQueue ready) {
        timers.moveDue(now, ready);
    }

    @Override
    public int size() {
        return timers.size();
    }

    @Override
    public void clear() {
        timers.clear();
    }
}
