package dev.treadle.core;

import dev.treadle.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds circles in which each task awaits the next, or what the next one holds; through whatever
/// futures there are between, such as that of a gathering.
///
/// One search is for one moment: what has been found not to be in a circle is not looked at again.
final class AwaitCircles {
    private final Map<CoreTask<?>, List<CoreTask<?>>> waiting =
            new HashMap<>(); // for what a task holds
    private final Set<CoreTask<?>> inNone = new HashSet<>();

    /// @param waiters the tasks that may be waiting for what another one holds
    AwaitCircles(Collection<CoreTask<?>> waiters) {
        for (CoreTask<?> waiter : waiters) {
            CoreFuture<?> awaited = waiter.awaited();
            CoreTask<?> holder = awaited == null ? null : awaited.holder();
            if (holder != null) {
                waiting.computeIfAbsent(holder, _ -> new ArrayList<>()).add(waiter);
            }
        }
    }

    /// The tasks of a circle, beginning with `start`: each awaits the next, and the last the first.
    /// Null if `start` does not wait for itself.
    @Nullable List<CoreTask<?>> through(CoreTask<?> start) {
        Map<Future<?>, CoreFuture<?>> awaits = new HashMap<>(); // and so leads back to start
        Deque<CoreFuture<?>> open = new ArrayDeque<>(List.of(start));
        while (!open.isEmpty()) {
            CoreFuture<?> awaited = open.pop();
            for (CoreFuture<?> awaiter : awaitersOf(awaited)) {
                if (inNone.contains(awaiter) || awaits.putIfAbsent(awaiter, awaited) != null) {
                    continue;
                }
                if (awaiter == start) {
                    return tasksOf(awaits, start);
                }
                open.push(awaiter);
            }
        }
        inNone.add(start);
        return null;
    }

    /// Who waits for a future, or for what a task holds; not those of loops that are none of ours.
    private List<CoreFuture<?>> awaitersOf(CoreFuture<?> future) {
        List<CoreFuture<?>> found = new ArrayList<>();
        for (Future<?> awaiter : future.awaiters()) {
            if (awaiter instanceof CoreFuture<?> ours) {
                found.add(ours);
            }
        }
        if (future instanceof CoreTask<?> holder) {
            found.addAll(waiting.getOrDefault(holder, List.of()));
        }
        return found;
    }

    private static List<CoreTask<?>> tasksOf(
            Map<Future<?>, CoreFuture<?>> awaits, CoreTask<?> start) {
        List<CoreTask<?>> tasks = new ArrayList<>(List.of(start));
        for (CoreFuture<?> next = awaits.get(start);
                next != null && next != start;
                next = awaits.get(next)) {
            if (next instanceof CoreTask<?> task) {
                tasks.add(task);
            }
        }
        return tasks;
    }
}
