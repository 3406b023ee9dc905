package dev.treadle.graph;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Await graphs as text.
final class GraphText {
    private GraphText() {}

    // ---- one future and its awaiters

    static String of(CallGraph graph) {
        StringBuilder text = new StringBuilder();
        append(graph, "", text);
        return text.toString();
    }

    private static void append(CallGraph graph, String indent, StringBuilder text) {
        text.append(indent).append("* ").append(graph.future()).append('\n');
        String inner = indent + "  ";
        graph.stack().forEach(frame -> line(text, inner, "at " + frame));
        if (!graph.createdAt().isEmpty()) {
            line(text, inner, "created at " + graph.createdAt().getFirst());
        }
        if (!graph.awaitedBy().isEmpty()) {
            line(text, inner, "awaited by");
            graph.awaitedBy().forEach(awaiter -> append(awaiter, inner + "  ", text));
        }
    }

    // ---- all tasks

    /// A task that is still to be drawn.
    private record Branch(LoopGraph.Node node, String before, String below) {}

    static String tree(LoopGraph graph) {
        StringBuilder text = new StringBuilder(title(graph)).append('\n');
        if (!graph.standsAt().isEmpty()) {
            text.append("running now:\n");
            graph.standsAt().forEach(frame -> line(text, "    ", "at " + frame));
        }
        if (!graph.cycles().isEmpty()) {
            graph.cycles().forEach(cycle -> text.append(cycle(cycle)).append('\n'));
            graph.tasks()
                    .forEach(node -> {
                        text.append(label(node)).append('\n');
                        details(node, graph, "    ", text);
                    });
            return text.toString();
        }
        Set<LoopGraph.Node> drawn = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Branch> open = new ArrayDeque<>();
        push(graph.tasks().stream().filter(node -> node.awaiters().isEmpty()).toList(), "", open);
        while (!open.isEmpty()) {
            draw(open.pop(), graph, drawn, open, text);
        }
        return text.toString();
    }

    private static String title(LoopGraph graph) {
        int count = graph.tasks().size();
        return "loop "
                + graph.loop()
                + " ("
                + graph.scheduler()
                + "), "
                + (count == 1 ? "1 task" : count + " tasks");
    }

    /// Puts the first on top.
    private static void push(List<LoopGraph.Node> nodes, String indent, Deque<Branch> open) {
        for (int i = nodes.size() - 1; i >= 0; i--) {
            boolean last = i == nodes.size() - 1;
            open.push(
                    new Branch(
                            nodes.get(i),
                            indent + (last ? "└── " : "├── "),
                            indent + (last ? "    " : "│   ")));
        }
    }

    private static void draw(
            Branch branch,
            LoopGraph graph,
            Set<LoopGraph.Node> drawn,
            Deque<Branch> open,
            StringBuilder text) {
        LoopGraph.Node node = branch.node();
        boolean first = drawn.add(node);
        text.append(branch.before()).append(label(node));
        if (!first) {
            text.append(", as above\n"); // with all that it awaits
            return;
        }
        text.append('\n');
        details(node, graph, branch.below() + (node.awaited().isEmpty() ? "    " : "│   "), text);
        push(node.awaited(), branch.below(), open);
    }

    private static String label(LoopGraph.Node node) {
        return "task " + node.name() + " (" + node.state() + ")";
    }

    private static void details(
            LoopGraph.Node node, LoopGraph graph, String indent, StringBuilder text) {
        if (!node.stack().equals(graph.standsAt())) { // which have been shown
            node.stack().forEach(frame -> line(text, indent, "at " + frame));
        }
        String awaits = node.awaits();
        if (awaits != null) {
            line(text, indent, "awaits " + awaits);
        }
        if (!node.createdAt().isEmpty()) {
            line(text, indent, "created at " + node.createdAt().getFirst());
        }
    }

    /// Names the tasks of a circle, each before what it awaits.
    static String cycle(List<LoopGraph.Node> cycle) {
        return cycle.stream().map(LoopGraph.Node::name).collect(Collectors.joining(" → "))
                + " → "
                + cycle.getFirst().name()
                + ": these tasks await each other, and none can go on unless its wait is ended from outside";
    }

    static String table(LoopGraph graph) {
        String format = "%-8s %-24s %-22s %-60s %-24s %s%n";
        StringBuilder text = new StringBuilder(title(graph)).append('\n');
        graph.cycles().forEach(cycle -> text.append(cycle(cycle)).append('\n'));
        text.append(
                format.formatted(
                        "number", "name", "state", "stack", "awaited by", "awaiter's number"));
        for (LoopGraph.Node node : graph.tasks()) {
            if (node.awaiters().isEmpty()) {
                text.append(row(format, node, "", ""));
            }
            for (LoopGraph.Node awaiter : node.awaiters()) {
                text.append(row(format, node, awaiter.name(), "" + awaiter.number()));
            }
        }
        return text.toString();
    }

    private static String row(
            String format, LoopGraph.Node node, String awaiter, String awaiterNumber) {
        String stack =
                node.stack().stream()
                        .filter(frame -> !isOfTheJdk(frame))
                        .map(StackTraceElement::getMethodName)
                        .collect(Collectors.joining(" < "));
        return format.formatted(
                node.number(), node.name(), node.state(), stack, awaiter, awaiterNumber);
    }

    private static boolean isOfTheJdk(StackTraceElement frame) {
        String type = frame.getClassName();
        return type.startsWith("java.") || type.startsWith("jdk.") || type.startsWith("sun.");
    }

    private static void line(StringBuilder text, String indent, String line) {
        text.append(indent).append(line).append('\n');
    }
}
