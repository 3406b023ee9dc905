package dev.treadle.core;

import dev.treadle.Context;
import dev.treadle.EventLoop.Problem;
import dev.treadle.Future;
import dev.treadle.graph.CallGraph;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Reports tasks that await each other, or what another one holds, in a circle, when the loop has
/// nothing else to do.
///
/// A circle is closed by the last of its tasks that suspends. So only those that suspended since
/// the last look are looked at: whether one of them waits for itself.
final class Deadlocks {
    /// A loop that is always busy never looks; so many suspects are kept before those are forgotten
    /// that have gone on meanwhile.
    private static final int MANY = 1024;

    private final CoreEventLoop loop;
    private final Set<CoreTask<?>> suspects = new LinkedHashSet<>(); // loop thread only
    private int most = MANY; // loop thread only

    Deadlocks(CoreEventLoop loop) {
        this.loop = loop;
    }

    void stepEnded(CoreTask<?> task) {
        if (task.awaited() == null) {
            return;
        }
        suspects.add(task);
        if (suspects.size() > most) {
            suspects.removeIf(suspect -> suspect.awaited() == null);
            most = Math.max(MANY, 2 * suspects.size());
        }
    }

    void look() {
        Set<Future<?>> reported = new HashSet<>();
        for (CoreTask<?> suspect : suspects) {
            if (!reported.contains(suspect)) {
                reported.addAll(reportCircleOf(suspect));
            }
        }
        suspects.clear();
    }

    /// Reports the circle that `suspect` is in; returns its tasks, none if there is none.
    private List<CoreTask<?>> reportCircleOf(CoreTask<?> suspect) {
        List<CoreTask<?>> circle = circleFrom(suspect);
        if (circle != null) {
            report(circle, "these tasks await each other", CallGraph.capture(suspect).toString());
            return circle;
        }
        circle = circleThroughHolders(suspect);
        if (circle != null) {
            report(circle, "each of these tasks awaits the next, or what it holds,", told(circle));
            return circle;
        }
        return List.of();
    }

    /// The tasks that await each other, beginning with `start`: each awaits the next, and the last
    /// the first. Null if `start` does not wait for itself.
    private @Nullable List<CoreTask<?>> circleFrom(CoreTask<?> start) {
        Map<Future<?>, Future<?>> awaits = new HashMap<>(); // and so leads back to start
        Deque<Future<?>> open = new ArrayDeque<>(List.of(start));
        while (!open.isEmpty()) {
            Future<?> awaited = open.pop();
            for (Future<?> awaiter : ((CoreFuture<?>) awaited).awaiters()) {
                if (!(awaiter instanceof CoreFuture<?>) || awaits.containsKey(awaiter)) {
                    continue; // of a loop that is not one of ours, or seen
                }
                awaits.put(awaiter, awaited);
                if (awaiter == start) {
                    return tasksOf(awaits, start);
                }
                open.push(awaiter);
            }
        }
        return null;
    }

    private static List<CoreTask<?>> tasksOf(Map<Future<?>, Future<?>> awaits, CoreTask<?> start) {
        List<CoreTask<?>> tasks = new ArrayList<>(List.of(start));
        for (Future<?> next = awaits.get(start);
                next != null && next != start;
                next = awaits.get(next)) {
            if (next instanceof CoreTask<?> task) {
                tasks.add(task);
            }
        }
        return tasks;
    }

    /// The same where some of them await what the next one holds. Where each waits for one other
    /// task alone, there is one way to follow.
    private static @Nullable List<CoreTask<?>> circleThroughHolders(CoreTask<?> start) {
        Set<CoreTask<?>> way = new LinkedHashSet<>();
        CoreTask<?> task = start;
        while (task != null && way.add(task)) {
            CoreFuture<?> awaited = task.awaited();
            task =
                    awaited instanceof CoreTask<?> next
                            ? next
                            : awaited == null ? null : awaited.holder();
        }
        return task == start ? List.copyOf(way) : null;
    }

    private static String told(List<CoreTask<?>> circle) {
        return circle.stream()
                .map(task ->
                        new CallGraph(
                                        task,
                                        task.loop().inspection().stack(task),
                                        task.createdAt(),
                                        List.of())
                                .toString())
                .collect(Collectors.joining());
    }

    private void report(List<CoreTask<?>> circle, String what, String where) {
        CoreTask<?> first = circle.getFirst();
        String names =
                circle.stream().map(task -> task.name() + " → ").collect(Collectors.joining())
                        + first.name();
        Problem problem =
                Problem.of(
                                "deadlock: "
                                        + names
                                        + ": "
                                        + what
                                        + " and can never go on\n"
                                        + where,
                                null)
                        .withFuture(first);
        // As a callback, because the handler is the user's code, and this may be on top of the
        // stack
        // of a task.
        loop.callSoon(() -> loop.callExceptionHandler(problem), Context.empty());
    }
}
