package dev.treadle.benchmarks.timers;

import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// How many timers are armed already.
@State(Scope.Benchmark)
public class Armed {
    /// How many.
    @Param({"1000", "10000", "100000", "1000000"})
    public int size = 1000;

    /// When the timers are due that are armed already, so that they differ.
    ///
    /// @param number which
    /// @return milliseconds from now: an hour and more
    static long delayMillis(int number) {
        return 3_600_000L + number;
    }
}
