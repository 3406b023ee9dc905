package dev.treadle.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// What a carrier counts of itself. Written by the holder of its [Seat], read by any thread.
///
/// The numbers are in one array with room around them, so that no two carriers write to the same
/// cache line: they would slow each other down with every step.
final class SeatCounters {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

    private static final int APART = 16; // longs: two lines of 64 bytes, which are fetched in pairs

    static final int STEPS = APART;
    static final int SUBMITTED = APART + 1; // by the tasks of the seat, to its queue
    static final int TAKEN_OVER = APART + 2; // out of the inbox of the pool
    static final int STOLEN = APART + 3; // out of the queues of other seats
    static final int ROUNDS = APART + 4;
    static final int USEFUL_WAKEUPS = APART + 5;
    static final int EMPTY_WAKEUPS = APART + 6;
    private static final int END = APART + 7;

    // Written with release and read with acquire, as Counter.Owned is.
    private final long[] cells = new long[END + APART];

    /// Counts one more. By the holder of the seat.
    void increment(int what) {
        add(what, 1);
    }

    /// Counts some more. By the holder of the seat.
    void add(int what, long count) {
        CELL.setRelease(cells, what, cells[what] + count);
    }

    /// What was counted a moment ago. From any thread.
    long get(int what) {
        return (long) CELL.getAcquire(cells, what);
    }
}
