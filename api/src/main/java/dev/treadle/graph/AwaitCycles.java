package dev.treadle.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/// Finds the circles in which tasks await each other: a depth-first search for edges that lead back
/// to the path. Without recursion, because chains of tasks may be long.
final class AwaitCycles {
    private final List<List<LoopGraph.Node>> cycles = new ArrayList<>();
    private final List<LoopGraph.Node> path = new ArrayList<>();
    private final List<Iterator<LoopGraph.Node>> ahead = new ArrayList<>();
    private final Map<LoopGraph.Node, Integer> places = new HashMap<>(); // on the path; -1 if done

    private AwaitCycles() {}

    static List<List<LoopGraph.Node>> among(List<LoopGraph.Node> tasks) {
        AwaitCycles search = new AwaitCycles();
        for (LoopGraph.Node task : tasks) {
            if (!search.places.containsKey(task)) {
                search.from(task);
            }
        }
        return search.cycles;
    }

    private void from(LoopGraph.Node start) {
        push(start);
        while (!path.isEmpty()) {
            Iterator<LoopGraph.Node> next = ahead.getLast();
            if (!next.hasNext()) {
                pop();
                continue;
            }
            LoopGraph.Node node = next.next();
            Integer place = places.get(node);
            if (place == null) {
                push(node);
            } else if (place >= 0) {
                cycles.add(List.copyOf(path.subList(place, path.size())));
            }
        }
    }

    private void push(LoopGraph.Node node) {
        places.put(node, path.size());
        path.add(node);
        ahead.add(node.awaited().iterator());
    }

    private void pop() {
        places.put(path.removeLast(), -1);
        ahead.removeLast();
    }
}
