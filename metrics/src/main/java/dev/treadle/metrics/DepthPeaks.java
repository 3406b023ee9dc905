package dev.treadle.metrics;

import java.util.concurrent.atomic.AtomicIntegerArray;

/// The longest that a queue has been in the last minute.
///
/// Reading resets nothing, so that several readers see the same. The minute is made of three parts,
/// the oldest of which is forgotten when a new one begins.
final class DepthPeaks {
    static final int PARTS = 3;

    // Written by the worker; a part that begins is cleared by the watchdog before it is current.
    private final AtomicIntegerArray peaks = new AtomicIntegerArray(PARTS);
    private volatile int current; // written by the watchdog, read by the worker

    /// Takes note of a length. Called by the worker.
    void saw(int depth) {
        int part = current;
        if (depth > peaks.getOpaque(part)) {
            peaks.setOpaque(part, depth);
        }
    }

    /// Begins a new part. Called by the watchdog.
    void turn() {
        int next = (current + 1) % PARTS;
        peaks.set(next, 0);
        current = next;
    }

    /// {@return the longest} Called by any thread.
    int max() {
        int max = 0;
        for (int i = 0; i < PARTS; i++) {
            max = Math.max(max, peaks.getOpaque(i));
        }
        return max;
    }
}
