package dev.treadle.examples.crawler;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// How long requests took.
final class Latencies {
    private final List<Duration> sorted;

    /// Keeps a copy.
    Latencies(List<Duration> latencies) {
        sorted = new ArrayList<>(latencies);
        sorted.sort(null);
    }

    int count() {
        return sorted.size();
    }

    Duration sum() {
        return sorted.stream().reduce(Duration.ZERO, Duration::plus);
    }

    /// The shortest time within which `percent` of 100 requests were over (nearest rank); zero if
    /// there were no requests.
    Duration percentile(double percent) {
        if (percent <= 0 || percent > 100) {
            throw new IllegalArgumentException(
                    "a percentile is above 0 and at most 100, not " + percent);
        }
        if (sorted.isEmpty()) {
            return Duration.ZERO;
        }
        int rank = (int) Math.ceil(percent / 100 * sorted.size());
        return sorted.get(Math.max(rank, 1) - 1);
    }
}
