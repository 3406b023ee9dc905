package dev.treadle.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicIntegerArray;

/// The longest that a queue has been in the last minute.
///
/// Reading resets nothing, so that several readers see the same. The minute is made of three parts,
/// the oldest of which is forgotten when a new one begins.
final class DepthPeaks {
    static final int PARTS = 3;

    private static final VarHandle HIGHEST;

    static {
        try {
            HIGHEST = MethodHandles.lookup().findVarHandle(DepthPeaks.class, "highest", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private int highest; // of the part that goes on: raised by the worker, taken by the watchdog
    private final AtomicIntegerArray past = new AtomicIntegerArray(PARTS - 1); // the watchdog's
    private int oldest; // the watchdog's

    /// Takes note of a length. Called by the worker.
    void saw(int depth) {
        if (depth > (int) HIGHEST.getOpaque(this)) {
            HIGHEST.setOpaque(this, depth);
        }
    }

    /// Begins a new part. Called by the watchdog.
    void turn() {
        past.set(oldest, (int) HIGHEST.getOpaque(this)); // first: who reads meanwhile misses none
        past.accumulateAndGet(oldest, (int) HIGHEST.getAndSet(this, 0), Math::max);
        oldest = (oldest + 1) % past.length();
    }

    /// {@return the longest} Called by any thread.
    int max() {
        int max = (int) HIGHEST.getOpaque(this);
        for (int i = 0; i < past.length(); i++) {
            max = Math.max(max, past.get(i));
        }
        return max;
    }
}
