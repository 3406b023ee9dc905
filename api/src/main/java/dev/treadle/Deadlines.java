package dev.treadle;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Arithmetic on loop time that saturates instead of overflowing.
final class Deadlines {
    private Deadlines() {}

    static long after(long now, Duration delay) {
        long nanos = TimeUnit.NANOSECONDS.convert(delay); // which saturates too
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
