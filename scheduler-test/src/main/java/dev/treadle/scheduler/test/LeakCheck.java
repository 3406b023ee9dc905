package dev.treadle.scheduler.test;

import dev.treadle.Task;
import dev.treadle.core.CoreEventLoop;
import dev.treadle.core.Probe;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a run has left behind.
final class LeakCheck {
    private final Set<Leak> allowed;
    private final Watch watch;

    LeakCheck(Set<Leak> allowed, Watch watch) {
        this.allowed = allowed;
        this.watch = watch;
    }

    /// Looks at a loop whose test has ended.
    @Nullable Finding ofLoop(CoreEventLoop loop) {
        Set<Task<?>> tasks = loop.tasks();
        if (!tasks.isEmpty()) {
            // What an unfinished task still has is not left behind yet.
            return allowed.contains(Leak.TASK)
                    ? null
                    : finding(
                            Leak.TASK,
                            "task that has not ended",
                            tasks.stream().map(this::describe).toList(),
                            watch.cycles());
        }
        Finding timers = ofTimers();
        return timers != null ? timers : ofObjects();
    }

    private String describe(Task<?> task) {
        return task
                + watch.createdAt(task)
                + (task.stack().isEmpty() ? "" : ", awaits at " + task.stack().getFirst());
    }

    private @Nullable Finding ofTimers() {
        if (allowed.contains(Leak.TIMER)) {
            return null;
        }
        return finding(
                Leak.TIMER,
                "timer that is armed",
                watch.armedTimers().stream().map(timer -> timer + watch.createdAt(timer)).toList());
    }

    /// Looks at what belongs to no loop.
    @Nullable Finding ofObjects() {
        List<String> failures = new ArrayList<>();
        for (Probe.Failed failed : watch.takeUnseenFailures()) {
            failures.add(
                    failed.exception()
                            + " of "
                            + failed.future()
                            + watch.createdAt(failed.future())
                            + watch.failedAt(failed.future()));
        }
        if (!failures.isEmpty() && !allowed.contains(Leak.FAILURE)) {
            return finding(Leak.FAILURE, "failure that nobody asked for", failures);
        }
        if (!allowed.contains(Leak.COROUTINE) && !watch.pendingCoroutines().isEmpty()) {
            return finding(
                    Leak.COROUTINE,
                    "coroutine that was never awaited",
                    watch.pendingCoroutines().stream()
                            .map(each -> each + watch.createdAt(each))
                            .toList());
        }
        if (!allowed.contains(Leak.GENERATOR)) {
            return finding(
                    Leak.GENERATOR,
                    "generator that is neither exhausted nor closed",
                    watch.openGenerators().stream()
                            .map(each -> each + watch.createdAt(each))
                            .toList());
        }
        return null;
    }

    /// Looks at the loops that a program has not closed.
    @Nullable Finding ofLoops(List<CoreEventLoop> open) {
        return allowed.contains(Leak.LOOP)
                ? null
                : finding(
                        Leak.LOOP,
                        "loop that is not closed",
                        open.stream().map(CoreEventLoop::toString).toList());
    }

    /// Looks at threads.
    ///
    /// @param before those that lived when the run began
    /// @param jobs those of the simulation that have not ended
    @Nullable Finding ofThreads(LiveThreads before, List<SimulatedThread> jobs) {
        if (allowed.contains(Leak.THREAD)) {
            return null;
        }
        List<String> alive = new ArrayList<>();
        for (Thread thread : LiveThreads.startedSince(before, jobs)) {
            StackTraceElement[] stack = thread.getStackTrace();
            alive.add("thread " + thread.getName() + (stack.length == 0 ? "" : ", at " + stack[0]));
        }
        return finding(Leak.THREAD, "thread that has not ended", alive);
    }

    private static @Nullable Finding finding(Leak leak, String what, List<String> lines) {
        return finding(leak, what, lines, List.of());
    }

    private static @Nullable Finding finding(
            Leak leak, String what, List<String> lines, List<String> cycles) {
        if (lines.isEmpty()) {
            return null;
        }
        String headline =
                "left behind: "
                        + (lines.size() == 1 ? "a " + what : lines.size() + " times a " + what)
                        + ": "
                        + lines.getFirst();
        List<String> details = new ArrayList<>();
        lines.stream().skip(1).map("  "::concat).forEach(details::add);
        details.addAll(cycles);
        return new Finding(Finding.Kind.LEAK, headline, leak, null, details);
    }
}
