package dev.treadle.core;

import dev.treadle.LoopConfig;
import java.util.concurrent.atomic.AtomicInteger;

/// How the loops of one scheduler are called, and the threads of a loop.
public final class LoopNames {
    private final AtomicInteger made = new AtomicInteger(); // any thread

    /// Makes names for one scheduler.
    public LoopNames() {}

    /// Returns the name of a new loop. May be called from any thread.
    ///
    /// @param config what was asked for
    /// @return the name that was given, else `loop-` and a number
    public String next(LoopConfig config) {
        return config.name() != null ? config.name() : "loop-" + made.incrementAndGet();
    }

    /// Returns what the names of a loop's threads begin with.
    ///
    /// @param scheduler the scheduler's name
    /// @param loop the loop's name
    /// @return the name of its platform thread, if it has one alone
    public static String threads(String scheduler, String loop) {
        return "treadle-" + scheduler + "-" + loop;
    }
}
