package dev.treadle;

import java.time.Duration;

/// Arithmetic on loop time that saturates instead of overflowing.
final class Deadlines {
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);
    private static final Duration SHORTEST = Duration.ofNanos(Long.MIN_VALUE);

    private Deadlines() {}

    static long after(long now, Duration delay) {
        long nanos =
                delay.compareTo(LONGEST) >= 0
                        ? Long.MAX_VALUE
                        : delay.compareTo(SHORTEST) <= 0 ? Long.MIN_VALUE : delay.toNanos();
        long sum = now + nanos;
        if (nanos > 0 && sum < now) {
            return Long.MAX_VALUE;
        }
        return nanos < 0 && sum > now ? Long.MIN_VALUE : sum;
    }

    static boolean isPositive(Duration delay) {
        return !delay.isZero() && !delay.isNegative();
    }
}
