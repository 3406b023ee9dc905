package dev.treadle.metrics;

import dev.treadle.LoopStatistics;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// What all meters of a loop that are read, and not told of events, show at one moment.
///
/// @param statistics what the loop tells of itself
/// @param watched what the watchdog knows of each worker
/// @param dropped how many samples and lines of the log were left out
record LoopSnapshot(LoopStatistics statistics, List<Watched> watched, long dropped) {

    /// What the watchdog knows of a worker.
    ///
    /// @param blockedNanos for how long it has been seen in the step that it is in
    /// @param stallsOfCode how many steps took too long
    /// @param stallsOfJvm how many did because the whole JVM stood still
    /// @param utilization share of the last whole second in which it was busy
    /// @param utilizationMax the highest of these in the last minute
    /// @param localDepthMax the longest that its own queue has been in the last minute
    /// @param injectedDepthMax the longest that the queue of others has been
    record Watched(
            long blockedNanos,
            long stallsOfCode,
            long stallsOfJvm,
            double utilization,
            double utilizationMax,
            int localDepthMax,
            int injectedDepthMax) {}

    /// For how long a share has been seen to stand still.
    double blockedNanos(Share share) {
        return share.standsStill(worker -> watched.get(worker).blockedNanos);
    }

    /// A sum over what is known of the workers of a share.
    double sum(Share share, ToDoubleFunction<Watched> part) {
        return watched.subList(share.from(), share.to()).stream().mapToDouble(part).sum();
    }

    /// The mean over what is known of the workers of a share.
    double mean(Share share, ToDoubleFunction<Watched> part) {
        return sum(share, part) / (share.to() - share.from());
    }
}
