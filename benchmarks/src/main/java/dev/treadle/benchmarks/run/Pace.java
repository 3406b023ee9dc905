package dev.treadle.benchmarks.run;

import java.time.Duration;
import java.util.Locale;

/// How long each figure is measured, so that all together keep to a time.
///
/// @param warmups iterations before it counts
/// @param iterations iterations that count
/// @param millis how long one is
record Pace(int warmups, int iterations, int millis) {
    /// What starting a JVM costs each figure.
    private static final int START_MILLIS = 1200;

    private static final int LEAST_MILLIS = 50;
    private static final int MOST_MILLIS = 1000;

    static Pace within(Duration budget, int figures, int warmups, int iterations) {
        long each = budget.toMillis() / Math.max(1, figures) - START_MILLIS;
        long millis = Math.clamp(each / (warmups + iterations), LEAST_MILLIS, MOST_MILLIS);
        return new Pace(warmups, iterations, (int) millis);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "1 JVM a figure, %d × %d ms of warm-up, %d × %d ms measured",
                warmups,
                millis,
                iterations,
                millis);
    }
}
