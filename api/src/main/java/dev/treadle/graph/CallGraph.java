package dev.treadle.graph;

import dev.treadle.Future;
import dev.treadle.Task;
import dev.treadle.spi.Execution;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who awaits a future, who awaits those, and so on; and where each of them stands.
///
/// ```java
/// System.out.println(CallGraph.capture());       // in a coroutine: why am I running?
/// System.out.println(CallGraph.capture(task));   // from anywhere: who is held up by this task?
/// ```
///
/// What is captured is a copy: it does not change when the loop goes on. [LoopGraph] shows all
/// tasks of a loop at once.
///
/// Source of the semantics: `asyncio.capture_call_graph` and `asyncio.FutureCallGraph`, of Python
/// 3.14.
///
/// @param future the future or task
/// @param stack the frames of the task, innermost first; empty if this is no task, if it has not
///   started, or has ended
/// @param createdAt the frames that created it, innermost first; empty unless its loop was in debug
///   mode then
/// @param awaitedBy who awaits it; where the awaits form a circle, or go on for very long, the
///   awaiters of the last one shown are left out
public record CallGraph(
        Future<?> future,
        List<StackTraceElement> stack,
        List<StackTraceElement> createdAt,
        List<CallGraph> awaitedBy) {

    /// Keeps copies of the lists.
    public CallGraph {
        stack = List.copyOf(stack);
        createdAt = List.copyOf(createdAt);
        awaitedBy = List.copyOf(awaitedBy);
    }

    /// Captures the graph of the current task, which is running.
    ///
    /// @return its graph; null in a callback
    /// @throws IllegalStateException if no loop runs here: name a future then
    public static @Nullable CallGraph capture() {
        Execution execution = Execution.current();
        if (execution.loop() == null) {
            throw new IllegalStateException(
                    "no running event loop here, and so no current task: name the future to capture");
        }
        Task<?> task = execution.task();
        return task == null ? null : capture(task);
    }

    /// Captures the graph of a future.
    ///
    /// May be called from any thread, also while the future's loop is stuck. While the loop runs on
    /// meanwhile, parts of the graph may be of different moments.
    ///
    /// @param future the future or task
    /// @return its graph; without frames and awaiters if its scheduler does not tell them
    public static CallGraph capture(Future<?> future) {
        return GraphCapture.of(future);
    }

    /// Returns a copy of this with shorter stacks.
    ///
    /// @param frames how many frames to keep of each stack: the innermost ones, or, if below zero,
    ///   the outermost ones; 0 for who awaits whom alone
    /// @return a graph of the same futures
    public CallGraph withFrames(int frames) {
        return new CallGraph(
                future,
                GraphCapture.limited(stack, frames),
                GraphCapture.limited(createdAt, frames),
                awaitedBy.stream().map(awaiter -> awaiter.withFrames(frames)).toList());
    }

    /// {@return the graph as text: a line for each future, its frames below it, and indented below
    /// those who awaits it}
    @Override
    public String toString() {
        return GraphText.of(this);
    }
}
