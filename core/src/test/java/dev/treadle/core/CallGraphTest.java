package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.Coroutine;
import dev.treadle.Future;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.TaskGroup;
import dev.treadle.TaskOptions;
import dev.treadle.graph.CallGraph;
import dev.treadle.usercode.Work;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@NullUnmarked
class CallGraphTest extends OnVirtualLoop {

    private static List<String> methods(CallGraph graph) {
        return graph.stack().stream().map(StackTraceElement::getMethodName).toList();
    }

    private static List<Future<?>> awaiters(CallGraph graph) {
        return graph.awaitedBy().stream().<Future<?>>map(CallGraph::future).toList();
    }

    /// Captures the graph of a future as long as tasks that were created before await it.
    private CallGraph captureOf(Future<?> future) {
        return run(() -> {
            yieldTimes(3);
            return CallGraph.capture(future);
        });
    }

    @Nested
    class OfTheCurrentTask {

        @Test
        @Behaviour("GRF-01")
        void showsItsOwnFramesAndAllItsAwaiters() {
            List<CallGraph> graphs = new ArrayList<>();
            Task<?> main =
                    loop.createTask(
                            Coroutine.of(() ->
                                    TaskGroup.run(
                                                    group -> {
                                                        Task<Object> inner =
                                                                Work.createIn(
                                                                        group,
                                                                        "inner",
                                                                        () -> {
                                                                            yieldTimes(3);
                                                                            graphs.add(
                                                                                    Work.capture());
                                                                            return null;
                                                                        });
                                                        for (String name :
                                                                List.of("left", "right")) {
                                                            Work.createIn(
                                                                    group,
                                                                    name,
                                                                    () -> Work.awaitHere(inner));
                                                        }
                                                        Work.awaitHere(inner);
                                                    })
                                            .await()),
                            TaskOptions.named("main"));

            loop.runUntilComplete(main);

            CallGraph graph = graphs.get(0);
            assertThat(((Task<?>) graph.future()).name()).isEqualTo("inner");
            assertThat(methods(graph).subList(0, 2)).containsExactly("captureDeeper", "capture");
            List<String> names = new ArrayList<>();
            for (CallGraph awaiter : graph.awaitedBy()) {
                String name = ((Task<?>) awaiter.future()).name();
                names.add(name);
                assertThat(methods(awaiter)).contains("awaitHere");
                assertThat(awaiters(awaiter))
                        .as("awaiters of %s", name)
                        .isEqualTo(name.equals("main") ? List.of() : List.of(main));
            }
            assertThat(names).containsExactly("main", "left", "right");
        }

        @Test
        void isNullInACallback() {
            loop.callSoon(() -> say("" + CallGraph.capture()));

            runOneIteration();

            assertThat(log).containsExactly("null");
        }

        @Test
        void needsALoop() {
            assertThatThrownBy(CallGraph::capture)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no running event loop");
        }

        @Test
        void showsTheFramesOfTheCoroutinesThatAwaitEachOther() {
            CallGraph graph =
                    run(() ->
                            Work.awaitHere(
                                    Coroutine.of(() ->
                                            Work.awaitHere(Coroutine.of(() -> Work.capture())))));

            assertThat(methods(graph)).contains("awaitHere", "capture");
            assertThat(methods(graph).stream().filter("awaitHere"::equals)).hasSize(2);
        }
    }

    @Nested
    class OfAnotherFuture {

        @Test
        void withoutAwaitersIsAlone() {
            Promise<Object> promise = never();

            CallGraph graph = CallGraph.capture(promise);

            assertThat(graph.future()).isSameAs(promise);
            assertThat(graph.stack()).isEmpty();
            assertThat(graph.createdAt()).isEmpty();
            assertThat(graph.awaitedBy()).isEmpty();
        }

        @Test
        void showsWhereItsAwaiterStands() {
            Promise<Object> promise = never();
            Task<?> task = spawn(() -> Work.awaitHere(promise));

            CallGraph graph = captureOf(promise);

            assertThat(graph.awaitedBy()).hasSize(1);
            assertThat(awaiters(graph)).isEqualTo(List.of(task));
            assertThat(methods(graph.awaitedBy().get(0))).startsWith("awaitHere");
            task.cancel();
            runOneIteration();
            assertThat(CallGraph.capture(promise).awaitedBy()).isEmpty();
        }

        @Test
        void showsTheGatheringAndBehindItWhoAwaitsThat() {
            Promise<Object> promise = never();
            Task<Object> member = loop.createTask(Coroutine.of(() -> promise.await()));
            Task<?> task = spawn(() -> Work.gatherHere(List.of(member)));

            CallGraph graph = captureOf(member);

            assertThat(graph.awaitedBy()).hasSize(1);
            CallGraph gathering = graph.awaitedBy().get(0);
            assertThat(gathering.future()).isNotInstanceOf(Task.class);
            assertThat(awaiters(gathering)).isEqualTo(List.of(task));
            assertThat(methods(gathering.awaitedBy().get(0))).contains("gatherHere");
            promise.complete("x");
            run(() -> member.await());
        }

        @Test
        void showsTheShieldAndBehindItWhoAwaitsThat() {
            Promise<Object> promise = never();
            Task<Object> inner = loop.createTask(Coroutine.of(() -> promise.await()));
            Task<?> task = spawn(() -> Async.shield(inner).await());

            CallGraph graph = captureOf(inner);

            assertThat(graph.awaitedBy()).hasSize(1);
            CallGraph shield = graph.awaitedBy().get(0);
            assertThat(shield.future()).isNotInstanceOf(Task.class);
            assertThat(awaiters(shield)).isEqualTo(List.of(task));
            promise.complete("x");
            run(() -> task.await());
        }

        @Test
        void showsTheTaskThatWaitsForSeveral() {
            Promise<Object> promise = never();
            Task<Object> member = loop.createTask(Coroutine.of(() -> promise.await()));
            Task<?> task = spawn(() -> Work.waitHere(List.of(member)));

            CallGraph graph = captureOf(member);

            assertThat(awaiters(graph)).isEqualTo(List.of(task));
            promise.complete("x");
            run(() -> member.await());
        }

        @Test
        void endsWhereTheAwaitsFormACircle() {
            List<Task<Object>> tasks = new ArrayList<>();
            tasks.add(loop.createTask(Coroutine.of(() -> tasks.get(1).await())));
            tasks.add(loop.createTask(Coroutine.of(() -> tasks.get(0).await())));

            CallGraph graph = captureOf(tasks.get(0));

            CallGraph second = graph.awaitedBy().get(0);
            CallGraph again = second.awaitedBy().get(0);
            assertThat(second.future()).isSameAs(tasks.get(1));
            assertThat(again.future()).isSameAs(tasks.get(0));
            assertThat(again.awaitedBy()).isEmpty();
        }

        @Test
        void endsSomewhereInAVeryLongChain() {
            Promise<Object> promise = never();
            List<Future<Object>> chain = new ArrayList<>(List.of(promise));
            for (int i = 0; i < 1000; i++) {
                Future<Object> last = chain.getLast();
                chain.add(loop.createTask(Coroutine.of(() -> last.await())));
            }

            int depth = 0;
            for (CallGraph graph = captureOf(promise);
                    !graph.awaitedBy().isEmpty();
                    graph = graph.awaitedBy().get(0)) {
                depth++;
            }

            assertThat(depth).isEqualTo(200);
            promise.complete("x");
            run(() -> chain.getLast().await());
        }

        @Test
        void canBeCapturedFromAnotherThreadWhileTheLoopIsStuck() {
            Promise<Object> promise = never();
            Task<?> task = spawn(() -> Work.awaitHere(promise));

            CallGraph graph =
                    run(() -> {
                        yieldNow();
                        Foreign<CallGraph> foreign =
                                onForeignThread(() -> CallGraph.capture(promise));
                        return foreign.join(); // blocks the loop meanwhile
                    });

            assertThat(awaiters(graph)).isEqualTo(List.of(task));
            assertThat(methods(graph.awaitedBy().get(0))).startsWith("awaitHere");
        }
    }

    @Nested
    class WithFewerFrames {
        private CallGraph graph() {
            Promise<Object> promise = never();
            spawn(() -> Work.awaitHere(Coroutine.of(() -> Work.awaitHere(promise))));
            return captureOf(promise).awaitedBy().get(0);
        }

        @Test
        void keepsTheInnermostOnesOfEachStack() {
            CallGraph graph = graph();

            assertThat(graph.withFrames(2).stack()).isEqualTo(graph.stack().subList(0, 2));
            assertThat(graph.withFrames(1000)).isEqualTo(graph);
        }

        @Test
        void belowZeroKeepsTheOutermostOnes() {
            CallGraph graph = graph();
            int size = graph.stack().size();

            assertThat(graph.withFrames(-2).stack())
                    .isEqualTo(graph.stack().subList(size - 2, size));
            assertThat(graph.withFrames(Integer.MIN_VALUE)).isEqualTo(graph);
        }

        @Test
        void zeroKeepsTheAwaitersAlone() {
            Promise<Object> promise = never();
            Task<?> task = spawn(() -> Work.awaitHere(promise));

            CallGraph graph = captureOf(promise).withFrames(0);

            assertThat(awaiters(graph)).isEqualTo(List.of(task));
            assertThat(graph.awaitedBy().get(0).stack()).isEmpty();
        }
    }

    @Nested
    class AsText {

        @Test
        void indentsTheAwaitersBelowWhatTheyAwait() {
            loop.debug(true);
            List<Promise<Object>> promises = new ArrayList<>();

            String text =
                    run(() -> {
                        promises.add(Work.promise(this::promise));
                        Work.create("waiting", () -> Work.awaitHere(promises.get(0)));
                        yieldNow();
                        return CallGraph.capture(promises.get(0)).withFrames(1).toString();
                    });

            assertThat(text.lines().map(line -> line.replaceAll(":\\d+\\)", ")")))
                    .containsExactly(
                            "* Future[pending]",
                            "  created at dev.treadle.usercode.Work.promise(Work.java)",
                            "  awaited by",
                            "    * Task[waiting, pending, awaits a future]",
                            "      at dev.treadle.usercode.Work.awaitHere(Work.java)",
                            "      created at dev.treadle.usercode.Work.create(Work.java)");
        }

        private Promise<Object> promise() {
            return loop.createPromise();
        }
    }

    @Nested
    class WhereItWasCreated {

        @Test
        void isKnownInDebugModeAlone() {
            List<CallGraph> graphs = new ArrayList<>();
            run(() -> {
                for (boolean debug : new boolean[] {false, true, false}) {
                    loop.debug(debug);
                    Task<Object> task = Work.create("task", () -> null);
                    graphs.add(CallGraph.capture(task));
                    task.await();
                }
            });

            assertThat(graphs.get(0).createdAt()).isEmpty();
            assertThat(graphs.get(1).createdAt().get(0).getMethodName()).isEqualTo("create");
            assertThat(graphs.get(2).createdAt()).isEmpty();
        }

        @Test
        void isTheCodeThatCalledTheFacade() {
            loop.debug(true);

            CallGraph graph =
                    run(() -> {
                        Future<List<Object>> gathering =
                                Async.gather(List.of(Work.create("member", () -> null)));
                        CallGraph captured = CallGraph.capture(gathering);
                        gathering.await();
                        return captured;
                    });

            // This test stands in Treadle's own package, so the frames are cut off entirely.
            assertThat(graph.createdAt())
                    .noneMatch(frame -> frame.getClassName().equals("dev.treadle.Gathering"));
        }
    }
}
