package dev.treadle.graph;

import dev.treadle.EventLoop;
import dev.treadle.Future;
import dev.treadle.Task;
import dev.treadle.spi.Inspection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// All tasks of a loop that have not ended: who awaits whom, where each stands and where it was
/// created.
///
/// ```java
/// System.out.println(LoopGraph.capture(loop));
/// ```
///
/// It can be captured from any thread, also while the loop is stuck. It is a copy and does not
/// change when the loop goes on.
///
/// Source of the semantics: `python -m asyncio ps` and `pstree`, of Python 3.14.
///
/// @param loop the name of the loop
/// @param scheduler the name of its scheduler
/// @param standsAt the frames of the callback or task that was running, innermost first; empty if
///   the loop was waiting, or not running. What holds up a loop that is stuck is seen here
/// @param tasks the tasks, oldest first
/// @param cycles the circles in which tasks await each other, or what another one holds: each task
///   of one awaits the next, and the last the first
public record LoopGraph(
        String loop,
        String scheduler,
        List<StackTraceElement> standsAt,
        List<Node> tasks,
        List<List<Node>> cycles) {

    /// A task that has not ended.
    ///
    /// Two nodes are equal if they are the same node.
    public static final class Node {
        private final Task<?> task;
        private final long number;
        private final String name;
        private final String state;
        private final List<StackTraceElement> stack;
        private final List<StackTraceElement> createdAt;
        private final @Nullable String awaits;
        private final @Nullable Task<?> holdingTask;
        private @Nullable Node holder; // by who captures
        private final List<Node> awaiters = new ArrayList<>(); // by who captures
        private final List<Node> awaited = new ArrayList<>(); // by who captures

        private Node(Task<?> task, Inspection inspection) {
            this.task = task;
            this.number = inspection.number(task);
            this.name = task.name();
            this.stack = inspection.stack(task);
            this.createdAt = inspection.createdAt(task);
            Future<?> future = inspection.awaited(task);
            this.awaits = future == null || future.isDone() ? null : future.toString();
            this.holdingTask = future == null ? null : inspection.holder(future);
            this.state = describe(task, awaits != null, inspection.isRunning(task));
        }

        private String describe(Task<?> of, boolean suspended, boolean running) {
            if (running) {
                return "running";
            }
            String word = suspended ? "suspended" : stack.isEmpty() ? "not started" : "ready";
            return of.cancelling() > 0 ? word + ", cancelling" : word;
        }

        /// {@return the task}
        public Task<?> task() {
            return task;
        }

        /// {@return a number that no other task of the loop has}
        public long number() {
            return number;
        }

        /// {@return the name that the task had}
        public String name() {
            return name;
        }

        /// {@return `running`, `suspended`, `ready` to go on, or `not started`; with `, cancelling`
        /// if a cancellation was requested}
        public String state() {
            return state;
        }

        /// {@return its frames, innermost first; empty if it has not started}
        public List<StackTraceElement> stack() {
            return stack;
        }

        /// {@return the frames that created it, innermost first; empty unless the loop was in debug
        /// mode}
        public List<StackTraceElement> createdAt() {
            return createdAt;
        }

        /// {@return what it awaits, in the words of that future's `toString()`; null if nothing}
        public @Nullable String awaits() {
            return awaits;
        }

        /// {@return the task that holds what it awaits, such as a lock; null if it awaits nothing
        /// of that kind}
        public @Nullable Node holder() {
            return holder;
        }

        /// {@return the tasks that await it, directly or through a future such as that of
        /// [Async#gather][dev.treadle.Async#gather], or await what it holds}
        public List<Node> awaiters() {
            return Collections.unmodifiableList(awaiters);
        }

        /// {@return the tasks that it awaits, directly or through a future, and the one that holds
        /// what it awaits}
        public List<Node> awaited() {
            return Collections.unmodifiableList(awaited);
        }

        /// {@return name and state, for reading logs}
        @Override
        public String toString() {
            return "Node[" + name + ", " + state + "]";
        }
    }

    /// Keeps copies of the lists.
    public LoopGraph {
        standsAt = List.copyOf(standsAt);
        tasks = List.copyOf(tasks);
        cycles = cycles.stream().map(List::copyOf).toList();
    }

    /// Captures all tasks of a loop.
    ///
    /// May be called from any thread, also while the loop is stuck; the loop is not held up. While
    /// it runs on meanwhile, parts of the graph may be of different moments.
    ///
    /// @param loop the loop to look at
    /// @return its tasks
    /// @throws UnsupportedOperationException if its scheduler does not let anybody look inside
    public static LoopGraph capture(EventLoop loop) {
        return capture(loop, Integer.MAX_VALUE);
    }

    /// Captures the oldest tasks of a loop, and what they have to do with one another.
    ///
    /// Each task that is suspended costs some microseconds, for its stack.
    ///
    /// @param loop the loop to look at
    /// @param most how many tasks to capture at most
    /// @return its oldest tasks
    /// @throws IllegalArgumentException if `most` is below zero
    /// @throws UnsupportedOperationException if its scheduler does not let anybody look inside
    public static LoopGraph capture(EventLoop loop, int most) {
        if (most < 0) {
            throw new IllegalArgumentException("cannot capture " + most + " tasks");
        }
        return capture(loop, inspect(loop), most);
    }

    private static Inspection inspect(EventLoop loop) {
        if (!(loop instanceof Inspection.Inspectable inspectable)) {
            throw new UnsupportedOperationException(
                    "loop "
                            + loop.name()
                            + " can't be inspected: its scheduler, "
                            + loop.scheduler()
                            + ", does not implement "
                            + Inspection.Inspectable.class.getName());
        }
        return inspectable.inspection();
    }

    /// Counts the tasks of a loop that have not ended.
    ///
    /// May be called from any thread, also while the loop is stuck.
    ///
    /// @param loop the loop to look at
    /// @return how many there are
    /// @throws UnsupportedOperationException if its scheduler does not let anybody look inside
    public static int count(EventLoop loop) {
        return inspect(loop).tasks().size();
    }

    private static LoopGraph capture(EventLoop loop, Inspection inspection, int most) {
        Map<Future<?>, Node> nodes = new LinkedHashMap<>();
        inspection.tasks().stream()
                .limit(most)
                .forEach(task -> nodes.put(task, new Node(task, inspection)));
        nodes.values().forEach(node -> link(node, nodes, inspection));
        nodes.values().forEach(node -> linkHolder(node, nodes));
        List<Node> tasks = List.copyOf(nodes.values());
        return new LoopGraph(
                loop.name(),
                loop.scheduler(),
                inspection.standsAt(),
                tasks,
                AwaitCycles.among(tasks));
    }

    /// Links a task with the tasks that await it, through whatever futures there are between.
    private static void link(Node node, Map<Future<?>, Node> nodes, Inspection inspection) {
        Set<Future<?>> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Future<?>> open = new ArrayList<>(inspection.awaitedBy(node.task));
        for (int i = 0; i < open.size(); i++) { // which grows meanwhile
            Future<?> awaiter = open.get(i);
            if (!seen.add(awaiter)) {
                continue;
            }
            Node known = nodes.get(awaiter);
            if (known != null) {
                node.awaiters.add(known);
                known.awaited.add(node);
            } else if (!(awaiter instanceof Task<?>)) {
                open.addAll(inspection.awaitedBy(awaiter));
            }
        }
    }

    /// Links a task with the one that holds what it awaits.
    private static void linkHolder(Node node, Map<Future<?>, Node> nodes) {
        Node holder = nodes.get(node.holdingTask);
        if (holder != null) {
            node.holder = holder;
            holder.awaiters.add(node);
            node.awaited.add(holder);
        }
    }

    /// {@return the tasks as trees: each below who awaits it; where they await each other in a
    /// circle, which no tree can show, that circle and all tasks one after the other}
    @Override
    public String toString() {
        return GraphText.tree(this);
    }

    /// {@return a line for each task and each of its awaiters: number, name, state, stack, who
    /// awaits it}
    public String toTable() {
        return GraphText.table(this);
    }

    /// {@return the graph as one JSON object, with the tasks' numbers as references}
    public String toJson() {
        return GraphJson.of(this);
    }
}
