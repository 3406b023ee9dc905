package dev.treadle.core;

/// A loop's time: the port that a test replaces to make it virtual.
@FunctionalInterface
public interface Clock {

    /// {@return a monotonic reading in nanoseconds, from an arbitrary origin} Called from any
    /// thread.
    long nanoTime();

    /// {@return the clock of the JVM}
    static Clock system() {
        return System::nanoTime;
    }
}
