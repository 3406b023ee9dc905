package dev.treadle.metrics;

import java.util.Arrays;

/// How much of its time a worker was busy, in windows of a second.
///
/// An average over the time between two scrapes would hide every burst; the highest of the last
/// sixty windows does not. All but the readings belongs to the watchdog.
final class Utilization {
    private static final int WINDOWS = 60;

    private final double[] windows = new double[WINDOWS];
    private int next;
    private long busyBefore;
    private long idleBefore;
    private volatile double last = Double.NaN; // written by the watchdog, read by any thread
    private volatile double max = Double.NaN; // written by the watchdog, read by any thread

    /// Begins with what was measured before anybody looked.
    Utilization(long busyNanos, long idleNanos) {
        busyBefore = busyNanos;
        idleBefore = idleNanos;
        Arrays.fill(windows, Double.NaN);
    }

    /// Ends a window.
    ///
    /// @param busyNanos how long the worker was busy, since it was measured first
    /// @param idleNanos how long it was idle, since it was measured first
    void endWindow(long busyNanos, long idleNanos) {
        double busy = busyNanos - busyBefore;
        double idle = idleNanos - idleBefore;
        busyBefore = busyNanos;
        idleBefore = idleNanos;
        // A loop that did not run was not busy.
        windows[next] = busy + idle > 0 ? Math.clamp(busy / (busy + idle), 0, 1) : 0;
        last = windows[next];
        next = (next + 1) % WINDOWS;
        max = Arrays.stream(windows).filter(share -> !Double.isNaN(share)).max().orElse(Double.NaN);
    }

    /// {@return the share of the last whole window, from 0 to 1; NaN if there was none}
    double last() {
        return last;
    }

    /// {@return the highest share in the last minute; NaN if there was no whole window}
    double max() {
        return max;
    }
}
