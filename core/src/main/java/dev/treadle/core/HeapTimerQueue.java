package dev.treadle.core;

import java.util.ArrayList;
import java.util.PriorityQueue;

/// Timers by due time, equal ones in the order in which they were armed.
///
/// A timer enters the heap when it is next asked what is due, which is once an iteration: one that
/// is cancelled before, as that of a timeout around what is ready anyway, never does. Later, a
/// cancelled timer stays in the heap until it comes to the top, or until more than half of the heap
/// is cancelled: then all of them are swept out at once. So cancelling costs O(1) amortised, and
/// what is kept is bounded by twice the live timers.
final class HeapTimerQueue implements TimerQueue {
    private static final int SMALLEST_SWEEP = 64;

    private final ArrayList<TimerHandle> fresh = new ArrayList<>(); // in no order
    private final PriorityQueue<TimerHandle> heap = new PriorityQueue<>();
    private long sequence;
    private int cancelled; // how many in the heap are

    @Override
    public void add(TimerHandle timer) {
        timer.sequence = sequence++;
        timer.armed = true;
        timer.slot = fresh.size();
        fresh.add(timer);
    }

    private void enterHeap() {
        if (fresh.isEmpty()) {
            return;
        }
        for (TimerHandle timer : fresh) {
            timer.slot = TimerHandle.NO_SLOT;
            heap.add(timer);
        }
        fresh.clear();
    }

    @Override
    public void cancelled(TimerHandle timer) {
        if (timer.slot != TimerHandle.NO_SLOT) {
            takeOut(timer);
            return;
        }
        cancelled++;
        if (cancelled >= SMALLEST_SWEEP && cancelled > heap.size() / 2) {
            heap.removeIf(TimerHandle::isCancelled);
            cancelled = 0;
        }
    }

    private void takeOut(TimerHandle timer) {
        TimerHandle last = fresh.removeLast();
        if (last != timer) {
            last.slot = timer.slot;
            fresh.set(last.slot, last);
        }
        timer.slot = TimerHandle.NO_SLOT;
        timer.armed = false;
    }

    @Override
    public long nextDeadline() {
        enterHeap();
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
        enterHeap();
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
        return heap.size() + fresh.size();
    }

    @Override
    public void clear() {
        heap.clear();
        fresh.clear();
        cancelled = 0;
    }
}
