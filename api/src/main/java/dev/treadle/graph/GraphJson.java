package dev.treadle.graph;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Await graphs as JSON.
final class GraphJson {
    private GraphJson() {}

    static String of(LoopGraph graph) {
        return "{\"loop\":"
                + string(graph.loop())
                + ",\"scheduler\":"
                + string(graph.scheduler())
                + ",\"standsAt\":"
                + frames(graph.standsAt())
                + ",\"cycles\":"
                + array(graph.cycles().stream().map(GraphJson::numbers).toList())
                + ",\"tasks\":"
                + array(graph.tasks().stream().map(GraphJson::task).toList())
                + "}";
    }

    private static String task(LoopGraph.Node node) {
        return "{\"number\":"
                + node.number()
                + ",\"name\":"
                + string(node.name())
                + ",\"state\":"
                + string(node.state())
                + ",\"awaits\":"
                + string(node.awaits())
                + ",\"heldBy\":"
                + (node.holder() == null ? "null" : "" + node.holder().number())
                + ",\"awaitedBy\":"
                + numbers(node.awaiters())
                + ",\"stack\":"
                + frames(node.stack())
                + ",\"createdAt\":"
                + frames(node.createdAt())
                + "}";
    }

    private static String numbers(List<LoopGraph.Node> nodes) {
        return array(nodes.stream().map(node -> "" + node.number()).toList());
    }

    private static String frames(List<StackTraceElement> frames) {
        return array(
                frames.stream()
                        .map(frame ->
                                "{\"class\":"
                                        + string(frame.getClassName())
                                        + ",\"method\":"
                                        + string(frame.getMethodName())
                                        + ",\"file\":"
                                        + string(frame.getFileName())
                                        + ",\"line\":"
                                        + frame.getLineNumber()
                                        + "}")
                        .toList());
    }

    private static String array(List<String> elements) {
        return elements.stream().collect(Collectors.joining(",", "[", "]"));
    }

    /// A string with what JSON wants escaped, or null.
    static String string(@Nullable String text) {
        if (text == null) {
            return "null";
        }
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (c < ' ' || Character.isSurrogate(c)) {
                        quoted.append("\\u%04x".formatted((int) c));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }
}
