package dev.treadle.metrics;

import dev.treadle.EventLoop;
import dev.treadle.LoopStatistics;
import java.util.List;
import java.util.function.IntToLongFunction;
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
        if (workers > MOST || tasksHaveThreads(loop, workers)) {
            return List.of(new Share(ALL, 0, workers));
        }
        return IntStream.range(0, workers)
                .mapToObj(i -> new Share(Integer.toString(i), i, i + 1))
                .toList();
    }

    /// Whether the steps of tasks are no worker's.
    static boolean tasksHaveThreads(EventLoop loop, int workers) {
        return loop.isParallel() && workers == 1;
    }

    /// For how long all of this has stood still. One of many carriers that does holds up nothing
    /// but itself: all of them have to, or the first worker, which runs the callbacks.
    ///
    /// @param nanos for how long a worker has, by its number
    long standsStill(IntToLongFunction nanos) {
        long first = nanos.applyAsLong(from);
        long carriers = IntStream.range(from + 1, to).mapToLong(nanos).min().orElse(0);
        return Math.max(first, carriers);
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
