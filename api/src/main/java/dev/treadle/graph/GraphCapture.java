package dev.treadle.graph;

import dev.treadle.Future;
import dev.treadle.Task;
import dev.treadle.spi.Inspection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/// Follows the awaiters of a future.
final class GraphCapture {
    /// A chain of awaiters longer than this is cut: nobody reads it, and it must not overflow the
    /// stack.
    private static final int DEEPEST = 200;

    /// Futures that await each other in many ways may have very many chains.
    private static final int MOST_NODES = 10_000;

    private final Set<Future<?>> path = Collections.newSetFromMap(new IdentityHashMap<>());
    private int nodes;

    private GraphCapture() {}

    static CallGraph of(Future<?> future) {
        return new GraphCapture().capture(future);
    }

    private CallGraph capture(Future<?> future) {
        nodes++;
        if (!(future.loop() instanceof Inspection.Inspectable loop)) {
            return new CallGraph(future, List.of(), List.of(), List.of());
        }
        Inspection inspection = loop.inspection();
        return new CallGraph(
                future,
                future instanceof Task<?> task ? inspection.stack(task) : List.of(),
                inspection.createdAt(future),
                awaiters(future, inspection));
    }

    private List<CallGraph> awaiters(Future<?> future, Inspection inspection) {
        if (path.size() >= DEEPEST || !path.add(future)) {
            return List.of();
        }
        List<CallGraph> awaiters = new ArrayList<>();
        for (Future<?> awaiter : inspection.awaitedBy(future)) {
            if (nodes >= MOST_NODES) {
                break;
            }
            awaiters.add(capture(awaiter));
        }
        path.remove(future);
        return awaiters;
    }

    /// The innermost frames, or the outermost if `most` is below zero.
    static List<StackTraceElement> limited(List<StackTraceElement> stack, int most) {
        int kept = (int) Math.min(stack.size(), Math.abs((long) most));
        return most < 0 ? stack.subList(stack.size() - kept, stack.size()) : stack.subList(0, kept);
    }
}
