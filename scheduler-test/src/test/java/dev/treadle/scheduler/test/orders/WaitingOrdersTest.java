package dev.treadle.scheduler.test.orders;

import static dev.treadle.scheduler.test.orders.Racing.end;
import static dev.treadle.scheduler.test.orders.Racing.failureOf;
import static dev.treadle.scheduler.test.orders.Racing.ms;
import static dev.treadle.scheduler.test.orders.Racing.sometime;
import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.Coroutine;
import dev.treadle.Task;
import dev.treadle.TimeoutError;
import dev.treadle.scheduler.test.Fault;
import dev.treadle.scheduler.test.Simulation;
import dev.treadle.scheduler.test.Strategy;
import dev.treadle.scheduler.test.TreadleTest;
import java.util.ArrayList;
import java.util.List;

/// Waiting for several, and for one that must not be cancelled, under races.
class WaitingOrdersTest {

    private static List<Task<Integer>> sleepers(Simulation simulation, int count) {
        List<Task<Integer>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int value = i;
            int delay = 1 + simulation.choose(2);
            all.add(
                    Async.createTask(() -> {
                        Async.sleep(ms(delay)).await();
                        return value;
                    }));
        }
        return all;
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void aGatheringThatIsCancelledIsWholeOrTakesAllAlong(Simulation simulation) {
        List<Task<Integer>> parts = sleepers(simulation, 3);
        Task<List<Integer>> gathering = Async.createTask(() -> Async.gather(parts).await());
        Task<?> cancelling = sometime(simulation, 3, gathering::cancel);

        end(gathering, cancelling);
        end(parts);

        if (gathering.isCancelled()) {
            assertThat(parts).allMatch(part -> part.isCancelled() || part.exception() == null);
        } else {
            assertThat(gathering.result()).containsExactly(0, 1, 2);
        }
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void aGatheringTellsTheFirstFailureAndLeavesTheOthersRunning(Simulation simulation) {
        List<Task<Integer>> parts = sleepers(simulation, 2);
        int delay = simulation.choose(3);
        Task<Integer> failing =
                Async.createTask(() -> {
                    Async.sleep(ms(delay)).await();
                    throw new IllegalStateException("part");
                });
        Task<?> gathering =
                Async.createTask(
                        () -> Async.gather(List.of(parts.get(0), failing, parts.get(1))).await());
        Task<?> cancelling = sometime(simulation, 3, gathering::cancel);

        end(gathering, cancelling, failing);
        end(parts);

        if (gathering.isCancelled()) {
            assertThat(failing.isCancelled() || failing.exception() != null).isTrue();
        } else {
            assertThat(failureOf(gathering)).isSameAs(failing.exception());
        }
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void whatIsShieldedComesToItsEnd(Simulation simulation) {
        Task<String> inner =
                Async.createTask(() -> {
                    Async.sleep(ms(2)).await();
                    return "done";
                });
        Task<String> outer = Async.createTask(() -> Async.shield(inner).await());
        Task<?> cancelling = sometime(simulation, 3, outer::cancel);

        end(outer, cancelling);
        end(inner);

        assertThat(inner.result()).isEqualTo("done");
        assertThat(outer.isCancelled() || outer.result().equals("done")).isTrue();
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void cancellingWhatIsShieldedEndsWhoWaitsForIt(Simulation simulation) {
        Task<?> inner = Async.createTask(() -> Async.sleep(ms(2)).await());
        Task<?> outer = Async.createTask(() -> Async.shield(inner).await());
        Task<?> first = sometime(simulation, 3, inner::cancel);
        Task<?> second = sometime(simulation, 3, outer::cancel);

        end(outer, inner, first, second);

        assertThat(failureOf(outer)).isNull();
        assertThat(failureOf(inner)).isNull();
        assertThat(inner.isCancelled() && !outer.isCancelled()).isFalse();
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void asCompletedGivesEachOnce(Simulation simulation) {
        List<Task<Integer>> parts = sleepers(simulation, 3);
        List<Integer> got = new ArrayList<>();
        for (Coroutine<Integer> next : Async.asCompleted(parts)) {
            got.add(next.await());
        }

        assertThat(got).containsExactlyInAnyOrder(0, 1, 2);
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void asCompletedWhoseTimeIsUpGivesEachOnceOrTellsSo(Simulation simulation) {
        List<Task<Integer>> parts = sleepers(simulation, 3);
        List<Integer> got = new ArrayList<>();
        int timedOut = 0;
        for (Coroutine<Integer> next : Async.asCompleted(parts, ms(1))) {
            try {
                got.add(next.await());
            } catch (TimeoutError e) {
                timedOut++;
            }
        }
        end(parts);

        assertThat(got).doesNotHaveDuplicates().allMatch(value -> parts.get(value).isDone());
        assertThat(got.size() + timedOut).isEqualTo(3);
    }

    @TreadleTest(
            strategies = Strategy.FIFO,
            faults = {Fault.CANCEL, Fault.EXCEPTION, Fault.CLOSE})
    void whoStopsTakingWhatIsCompletedLeavesNothing(Simulation simulation) {
        List<Task<Integer>> parts = sleepers(simulation, 2);
        simulation
                .subject(() -> {
                    try {
                        Async.asCompleted(parts, ms(9))
                                .futures()
                                .forEach(done -> assertThat(done.isDone()).isTrue())
                                .await();
                    } finally {
                        parts.forEach(Task::cancel);
                    }
                })
                .await();
        end(parts);
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void aWaitWhoseTimeIsUpTellsExactlyWhatIsDone(Simulation simulation) {
        List<Task<Integer>> parts = sleepers(simulation, 3);

        var waited = Async.wait(parts, Async.When.ALL_COMPLETED, ms(1)).await();

        assertThat(waited.done()).allMatch(Task::isDone);
        assertThat(waited.pending()).noneMatch(Task::isDone);
        assertThat(waited.done().size() + waited.pending().size()).isEqualTo(3);
        end(parts);
    }
}
