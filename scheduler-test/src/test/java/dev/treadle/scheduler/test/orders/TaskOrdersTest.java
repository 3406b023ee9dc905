package dev.treadle.scheduler.test.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Coroutine;
import dev.treadle.ExceptionGroup;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.TaskGroup;
import dev.treadle.TimeoutError;
import dev.treadle.scheduler.test.Body;
import dev.treadle.scheduler.test.Fault;
import dev.treadle.scheduler.test.Replay;
import dev.treadle.scheduler.test.Simulation;
import dev.treadle.scheduler.test.Strategy;
import dev.treadle.scheduler.test.TreadleTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The task layer under races of results, failures, cancellations and time.
class TaskOrdersTest {

    private static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void aGroupEndsAfterAllItsTasksWhateverComesOfThem(Simulation simulation) {
        List<Task<?>> tasks = new ArrayList<>();
        Coroutine<?> group =
                TaskGroup.run(g -> {
                    tasks.add(g.createTask(() -> Async.sleep(ms(simulation.choose(2))).await()));
                    tasks.add(
                            g.createTask(() -> {
                                Async.sleep(ms(1)).await();
                                throw new IllegalStateException("one of them");
                            }));
                    tasks.add(g.createTask(() -> Async.sleep(ms(5)).await()));
                });

        assertThatExceptionOfType(ExceptionGroup.class).isThrownBy(group::await);

        assertThat(tasks).hasSize(3).allMatch(Task::isDone);
        assertThat(tasks.get(2).isCancelled()).isTrue();
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void aTimeOutAndAResultAtTheSameTimeGiveOneOfTheTwo() {
        Promise<String> late = dev.treadle.EventLoop.running().createPromise();
        Task<?> answering =
                Async.createTask(() -> {
                    Async.sleep(ms(10)).await();
                    late.tryComplete("answer");
                });
        String got;
        try {
            got = Async.waitFor(late, ms(10)).await();
        } catch (TimeoutError e) {
            got = "timed out";
        }
        answering.await();

        assertThat(got).isIn("answer", "timed out");
        assertThat(late.isDone()).isTrue();
        assertThat(Async.currentTask().cancelling()).isZero();
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void cancellingASettlingGatheringEndsAllOfIt() {
        List<String> ended = new ArrayList<>();
        Task<?> gathering =
                Async.createTask(() ->
                        Async.gatherSettled(
                                        List.of(
                                                Async.createTask(() -> ending(ended, "a")),
                                                Async.createTask(() -> ending(ended, "b"))))
                                .await());
        Task<?> cancelling =
                Async.createTask(() -> {
                    Async.sleep(ms(1)).await();
                    gathering.cancel();
                });

        Async.wait(List.of(gathering, cancelling)).await();

        assertThat(gathering.isCancelled()).isTrue();
        assertThat(ended).containsExactlyInAnyOrder("a", "b");
    }

    private static void ending(List<String> ended, String name) {
        try {
            Async.sleep(ms(100)).await();
        } finally {
            ended.add(name);
        }
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT})
    void aPromiseIsCompletedOnceByWhoeverOfSeveralThreadsIsFirst(Simulation simulation) {
        Promise<String> promise = simulation.loop().createPromise();
        List<Boolean> first = new ArrayList<>();
        for (String name : List.of("a", "b")) {
            simulation.thread(name, () -> first.add(promise.tryComplete(name)));
        }
        String got = promise.await();
        simulation.idle().await();

        assertThat(got).isIn("a", "b");
        assertThat(first).containsExactlyInAnyOrder(true, false);
    }

    @TreadleTest(strategies = Strategy.RANDOM, faults = Fault.CANCEL)
    void aGroupThatIsCancelledTakesItsTasksAlong(Simulation simulation) {
        List<Task<?>> tasks = new ArrayList<>();
        simulation
                .subject(() ->
                        TaskGroup.run(
                                        g -> {
                                            tasks.add(
                                                    g.createTask(() -> Async.sleep(ms(3)).await()));
                                            Async.sleep(ms(1)).await();
                                        })
                                .await())
                .await();

        assertThat(tasks).allMatch(Task::isDone);
    }

    @TreadleTest(body = Body.PROGRAM)
    void aRunCancelsWhatIsLeftAndWaitsForIt() {
        List<String> ended = new ArrayList<>();
        Async.run(() -> {
            Async.createTask(() -> ending(ended, "left"));
            Async.yieldNow().await();
        });

        assertThat(ended).containsExactly("left");
    }

    @Replay({"trd1:AQADAQIB", "trd1:AQAA"})
    @TreadleTest(strategies = Strategy.FIFO)
    void tokensOfEarlierFailuresGoFirst() {
        Task<?> task = Async.createTask(() -> Async.sleep(ms(1)).await());
        task.cancel();

        assertThatExceptionOfType(CancelledError.class).isThrownBy(task::await);
    }
}
