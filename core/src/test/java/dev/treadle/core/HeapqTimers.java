package dev.treadle.core;

import java.util.ArrayList;
import java.util.List;

/// CPython's timers, accidents included: a binary heap that compares nothing but the due time, as
/// `heapq` sifts it.
///
/// Which of two timers with equal due times comes first depends on the whole history of the heap.
/// And due times are doubles there: two that are equal in microseconds can differ in the last bit.
///
/// Source of the semantics: `heapq.heappush`, `heapq.heappop` and `BaseEventLoop._run_once` of
/// CPython 3.13.
final class HeapqTimers implements TimerQueue {
    private static final int SMALLEST_SWEEP = 100;

    private record Entry(TimerHandle timer, double seconds) {}

    private final VirtualTime time;
    private final List<Entry> heap = new ArrayList<>();
    private int cancelled; // how many in the heap are

    HeapqTimers(VirtualTime time) {
        this.time = time;
    }

    @Override
    public void add(TimerHandle timer) {
        long delayMicros = (timer.when - time.nanoTime()) / 1_000;
        double seconds = time.micros() / 1e6 + delayMicros / 1e6; // loop.time() + delay
        timer.armed = true;
        heap.add(new Entry(timer, seconds));
        siftDown(0, heap.size() - 1);
    }

    @Override
    public void cancelled(TimerHandle timer) {
        cancelled++;
    }

    @Override
    public long nextDeadline() {
        if (heap.size() > SMALLEST_SWEEP && (double) cancelled / heap.size() > 0.5) {
            sweep();
        } else {
            while (!heap.isEmpty() && heap.get(0).timer.isCancelled()) {
                cancelled--;
                pop();
            }
        }
        return heap.isEmpty() ? NEVER : heap.get(0).timer.when;
    }

    private void sweep() {
        for (Entry entry : heap) {
            if (entry.timer.isCancelled()) {
                entry.timer.armed = false;
            }
        }
        heap.removeIf(entry -> entry.timer.isCancelled());
        for (int i = heap.size() / 2 - 1; i >= 0; i--) {
            siftUp(i);
        }
        cancelled = 0;
    }

    @Override
    public void moveDue(long now, ReadyQueue ready) {
        while (!heap.isEmpty() && heap.get(0).timer.when <= now) {
            TimerHandle due = pop();
            if (due.isCancelled()) {
                cancelled--;
            } else {
                ready.add(due);
            }
        }
    }

    private TimerHandle pop() {
        Entry last = heap.remove(heap.size() - 1);
        Entry first = last;
        if (!heap.isEmpty()) {
            first = heap.set(0, last);
            siftUp(0);
        }
        first.timer.armed = false;
        return first.timer;
    }

    /// Moves an entry towards the root, past what is greater.
    private void siftDown(int start, int from) {
        int position = from;
        Entry moving = heap.get(position);
        while (position > start) {
            int parent = (position - 1) >> 1;
            if (!(moving.seconds < heap.get(parent).seconds)) {
                break;
            }
            heap.set(position, heap.get(parent));
            position = parent;
        }
        heap.set(position, moving);
    }

    /// Moves an entry down to a leaf along the smaller children, and from there up to its place.
    private void siftUp(int from) {
        int position = from;
        Entry moving = heap.get(position);
        for (int child = 2 * position + 1; child < heap.size(); child = 2 * position + 1) {
            int right = child + 1;
            if (right < heap.size() && !(heap.get(child).seconds < heap.get(right).seconds)) {
                child = right;
            }
            heap.set(position, heap.get(child));
            position = child;
        }
        heap.set(position, moving);
        siftDown(from, position);
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
