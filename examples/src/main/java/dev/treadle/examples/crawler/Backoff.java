package dev.treadle.examples.crawler;

import java.time.Duration;
import java.util.SplittableRandom;

/// How long to wait before a retry: a random part of a limit that doubles each time.
///
/// Random, so that requests that failed together do not come back together.
final class Backoff {
    private static final int MOST_DOUBLINGS = 10;

    private final Duration first;
    private final SplittableRandom random; // loop thread only

    Backoff(Duration first, long seed) {
        this.first = first;
        this.random = new SplittableRandom(seed);
    }

    /// The wait before retry number `retry`, which counts from 0.
    Duration before(int retry) {
        long limit = first.toNanos() << Math.min(retry, MOST_DOUBLINGS);
        return Duration.ofNanos(random.nextLong(limit + 1));
    }
}
