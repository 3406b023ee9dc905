package dev.treadle.metrics;

import dev.treadle.EventLoop;
import dev.treadle.Task;
import dev.treadle.spi.Inspection;
import java.util.List;
import java.util.stream.Collectors;

/// Where a worker of a loop stands at a moment.
///
/// @param where the carrier that is held up; empty if it is the whole loop
/// @param what the task that runs, or that it is a callback
/// @param frames its frames, innermost first; empty if the scheduler does not tell
record Standing(String where, String what, List<StackTraceElement> frames) {
    private static final int MOST_FRAMES = 32;

    static Standing of(EventLoop loop, int worker, int workers) {
        String where = worker == 0 ? "" : "carrier " + worker + " of " + (workers - 1);
        if (!(loop instanceof Inspection.Inspectable inspectable)) {
            return new Standing(where, "a callback or task", List.of());
        }
        Inspection inspection = inspectable.inspection();
        Task<?> task = inspection.running(worker);
        List<StackTraceElement> frames = inspection.standsAt(worker);
        return new Standing(
                where,
                task == null ? "a callback" : "task " + task.name(),
                frames.subList(0, Math.min(frames.size(), MOST_FRAMES)));
    }

    /// {@return what is held up}
    String heldUp() {
        return where.isEmpty() ? "the loop" : where;
    }

    /// {@return what is held up, as it begins a sentence}
    ///
    /// @param loop the name of the loop
    String heldUp(String loop) {
        return where.isEmpty() ? "loop " + loop : "loop " + loop + ": " + where;
    }

    /// {@return the frames as a stack trace shows them, each on a line of its own}
    String stack() {
        return frames.stream().map(frame -> "\n\tat " + frame).collect(Collectors.joining());
    }
}
