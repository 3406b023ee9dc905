package dev.treadle.scheduler.test;

import dev.treadle.Future;
import dev.treadle.Task;
import dev.treadle.graph.LoopGraph;
import dev.treadle.scheduler.test.Trace.Known;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Who awaits whom, told in lines.
///
/// Following what is awaited, be it a task or a future that stands for several, one ends in a
/// *cycle*, at something that only time or a thread completes, or, where neither will, at an
/// *orphan*: a future that nobody who is left is known to complete.
final class AwaitGraph {
    private final Trace trace;
    private final String plainFuture;
    private final IdentityHashMap<Task<?>, LoopGraph.Node> nodes = new IdentityHashMap<>();
    private final List<String> lines = new ArrayList<>();

    private AwaitGraph(Trace trace, String plainFuture) {
        this.trace = trace;
        this.plainFuture = plainFuture;
    }

    /// The graph while a timer or a thread may still complete something.
    static String of(Trace trace) {
        return new AwaitGraph(trace, "a future that no task is known to complete").tellAll();
    }

    /// The graph when no timer and no thread is left.
    static String withOrphans(Trace trace) {
        return new AwaitGraph(trace, "a future that nobody is known to complete (orphan)")
                .tellAll();
    }

    /// The cycles alone, a line for each.
    static List<String> cyclesOf(Trace trace) {
        AwaitGraph graph = new AwaitGraph(trace, "");
        graph.capture(trace.alive());
        return graph.lines;
    }

    private String tellAll() {
        List<Known> alive = trace.alive();
        capture(alive);
        alive.forEach(this::tell);
        return lines.isEmpty() ? "" : "await graph\n" + String.join("\n", lines);
    }

    private void capture(List<Known> alive) {
        alive.stream()
                .map(known -> known.task.loop())
                .distinct()
                .forEach(loop -> {
                    LoopGraph captured = LoopGraph.capture(loop);
                    captured.tasks().forEach(node -> nodes.put(node.task(), node));
                    captured.cycles().forEach(this::tellCycle);
                });
    }

    private void tellCycle(List<LoopGraph.Node> cycle) {
        String names =
                cycle.stream().map(node -> node.name() + " → ").collect(Collectors.joining());
        lines.add(
                (cycle.size() == 1 ? "  self-wait: " : "  cycle: ")
                        + names
                        + cycle.getFirst().name());
    }

    private void tell(Known known) {
        lines.add(
                "  "
                        + known.task.name()
                        + " "
                        + (known.suspended ? whatIsAwaited(known) : "is ready")
                        + (known.awaits.isKnown() ? ", awaits at " + known.awaits.lines() : "")
                        + trace.createdAt(known.task));
    }

    private String whatIsAwaited(Known known) {
        @Nullable Future<?> awaited = known.awaited;
        if (awaited == null) {
            return "yields";
        }
        if (awaited.isDone()) {
            return "is about to go on";
        }
        LoopGraph.Node node = nodes.get(known.task);
        if (node == null || node.awaited().isEmpty()) {
            return "awaits " + plainFuture;
        }
        LoopGraph.Node holder = node.holder();
        return holder != null
                ? "awaits what " + holder.name() + " holds"
                : node.awaited().stream()
                        .map(LoopGraph.Node::name)
                        .collect(Collectors.joining(" and ", "awaits ", ""));
    }
}
