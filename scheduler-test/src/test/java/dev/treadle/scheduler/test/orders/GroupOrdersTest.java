package dev.treadle.scheduler.test.orders;

import static dev.treadle.scheduler.test.orders.Racing.end;
import static dev.treadle.scheduler.test.orders.Racing.failureOf;
import static dev.treadle.scheduler.test.orders.Racing.ms;
import static dev.treadle.scheduler.test.orders.Racing.sometime;
import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.ExceptionGroup;
import dev.treadle.Task;
import dev.treadle.TaskGroup;
import dev.treadle.scheduler.test.Fault;
import dev.treadle.scheduler.test.Simulation;
import dev.treadle.scheduler.test.Strategy;
import dev.treadle.scheduler.test.TreadleTest;
import java.util.ArrayList;
import java.util.List;

/// The ways out of a task group: its body, its tasks and who cancels it, all at about one time.
class GroupOrdersTest {
    private static final class Failure extends IllegalStateException {
        private static final long serialVersionUID = 1;

        Failure(String message) {
            super(message);
        }
    }

    private static void failAfter(int millis, String message) {
        Async.sleep(ms(millis)).await();
        throw new Failure(message);
    }

    /// Everything that a group did not let through has been lost.
    private static void assertTold(Task<?> group, List<Task<?>> children, Failure ofBody) {
        List<Throwable> expected = new ArrayList<>();
        children.forEach(child -> {
            if (failureOf(child) != null) {
                expected.add(failureOf(child));
            }
        });
        if (ofBody != null) {
            expected.add(ofBody);
        }
        Throwable told = failureOf(group);
        if (expected.isEmpty()) {
            assertThat(told).isNull();
        } else {
            assertThat(told).isInstanceOf(ExceptionGroup.class);
            assertThat(((ExceptionGroup) told).exceptions())
                    .hasSameSizeAs(expected)
                    .allMatch(expected::contains);
        }
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void noFailureIsLostWhenTheGroupIsCancelledMeanwhile(Simulation simulation) {
        List<Task<?>> children = new ArrayList<>();
        int first = simulation.choose(3);
        int second = simulation.choose(3);
        Task<?> group =
                Async.createTask(() ->
                        TaskGroup.run(
                                        g -> {
                                            children.add(
                                                    g.createTask(() -> failAfter(first, "first")));
                                            children.add(
                                                    g.createTask(
                                                            () -> failAfter(second, "second")));
                                            children.add(
                                                    g.createTask(() -> Async.sleep(ms(9)).await()));
                                            Async.sleep(ms(1)).await();
                                        })
                                .await());
        Task<?> cancelling = sometime(simulation, 3, group::cancel);

        end(group, cancelling);

        assertThat(children).allMatch(Task::isDone);
        assertTold(group, children, null);
        assertThat(group.isCancelled() || group.exception() != null).isTrue();
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void aFailureOfTheBodyAndOneOfATaskAreBothTold(Simulation simulation) {
        List<Task<?>> children = new ArrayList<>();
        Failure ofBody = new Failure("body");
        int later = simulation.choose(2);
        Task<?> group =
                Async.createTask(() ->
                        TaskGroup.run(
                                        g -> {
                                            children.add(g.createTask(() -> failAfter(1, "child")));
                                            try {
                                                Async.sleep(ms(1 + later)).await();
                                            } finally {
                                                throwing(ofBody);
                                            }
                                        })
                                .await());

        end(group);

        assertThat(children).allMatch(Task::isDone);
        assertTold(group, children, ofBody);
    }

    private static void throwing(Failure failure) {
        throw failure;
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void aGroupThatATaskCancelsEndsNormallyUnlessItIsCancelledItself(Simulation simulation) {
        List<Task<?>> children = new ArrayList<>();
        int when = simulation.choose(3);
        boolean[] seen = {false};
        Task<Integer> group =
                Async.createTask(() -> {
                    TaskGroup.run(
                                    g -> {
                                        children.add(
                                                g.createTask(() -> {
                                                    Async.sleep(ms(when)).await();
                                                    g.cancel();
                                                }));
                                        children.add(
                                                g.createTask(() -> Async.sleep(ms(9)).await()));
                                        Async.sleep(ms(1)).await();
                                    })
                            .await();
                    seen[0] = true;
                    return Async.currentTask().cancelling();
                });
        Task<?> cancelling = sometime(simulation, 3, group::cancel);

        end(group, cancelling);

        assertThat(children).allMatch(Task::isDone);
        if (!group.isCancelled()) {
            // Too late for the group, or in time for its counted request to be seen.
            assertThat(group.result()).isZero();
            assertThat(seen[0]).isTrue();
        }
        assertThat(simulation.elapsed()).isLessThan(ms(9));
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void aTaskThatIsAddedWhileTheGroupEndsIsRefusedOrEndsWithIt(Simulation simulation) {
        List<Task<?>> children = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        int when = simulation.choose(3);
        Task<?> group =
                Async.createTask(() ->
                        TaskGroup.run(
                                        g -> {
                                            children.add(g.createTask(() -> failAfter(1, "first")));
                                            children.add(
                                                    g.createTask(() ->
                                                            adding(g, when, children, refused)));
                                        })
                                .await());

        end(group);

        assertThat(children.size() + refused.size()).isEqualTo(3);
        assertThat(children).allMatch(Task::isDone);
        assertTold(group, children, null);
    }

    private static void adding(
            TaskGroup group, int when, List<Task<?>> children, List<String> refused) {
        try {
            Async.sleep(ms(when)).await();
        } finally {
            try {
                children.add(group.createTask(() -> Async.sleep(ms(9)).await()));
            } catch (IllegalStateException e) {
                refused.add(e.getMessage());
            }
        }
    }

    @TreadleTest(
            strategies = Strategy.FIFO,
            faults = {Fault.CANCEL, Fault.EXCEPTION, Fault.TIMEOUT})
    void whateverMeetsTheGroupItWaitsForWhatItsTasksDoAtTheEnd(Simulation simulation) {
        int[] begun = {0};
        int[] ended = {0};
        simulation
                .subject(() ->
                        TaskGroup.run(
                                        g -> {
                                            for (int i = 0; i < 2; i++) {
                                                g.createTask(() -> cleaning(begun, ended));
                                            }
                                            Async.yieldNow().await();
                                            Async.sleep(ms(1)).await();
                                        })
                                .await())
                .await();

        assertThat(ended[0]).isEqualTo(begun[0]);
    }

    private static void cleaning(int[] begun, int[] ended) {
        begun[0]++;
        boolean open = true;
        try {
            Async.sleep(ms(2)).await();
        } catch (CancelledError e) {
            Async.sleep(ms(3)).await();
            open = false;
            ended[0]++;
            throw e;
        } finally {
            if (open) {
                ended[0]++;
            }
        }
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void anInnerGroupThatFailsEndsTheOuterOneOnce(Simulation simulation) {
        List<Task<?>> children = new ArrayList<>();
        int inner = simulation.choose(3);
        int outer = simulation.choose(3);
        Task<?> group =
                Async.createTask(() ->
                        TaskGroup.run(
                                        g -> {
                                            children.add(
                                                    g.createTask(() -> failAfter(outer, "outer")));
                                            failInside(children, inner);
                                        })
                                .await());
        Task<?> cancelling = sometime(simulation, 3, group::cancel);

        end(group, cancelling);

        assertThat(children).allMatch(Task::isDone);
        List<Throwable> failures = new ArrayList<>();
        children.forEach(child -> {
            if (failureOf(child) != null) {
                failures.add(failureOf(child));
            }
        });
        List<Throwable> told = new ArrayList<>();
        flatten(failureOf(group), told);
        assertThat(told).containsExactlyInAnyOrderElementsOf(failures);
    }

    private static void failInside(List<Task<?>> children, int millis) {
        TaskGroup.run(
                        g -> {
                            children.add(g.createTask(() -> failAfter(millis, "inner")));
                            children.add(g.createTask(() -> Async.sleep(ms(9)).await()));
                        })
                .await();
    }

    private static void flatten(Throwable failure, List<Throwable> into) {
        if (failure instanceof ExceptionGroup group) {
            group.exceptions().forEach(each -> flatten(each, into));
        } else if (failure != null) {
            into.add(failure);
        }
    }
}
