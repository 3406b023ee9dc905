package dev.treadle.scheduler.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.EventLoop;
import dev.treadle.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/// Threads besides the loop's that are part of the schedule.
@NullUnmarked
class ThreadTest {

    @Test
    void offloadedWorkEndsInEveryOrder() {
        Set<String> orders = new HashSet<>();

        Result result =
                Exploration.defaults()
                        .withStrategies(Strategy.DFS)
                        .withPreemptions(3)
                        .explore(_ -> {
                            List<String> order = new ArrayList<>();
                            Async.gather(
                                            Async.createTask(() ->
                                                    order.add(Async.toThread(() -> "a").await())),
                                            Async.createTask(() ->
                                                    order.add(Async.toThread(() -> "b").await())))
                                    .await();
                            orders.add(order.toString());
                        });

        assertThat(orders).containsExactlyInAnyOrder("[a, b]", "[b, a]");
        assertThat(result.exhaustive()).isTrue();
    }

    @Test
    void aThreadMayBeOvertakenAfterEachSubmission() {
        Set<String> orders = new HashSet<>();

        Exploration.defaults()
                .withStrategies(Strategy.RANDOM)
                .explore(simulation -> {
                    List<String> order = new ArrayList<>();
                    EventLoop loop = simulation.loop();
                    Promise<Void> done = loop.createPromise();
                    simulation.thread(
                            "outside",
                            () -> {
                                loop.callSoonThreadsafe(() -> order.add("first"));
                                order.add("thread");
                                loop.callSoonThreadsafe(() -> done.complete(null));
                            });
                    done.await();
                    orders.add(order.toString());
                });

        assertThat(orders).containsExactlyInAnyOrder("[first, thread]", "[thread, first]");
    }

    @TreadleTest
    void aThreadMayBlockUntilTheLoopHasDoneSomething(EventLoop loop) {
        String got =
                Async.toThread(
                                () -> {
                                    var future =
                                            Async.runCoroutineThreadsafe(
                                                    dev.treadle.Coroutine.of(() -> "from the loop"),
                                                    loop);
                                    try {
                                        return future.get();
                                    } catch (InterruptedException | ExecutionException e) {
                                        throw new AssertionError(e);
                                    }
                                })
                        .await();

        assertThat(got).isEqualTo("from the loop");
    }

    @TreadleTest(strategies = Strategy.FIFO)
    void aThreadOfSomebodyElseIsWaitedForIfItIsAnnounced(Simulation simulation, EventLoop loop) {
        Promise<String> promise = loop.createPromise();
        CountDownLatch go = new CountDownLatch(1);
        var work = simulation.expectForeignWork();
        Thread thread =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                go.await();
                                promise.tryComplete("from outside");
                            } catch (InterruptedException e) {
                                promise.tryFail(e);
                            } finally {
                                work.close();
                            }
                        });
        loop.callSoon(go::countDown);

        assertThat(promise.await()).isEqualTo("from outside");
        assertThat(thread.getName()).isNotEmpty();
    }

    @Test
    void whatAThreadThrowsFailsTheTest() {
        SimulationFailure failure =
                Exploration.defaults()
                        .withStrategies(Strategy.FIFO)
                        .find(simulation -> {
                            simulation.thread(
                                    "broken",
                                    () -> {
                                        throw new IllegalStateException("in the thread");
                                    });
                            simulation.idle().await();
                        })
                        .orElseThrow();

        assertThat(failure)
                .hasMessageContaining("thread broken of the test failed")
                .hasMessageContaining("in the thread");
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void callbacksRunInTheOrderInWhichTheyWereQueuedByWhateverCall(EventLoop loop) {
        StringBuilder order = new StringBuilder();
        loop.callSoon(() -> order.append('a'));
        loop.callSoonThreadsafe(() -> order.append('b'));
        loop.callSoon(() -> order.append('c'));
        loop.callSoonThreadsafe(() -> order.append('d'));

        Async.yieldNow().await();

        assertThat(order).hasToString("abcd");
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void whatAThreadHasQueuedGoesBeforeWhatTheLoopQueuesWhenItHears(
            Simulation simulation, EventLoop loop) {
        StringBuilder order = new StringBuilder();
        Promise<Void> queued = loop.createPromise();
        simulation.thread(
                "first",
                () -> {
                    loop.callSoonThreadsafe(() -> order.append("thread's "));
                    queued.complete(null);
                });
        queued.await();
        loop.callSoon(() -> order.append("loop's"));
        simulation.idle().await();

        assertThat(order).hasToString("thread's loop's");
    }

    @TreadleTest
    void aThreadMayWaitForACoroutineThatSleeps(Simulation simulation, EventLoop loop) {
        String got =
                Async.toThread(() ->
                                Async.runCoroutineThreadsafe(
                                                Async.sleep(Duration.ofHours(1), "slept"), loop)
                                        .get())
                        .await();

        assertThat(got).isEqualTo("slept");
        assertThat(simulation.elapsed()).isEqualTo(Duration.ofHours(1));
    }

    @TreadleTest
    void aThreadThatWaitsForAFutureMayBeInterrupted(Simulation simulation, EventLoop loop) {
        Promise<String> never = loop.createPromise();
        Thread[] waiting = new Thread[1];
        Promise<String> end = loop.createPromise();
        simulation.thread(
                "waiting",
                () -> {
                    waiting[0] = Thread.currentThread();
                    try {
                        end.complete(never.get());
                    } catch (InterruptedException e) {
                        end.complete("interrupted");
                    } catch (ExecutionException e) {
                        end.fail(e);
                    }
                });
        simulation.idle().await();
        waiting[0].interrupt();

        assertThat(end.await()).isEqualTo("interrupted");
    }

    @Test
    void whoOfSeveralThreadsWaitsLongestNeedNotGoOnFirst() {
        Set<String> orders = new HashSet<>();

        Exploration.defaults()
                .withStrategies(Strategy.RANDOM)
                .explore(simulation -> {
                    StringBuilder order = new StringBuilder();
                    Promise<Void> go = simulation.loop().createPromise();
                    for (String name : List.of("a", "b")) {
                        simulation.thread(
                                name,
                                () -> {
                                    try {
                                        go.get();
                                        order.append(name);
                                    } catch (InterruptedException | ExecutionException e) {
                                        throw new AssertionError(e);
                                    }
                                });
                    }
                    simulation.idle().await();
                    assertThat(order).isEmpty();
                    go.complete(null);
                    simulation.idle().await();
                    orders.add(order.toString());
                });

        assertThat(orders).containsExactlyInAnyOrder("ab", "ba");
    }
}
