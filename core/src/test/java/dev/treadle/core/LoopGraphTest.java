package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Coroutine;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.TaskGroup;
import dev.treadle.TaskOptions;
import dev.treadle.graph.LoopGraph;
import dev.treadle.sync.Lock;
import dev.treadle.usercode.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@NullUnmarked
class LoopGraphTest extends OnVirtualLoop {

    @AfterEach
    void endTheTasks() {
        loop.tasks().forEach(Task::cancel);
        runOneIteration();
        runOneIteration();
    }

    private Task<Object> spawn(String name, Coroutine.Body<Object> body) {
        return loop.createTask(Coroutine.of(body), TaskOptions.named(name));
    }

    private static LoopGraph.Node node(LoopGraph graph, String name) {
        return graph.tasks().stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no task " + name + " in " + graph));
    }

    private static List<String> names(List<LoopGraph.Node> nodes) {
        return nodes.stream().map(LoopGraph.Node::name).toList();
    }

    private LoopGraph afterOneIteration() {
        runOneIteration();
        return LoopGraph.capture(loop);
    }

    /// Two tasks that await each other, and one that awaits the first of them.
    private void circle() {
        List<Task<Object>> tasks = new ArrayList<>();
        tasks.add(spawn("a", () -> Work.awaitHere(tasks.get(1))));
        tasks.add(spawn("b", () -> Work.awaitHere(tasks.get(0))));
        spawn("bystander", () -> Work.awaitHere(tasks.get(0)));
    }

    @Nested
    class TheTasks {

        @Test
        void areThoseThatHaveNotEndedOldestFirst() {
            spawn("ended", () -> null);
            spawn("one", () -> never().await());
            spawn("two", () -> never().await());

            LoopGraph graph = afterOneIteration();

            assertThat(graph.loop()).isEqualTo("test");
            assertThat(graph.scheduler()).isEqualTo("test");
            assertThat(names(graph.tasks())).containsExactly("one", "two");
            assertThat(graph.tasks().get(0).number()).isLessThan(graph.tasks().get(1).number());
        }

        @Test
        void areNotMoreThanWanted() {
            spawn("one", () -> null);
            spawn("two", () -> null);

            assertThat(names(LoopGraph.capture(loop, 1).tasks())).containsExactly("one");
            assertThatThrownBy(() -> LoopGraph.capture(loop, -1))
                    .isInstanceOf(IllegalArgumentException.class);
            loop.tasks().forEach(Task::cancel);
            runOneIteration();
        }

        @Test
        void tellTheirState() {
            Promise<Object> promise = never();
            spawn("suspended", () -> never().await());
            spawn("ready", () -> Work.awaitHere(promise));
            Task<Object> cancelling = spawn("cancelling", () -> Work.awaitHere(refusing()));
            loop.callSoon(() -> cancelling.cancel());
            List<LoopGraph> graphs = new ArrayList<>();
            Task<Object> main =
                    spawn(
                            "running",
                            () -> {
                                yieldNow();
                                promise.complete("x");
                                spawn("fresh", () -> null);
                                graphs.add(LoopGraph.capture(loop));
                                return null;
                            });

            loop.runUntilComplete(main);

            LoopGraph graph = graphs.get(0);
            assertThat(node(graph, "suspended").state()).isEqualTo("suspended");
            assertThat(node(graph, "ready").state()).isEqualTo("ready");
            assertThat(node(graph, "running").state()).isEqualTo("running");
            assertThat(node(graph, "cancelling").state()).isEqualTo("suspended, cancelling");
            assertThat(node(graph, "fresh").state()).isEqualTo("not started");
        }

        /// A future that takes note of a cancellation and goes on.
        private Promise<Object> refusing() {
            return loop.createPromise(_ -> true);
        }

        @Test
        void tellWhatTheyAwaitAndWhere() {
            spawn("waiting", () -> Work.awaitHere(never()));

            LoopGraph.Node node = node(afterOneIteration(), "waiting");

            assertThat(node.awaits()).isEqualTo("Future[pending]");
            assertThat(node.stack().get(0).getMethodName()).isEqualTo("awaitHere");
            assertThat(node.createdAt()).isEmpty();
        }

        @Test
        void awaitEachOtherAlsoThroughFutures() {
            Task<Object> leaf = spawn("leaf", () -> never().await());
            spawn(
                    "gathering",
                    () -> {
                        Work.gatherHere(List.of(leaf));
                        return null;
                    });
            spawn("awaiting", () -> leaf.await());

            LoopGraph graph = afterOneIteration();

            assertThat(names(node(graph, "leaf").awaiters()))
                    .containsExactlyInAnyOrder("gathering", "awaiting");
            assertThat(names(node(graph, "gathering").awaited())).containsExactly("leaf");
            assertThat(names(node(graph, "awaiting").awaited())).containsExactly("leaf");
        }

        @Test
        void canBeSeenFromOutsideWhileTheLoopIsStuck() {
            spawn("other", () -> Work.awaitHere(never()));

            LoopGraph graph =
                    run(() -> {
                        yieldNow();
                        return onForeignThread(() -> LoopGraph.capture(loop)).join();
                    });

            assertThat(node(graph, "other").state()).isEqualTo("suspended");
            LoopGraph.Node stuck = graph.tasks().get(1);
            assertThat(stuck.state()).isEqualTo("running");
        }
    }

    @Nested
    class WhoWaitsForALock {
        private final Lock lock = new Lock();

        private LoopGraph waiting() {
            spawn(
                    "holder",
                    () -> {
                        try (var _ = lock.acquire().await()) {
                            return never().await();
                        }
                    });
            spawn("waiter", () -> Work.awaitHere(lock.acquire()));
            return afterOneIteration();
        }

        @Test
        void awaitsTheTaskThatHoldsIt() {
            LoopGraph graph = waiting();

            LoopGraph.Node holder = node(graph, "holder");
            LoopGraph.Node waiter = node(graph, "waiter");
            assertThat(waiter.awaits()).isEqualTo("Future[pending, held by task holder]");
            assertThat(waiter.holder()).isSameAs(holder);
            assertThat(waiter.awaited()).containsExactly(holder);
            assertThat(holder.holder()).isNull();
            assertThat(holder.awaiters()).containsExactly(waiter);
            assertThat(graph.toString())
                    .containsSubsequence("task waiter (suspended)", "└── task holder (suspended)");
        }

        @Test
        void awaitsNobodyOnceItHasIt() {
            waiting();
            loop.tasks().iterator().next().cancel();
            runOneIteration();
            runOneIteration();
            spawn("another", () -> Work.awaitHere(lock.acquire()));

            LoopGraph graph = afterOneIteration();

            assertThat(names(graph.tasks())).doesNotContain("holder");
            assertThat(graph.tasks()).allMatch(node -> node.holder() == null);
        }

        @Test
        void awaitsNobodyWhileItIsHandedOver() {
            List<LoopGraph> captured = new ArrayList<>();
            spawn(
                    "holder",
                    () -> {
                        lock.acquire().await();
                        yieldNow();
                        lock.release();
                        return captured.add(LoopGraph.capture(loop));
                    });
            spawn(
                    "first",
                    () -> {
                        lock.acquire().await();
                        return never().await();
                    });
            spawn("second", () -> Work.awaitHere(lock.acquire()));
            runOneIteration();
            runOneIteration();

            LoopGraph graph = captured.getFirst();
            assertThat(node(graph, "second").state()).isEqualTo("suspended");
            assertThat(graph.tasks()).allMatch(node -> node.holder() == null);
            LoopGraph next = afterOneIteration();
            assertThat(node(next, "second").holder()).isSameAs(node(next, "first"));
        }

        @Test
        void isToldByNumberInJson() {
            JsonNode tasks = JsonMapper.builder().build().readTree(waiting().toJson()).get("tasks");

            assertThat(tasks.get(0).get("heldBy").isNull()).isTrue();
            assertThat(tasks.get(1).get("heldBy").longValue())
                    .isEqualTo(tasks.get(0).get("number").longValue());
        }
    }

    @Nested
    class WhatRuns {

        @Test
        void isSeenFromOutsideWhenACallbackIsStuck() {
            List<LoopGraph> graphs = new ArrayList<>();
            CountDownLatch seen = new CountDownLatch(1);
            Foreign<?> foreign =
                    onForeignThread(() -> {
                        LoopGraph graph = LoopGraph.capture(loop);
                        while (graph.standsAt().stream() // not only in blockHere: on its way there
                                .noneMatch(frame -> frame.getMethodName().equals("await"))) {
                            Thread.onSpinWait();
                            graph = LoopGraph.capture(loop);
                        }
                        graphs.add(graph);
                        seen.countDown();
                        return null;
                    });
            loop.callSoon(() -> Work.blockHere(seen));

            runOneIteration();
            foreign.join();

            LoopGraph graph = graphs.get(0);
            assertThat(graph.standsAt())
                    .anyMatch(frame -> frame.getMethodName().equals("await"))
                    .noneMatch(frame -> frame.getClassName().contains(".Runner"));
            assertThat(graph.tasks()).isEmpty();
            assertThat(graph.toString())
                    .contains("running now:\n    at ")
                    .contains("at dev.treadle.usercode.Work.blockHere(Work.java:");
        }

        @Test
        void isNothingWhileTheLoopWaitsOrDoesNotRun() {
            assertThat(LoopGraph.capture(loop).standsAt()).isEmpty();
            try (var _ = time.expectForeign()) {
                spawn("waiting", () -> never().await());
                Foreign<List<StackTraceElement>> foreign =
                        onForeignThread(() -> {
                            while (LoopGraph.capture(loop).tasks().stream()
                                    .noneMatch(node -> node.state().equals("suspended"))) {
                                Thread.onSpinWait();
                            }
                            List<StackTraceElement> standsAt = loop.inspection().standsAt();
                            while (!standsAt.isEmpty()) { // the task is still about to suspend
                                Thread.onSpinWait();
                                standsAt = loop.inspection().standsAt();
                            }
                            loop.stop();
                            return standsAt;
                        });
                loop.runForever();
                assertThat(foreign.join()).isEmpty();
            }
            assertThat(LoopGraph.capture(loop).standsAt()).isEmpty();
        }
    }

    @Nested
    class AsText {

        @Test
        @Behaviour("GRF-03")
        void nestsTasksBelowTheirAwaiters() {
            Task<Object> left = spawn("left", () -> Work.awaitHere(never()));
            Task<Object> right = spawn("right", () -> Work.awaitHere(left));
            spawn(
                    "main",
                    () ->
                            TaskGroup.call(
                                            group -> {
                                                Work.createIn(
                                                        group, "child", () -> Work.awaitHere(left));
                                                return Work.awaitHere(right);
                                            })
                                    .await());
            runOneIteration();

            String tree = afterOneIteration().toString();

            assertThat(tree.lines().filter(line -> !line.contains(" at ")))
                    .containsExactly(
                            "loop test (test), 4 tasks",
                            "└── task main (suspended)",
                            "    │   awaits Task[right, pending, awaits task left]",
                            "    ├── task right (suspended)",
                            "    │   │   awaits Task[left, pending, awaits a future]",
                            "    │   └── task left (suspended)",
                            "    │           awaits Future[pending]",
                            "    └── task child (suspended)",
                            "        │   awaits Task[left, pending, awaits a future]",
                            "        └── task left (suspended), as above");
            assertThat(tree).contains("at dev.treadle.usercode.Work.awaitHere(Work.java:");
        }

        @Test
        @Behaviour("GRF-03")
        void namesTheCircleInsteadOfATreeAndStillShowsEveryTask() {
            circle();

            LoopGraph graph = afterOneIteration();

            assertThat(graph.cycles()).hasSize(1);
            assertThat(names(graph.cycles().get(0))).containsExactly("a", "b");
            assertThat(graph.toString())
                    .contains(
                            "a → b → a: these tasks await each other, and none can go on unless its wait is ended from outside")
                    .contains("\ntask a (suspended)\n")
                    .contains("\ntask b (suspended)\n")
                    .contains("\ntask bystander (suspended)\n")
                    .doesNotContain("└── ");
        }

        @Test
        @Behaviour("GRF-03")
        void asATableListsEveryTaskAlsoInACircle() {
            circle();

            LoopGraph graph = afterOneIteration();

            List<String> rows = graph.toTable().lines().toList();
            assertThat(rows.get(1)).contains("a → b → a");
            assertThat(
                            rows.subList(3, rows.size()).stream()
                                    .map(row -> row.substring(9, 33).strip()))
                    .containsExactly("a", "a", "b", "bystander");
            assertThat(rows.get(3)).contains("awaitHere").endsWith("" + node(graph, "b").number());
        }

        @Test
        void findsEveryCircleOfLongOnes() {
            List<Task<Object>> tasks = new ArrayList<>();
            int size = 2_000;
            for (int i = 0; i < size; i++) {
                int next = (i + 1) % size;
                tasks.add(spawn("task " + i, () -> tasks.get(next).await()));
            }

            LoopGraph graph = afterOneIteration();

            assertThat(graph.cycles()).hasSize(1);
            assertThat(graph.cycles().get(0)).hasSize(size);
        }

        @Test
        void aTaskThatAwaitsNothingTwiceIsNoCircle() {
            Task<Object> leaf = spawn("leaf", () -> never().await());
            spawn("one", () -> leaf.await());
            spawn("two", () -> leaf.await());

            assertThat(afterOneIteration().cycles()).isEmpty();
        }
    }

    @Nested
    class AsJson {

        @Test
        void isReadByAnyParserAndRefersByNumber() {
            loop.debug(true);
            Task<Object> leaf =
                    spawn("a \"leaf\"\n\\ \u0001 \u00e9", () -> Work.awaitHere(never()));
            spawn("main", () -> Work.awaitHere(leaf));
            LoopGraph graph = afterOneIteration();

            JsonNode json = JsonMapper.builder().build().readTree(graph.toJson());

            assertThat(json.get("loop").stringValue()).isEqualTo("test");
            assertThat(json.get("scheduler").stringValue()).isEqualTo("test");
            assertThat(json.get("standsAt")).isEmpty();
            assertThat(json.get("cycles")).isEmpty();
            JsonNode first = json.get("tasks").get(0);
            JsonNode second = json.get("tasks").get(1);
            assertThat(first.get("name").stringValue()).isEqualTo(leaf.name());
            assertThat(first.get("state").stringValue()).isEqualTo("suspended");
            assertThat(first.get("awaits").stringValue()).isEqualTo("Future[pending]");
            assertThat(first.get("awaitedBy").get(0).longValue())
                    .isEqualTo(second.get("number").longValue());
            JsonNode frame = first.get("stack").get(0);
            assertThat(frame.get("class").stringValue()).isEqualTo("dev.treadle.usercode.Work");
            assertThat(frame.get("method").stringValue()).isEqualTo("awaitHere");
            assertThat(frame.get("file").stringValue()).isEqualTo("Work.java");
            assertThat(frame.get("line").intValue()).isPositive();
        }

        @Test
        void namesTheTasksOfACircle() {
            circle();
            LoopGraph graph = afterOneIteration();

            JsonNode cycle =
                    JsonMapper.builder().build().readTree(graph.toJson()).get("cycles").get(0);

            assertThat(cycle).hasSize(2);
            assertThat(cycle.get(0).longValue()).isEqualTo(node(graph, "a").number());
            assertThat(cycle.get(1).longValue()).isEqualTo(node(graph, "b").number());
        }
    }
}
