package dev.treadle.metrics;

import dev.treadle.EventLoop;
import dev.treadle.LoopStatistics;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/// The workers of a loop that have one value of the tag `worker` in common.
///
/// @param label that value
/// @param from the first worker
/// @param to the one after the last
record Share(String label, int from, int to) {
    static final String ALL = "all";

    /// More workers than this are one series: what shows them is the loop as a whole.
    private static final int MOST = 32;

    /// Each worker by itself; all as one where there are many, or where the steps of tasks belong
    /// to no worker.
    static List<Share> of(EventLoop loop, int workers) {
        if (workers > MOST || (loop.isParallel() && workers == 1)) {
            return List.of(new Share(ALL, 0, workers));
        }
        return IntStream.range(0, workers)
                .mapToObj(i -> new Share(Integer.toString(i), i, i + 1))
                .toList();
    }

    /// The sum over the workers of this share.
    long sum(LoopStatistics statistics, ToLongFunction<LoopStatistics.Worker> part) {
        List<LoopStatistics.Worker> workers = statistics.workers();
        long sum = 0;
        for (int i = from; i < Math.min(to, workers.size()); i++) {
            sum += part.applyAsLong(workers.get(i));
        }
        return sum;
    }
}
