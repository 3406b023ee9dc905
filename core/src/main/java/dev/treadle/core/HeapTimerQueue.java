package dev.treadle.core;

import java.util.PriorityQueue;

/// Timers by due time, equal ones in the order in which they were armed.
///
/// A cancelled timer stays in the heap until it comes to the top, or until more than half of the
/// heap is cancelled: then all of them are swept out at once. So cancelling costs O(1) amortised,
/// and what is kept is bounded by twice the live timers.
final class HeapTimerQueue implements TimerQueue {
    private static final int SMALLEST_SWEEP = 64;

    private final PriorityQueue<TimerHandle> heap = new PriorityQueue<>();
    private long sequence;
    private int cancelled; // how many in the heap are

    @Override
    public void add(TimerHandle timer) {
        timer.sequence = sequence++;
        timer.armed = true;
        heap.add(timer);
    }

    @Override
    public void cancelled(TimerHandle timer) {
        cancelled++;
        if (cancelled >= SMALLEST_SWEEP && cancelled > heap.size() / 2) {
            heap.removeIf(TimerHandle::isCancelled);
            cancelled = 0;
        }
    }

    @Override
    public long nextDeadline() {
        for (TimerHandle top = heap.peek(); top != null; top = heap.peek()) {
            if (!top.isCancelled()) {
                return top.when;
            }
            remove();
        }
        return NEVER;
    }

    @Override
    public void moveDue(long now, ReadyQueue ready) {
        for (TimerHandle top = heap.peek(); top != null && top.when <= now; top = heap.peek()) {
            remove();
            if (!top.isCancelled()) {
                ready.add(top);
            }
        }
    }

    private void remove() {
        TimerHandle top = heap.remove();
        top.armed = false;
        if (top.isCancelled() && cancelled > 0) {
            cancelled--;
        }
    }

    @Override
    public int size() {
        return heap.size();
    }

    @Override
    public void clear() {
        heap.clear();
        cancelled = 0;
    }
}
