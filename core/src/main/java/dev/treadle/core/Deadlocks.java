package dev.treadle.core;

import dev.treadle.Context;
import dev.treadle.EventLoop.Problem;
import dev.treadle.Task;
import dev.treadle.graph.CallGraph;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Reports tasks that await each other, or what another one holds, in a circle, when the loop has
/// nothing else to do.
///
/// A circle is closed by the last of its tasks that suspends. So only those that suspended since
/// the last look are looked at, the first time all: whether one of them waits for itself.
///
/// The tasks of a parallel loop suspend beside it, and may go on while it looks. So a circle counts
/// if it is found twice, and none of its tasks has moved in between.
final class Deadlocks {
    /// A loop that is always busy never looks; so many suspects are kept before those are forgotten
    /// that have gone on meanwhile.
    private static final int MANY = 1024;

    private final CoreEventLoop loop;
    private final Queue<CoreTask<?>> elsewhere = new ConcurrentLinkedQueue<>(); // any thread
    private final AtomicBoolean asked = new AtomicBoolean(); // any thread: to look there
    private final Set<CoreTask<?>> suspects = new LinkedHashSet<>(); // loop thread only
    private final Set<CoreTask<?>> waiters =
            new LinkedHashSet<>(); // loop thread only: for what another one holds
    private final Map<CoreTask<?>, CoreFuture<?>> told =
            new HashMap<>(); // loop thread only: and what each of them awaits
    private boolean hasLooked; // loop thread only
    private int most = MANY; // loop thread only

    Deadlocks(CoreEventLoop loop) {
        this.loop = loop;
    }

    /// Takes note that a task has suspended, or has ended.
    void stepEnded(CoreTask<?> task) {
        CoreFuture<?> awaited = task.awaited();
        if (awaited == null) {
            return;
        }
        suspects.add(task);
        if (awaited instanceof HeldPromise<?>) {
            waiters.add(task);
        }
        if (suspects.size() > most) {
            suspects.removeIf(suspect -> suspect.awaited() == null);
            waiters.removeIf(Deadlocks::hasGoneOn);
            most = Math.max(MANY, 2 * suspects.size());
        }
    }

    /// The same of a task that runs beside the loop. From any thread.
    ///
    /// @return whether the loop has to be told to look
    boolean suspended(CoreTask<?> task) {
        elsewhere.add(task);
        return !asked.getAndSet(true);
    }

    void look() {
        asked.set(false); // before it takes them, so that who comes later asks again
        if (!hasLooked) {
            hasLooked = true;
            for (Task<?> task : loop.unfinished()) {
                stepEnded((CoreTask<?>) task);
            }
        }
        for (CoreTask<?> task = elsewhere.poll(); task != null; task = elsewhere.poll()) {
            stepEnded(task);
        }
        if (suspects.isEmpty()) {
            return;
        }
        waiters.removeIf(Deadlocks::hasGoneOn);
        told.entrySet().removeIf(each -> each.getKey().awaited() != each.getValue());
        AwaitCircles circles = new AwaitCircles(waiters);
        for (CoreTask<?> suspect : suspects) {
            if (!told.containsKey(suspect)) {
                look(suspect, circles);
            }
        }
        suspects.clear();
    }

    private static boolean hasGoneOn(CoreTask<?> waiter) {
        return !(waiter.awaited() instanceof HeldPromise<?> promise) || promise.isDone();
    }

    private void look(CoreTask<?> suspect, AwaitCircles circles) {
        List<CoreTask<?>> circle = circles.through(suspect);
        if (circle == null) {
            return;
        }
        List<@Nullable CoreFuture<?>> before = awaitedBy(circle);
        if (circle.equals(new AwaitCircles(waiters).through(suspect))
                && before.equals(awaitedBy(circle))) {
            report(circle);
        }
    }

    private static List<@Nullable CoreFuture<?>> awaitedBy(List<CoreTask<?>> circle) {
        return circle.stream().<@Nullable CoreFuture<?>>map(CoreTask::awaited).toList();
    }

    private void report(List<CoreTask<?>> circle) {
        for (CoreTask<?> task : circle) {
            CoreFuture<?> awaited = task.awaited();
            if (awaited != null) {
                told.put(task, awaited);
            }
        }
        CoreTask<?> first = circle.getFirst();
        String names =
                circle.stream().map(task -> task.name() + " → ").collect(Collectors.joining())
                        + first.name();
        Problem problem =
                Problem.of(
                                "deadlock: "
                                        + names
                                        + ": each of these tasks awaits the next, or what it holds,"
                                        + " and none can go on unless its wait is ended from outside\n"
                                        + whereTheyStand(circle),
                                null)
                        .withFuture(first);
        // As a callback, because the handler is the user's code, and this may be on top of the
        // stack of a task.
        loop.callSoon(() -> loop.callExceptionHandler(problem), Context.empty());
    }

    private static String whereTheyStand(List<CoreTask<?>> circle) {
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
}
