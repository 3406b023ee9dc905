package dev.treadle.benchmarks;

/// Makes sure that all do the same work.
public final class Check {
    private Check() {}

    /// Checks a result.
    ///
    /// @param expected what the result must be
    /// @param actual what it is
    /// @return the result
    /// @throws IllegalStateException if it is another
    public static long equal(long expected, long actual) {
        if (actual != expected) {
            throw new IllegalStateException("the result is " + actual + " and must be " + expected);
        }
        return actual;
    }

    /// Checks a sum of the numbers from 0.
    ///
    /// @param n how many numbers there were
    /// @param actual their sum
    /// @return the sum
    /// @throws IllegalStateException if it is another
    public static long sumBelow(int n, long actual) {
        return equal((long) n * (n - 1) / 2, actual);
    }
}
