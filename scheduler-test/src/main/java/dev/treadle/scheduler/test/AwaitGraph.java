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
/// *cycle*, at something that only time or a thread completes, or at an *orphan*: a future that
/// nobody who is left is known to complete.
final class AwaitGraph {
    private final Trace trace;
    private final IdentityHashMap<Task<?>, LoopGraph.Node> nodes = new IdentityHashMap<>();
    private final List<String> lines = new ArrayList<>();

    private AwaitGraph(Trace trace) {
        this.trace = trace;
    }

    static String of(Trace trace) {
        List<Known> alive = trace.alive();
        AwaitGraph graph = new AwaitGraph(trace);
        alive.stream()
                .map(known -> known.task.loop())
                .distinct()
                .forEach(loop -> {
                    LoopGraph captured = LoopGraph.capture(loop);
                    captured.tasks().forEach(node -> graph.nodes.put(node.task(), node));
                    captured.cycles().forEach(graph::tellCycle);
                });
        alive.forEach(graph::tell);
        return graph.lines.isEmpty() ? "" : "await graph\n" + String.join("\n", graph.lines);
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
                        + (known.awaits.isEmpty()
                                ? ""
                                : ", awaits at " + String.join(" ← ", known.awaits))
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
            return "awaits a future that nobody is known to complete (orphan)";
        }
        LoopGraph.Node holder = node.holder();
        return holder != null
                ? "awaits what " + holder.name() + " holds"
                : node.awaited().stream()
                        .map(LoopGraph.Node::name)
                        .collect(Collectors.joining(" and ", "awaits ", ""));
    }
}
