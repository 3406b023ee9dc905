package dev.treadle.metrics;

import dev.treadle.EventLoop;
import dev.treadle.Task;
import dev.treadle.spi.Inspection;
import java.util.List;
import java.util.stream.Collectors;

/// Where a loop stands at a moment.
///
/// @param what the task that runs, or that it is a callback
/// @param frames its frames, innermost first; empty if the scheduler does not tell
record Standing(String what, List<StackTraceElement> frames) {
    private static final int MOST_FRAMES = 32;

    static Standing of(EventLoop loop) {
        if (!(loop instanceof Inspection.Inspectable inspectable)) {
            return new Standing("a callback or task", List.of());
        }
        Inspection inspection = inspectable.inspection();
        Task<?> task = inspection.running();
        List<StackTraceElement> frames = inspection.standsAt();
        return new Standing(
                task == null ? "a callback" : "task " + task.name(),
                frames.subList(0, Math.min(frames.size(), MOST_FRAMES)));
    }

    /// {@return the frames as a stack trace shows them, each on a line of its own}
    String stack() {
        return frames.stream().map(frame -> "\n\tat " + frame).collect(Collectors.joining());
    }
}
