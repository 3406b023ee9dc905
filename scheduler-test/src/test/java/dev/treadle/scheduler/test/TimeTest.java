package dev.treadle.scheduler.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.EventLoop;
import dev.treadle.Task;
import dev.treadle.core.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Virtual time: by itself, and by hand.
@NullUnmarked
class TimeTest {
    private static final Exploration FIFO = Exploration.defaults().withStrategies(Strategy.FIFO);

    private static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }

    @TreadleTest
    void aYearTakesNoTime(Simulation simulation) {
        Async.sleep(Duration.ofDays(365)).await();

        assertThat(simulation.elapsed()).isEqualTo(Duration.ofDays(365));
    }

    @TreadleTest
    void timersFireByTheirTimeWhateverTheOrderOfSteps(Simulation simulation, EventLoop loop) {
        List<String> fired = new ArrayList<>();
        loop.callLater(ms(20), () -> fired.add("20"));
        loop.callLater(ms(10), () -> fired.add("10"));
        loop.callLater(ms(10), () -> fired.add("10, armed later"));

        Async.sleep(ms(30)).await();

        assertThat(fired).containsExactly("10", "10, armed later", "20");
        assertThat(simulation.elapsed()).isEqualTo(ms(30));
    }

    @TreadleTest
    void pausedTimeMovesAsFarAsItIsAdvanced(Simulation simulation) {
        simulation.pauseTime();
        List<Duration> woken = new ArrayList<>();
        Task<?> sleeper =
                Async.createTask(() -> {
                    for (int i = 0; i < 3; i++) {
                        Async.sleep(ms(10)).await();
                        woken.add(simulation.elapsed());
                    }
                });

        simulation.advance(ms(5)).await();
        assertThat(woken).isEmpty();
        simulation.advance(ms(15)).await();
        assertThat(woken).containsExactly(ms(10), ms(20));
        assertThat(simulation.elapsed()).isEqualTo(ms(20));

        simulation.resumeTime();
        sleeper.await();
        assertThat(simulation.elapsed()).isEqualTo(ms(30));
    }

    @TreadleTest
    void idleComesBeforeTimeMoves(Simulation simulation) {
        boolean[] woken = {false};
        Task<?> sleeper =
                Async.createTask(() -> {
                    Async.sleep(ms(10)).await();
                    woken[0] = true;
                });

        simulation.idle().await();

        assertThat(simulation.elapsed()).isZero();
        assertThat(woken[0]).isFalse();
        sleeper.await();
    }

    @TreadleTest
    void aBusyStepTakesTheTimeThatTheTestSays(Simulation simulation, EventLoop loop) {
        long before = loop.time();
        simulation.takeTime(ms(7));

        assertThat(loop.time() - before).isEqualTo(ms(7).toNanos());
    }

    @TreadleTest(stepCostMicros = 1000, strategies = Strategy.RANDOM)
    void stepsThatTakeTimeMoveTheClock(Simulation simulation) {
        for (int i = 0; i < 50; i++) {
            Async.yieldNow().await();
        }

        assertThat(simulation.elapsed()).isPositive().isLessThan(ms(60));
    }

    @Test
    void pausedTimeThatNobodyAdvancesIsTold() {
        SimulationFailure failure =
                FIFO.find(
                                simulation -> {
                                    simulation.pauseTime();
                                    Async.sleep(ms(1)).await();
                                })
                        .orElseThrow();

        assertThat(failure)
                .hasMessageContaining("time stands still")
                .hasMessageContaining("TimeTest.java:")
                .hasMessageNotContaining("orphan"); // the sleep would end
    }

    @Test
    void timeDoesNotGoBack() {
        SimulationFailure failure =
                FIFO.find(simulation -> simulation.advance(ms(-1)).await()).orElseThrow();

        assertThat(failure).hasCauseInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whoNeverStopsYieldingIsALivelock() {
        assertThatExceptionOfType(SimulationFailure.class)
                .isThrownBy(() ->
                        FIFO.explore(_ -> {
                            while (!Thread.currentThread().isInterrupted()) {
                                Async.yieldNow().await();
                            }
                        }))
                .withMessageStartingWith("livelock: 100000 steps have not moved the time")
                .withMessageContaining("TimeTest.java:");
    }

    @Test
    void theTimeLimitEndsAnExploration() {
        Exploration brief =
                Exploration.defaults()
                        .withStrategies(Strategy.RANDOM)
                        .withRuns(Integer.MAX_VALUE)
                        .withTimeLimit(ms(50));

        assertThatThrownBy(() -> brief.explore(_ -> Async.yieldNow().await()))
                .isInstanceOf(SimulationFailure.class)
                .hasMessageStartingWith("the time limit of 50 ms has passed after");
    }

    @TreadleTest
    @Tag("realtime")
    void timeStandsStillWhileAThreadIsAtWork(Simulation simulation) {
        Task<?> sleeper = Async.createTask(() -> Async.sleep(Duration.ofHours(1)).await());
        CountDownLatch never = new CountDownLatch(1);

        boolean released = Async.toThread(() -> never.await(5, TimeUnit.MILLISECONDS)).await();

        assertThat(released).isFalse();
        assertThat(simulation.elapsed()).isZero();
        assertThat(sleeper.isDone()).isFalse();
        sleeper.await();
        assertThat(simulation.elapsed()).isEqualTo(Duration.ofHours(1));
    }

    @TreadleTest
    void anAdvanceMovesTimeThoughAThreadIsBlocked(Simulation simulation, EventLoop loop) {
        CountDownLatch due = new CountDownLatch(1);
        loop.callLater(ms(10), due::countDown);
        Task<Boolean> blocked =
                Async.createTask(
                        () -> Async.toThread(() -> due.await(1, TimeUnit.MINUTES)).await());
        simulation.idle().await();

        simulation.advance(ms(10)).await();

        assertThat(blocked.await()).isTrue();
        assertThat(simulation.elapsed()).isEqualTo(ms(10));
    }

    @TreadleTest
    void anAdvanceThatWasCancelledIsForgotten(Simulation simulation) {
        Task<?> advancing = Async.createTask(() -> simulation.advance(ms(50)).await());
        Async.yieldNow().await();
        advancing.cancel();
        Async.wait(List.of(advancing)).await();

        simulation.advance(ms(5)).await();

        assertThat(simulation.elapsed()).isEqualTo(ms(5));
        assertThat(advancing.isCancelled()).isTrue();
    }

    @Test
    void aCallbackThatQueuesItselfForEverIsALivelock() {
        SimulationFailure failure =
                FIFO.find(
                                simulation -> {
                                    EventLoop loop = simulation.loop();
                                    queueAgain(loop);
                                    loop.createPromise().await();
                                })
                        .orElseThrow();

        assertThat(failure).hasMessageStartingWith("livelock: ");
    }

    private static void queueAgain(EventLoop loop) {
        loop.callSoon(() -> queueAgain(loop));
    }

    @Test
    void aMillionStepsAreTooMany() {
        VirtualTime clock = new VirtualTime();
        Limits limits = new Limits(clock, () -> "");

        for (int i = 0; i < Limits.MOST_STEPS; i++) {
            clock.pass(1);
            limits.step();
        }
        assertThat(limits.verdict()).isNull();
        limits.step();

        assertThat(limits.verdict())
                .hasMessage("the run has not ended after 1000000 steps")
                .extracting(verdict -> verdict.kind)
                .isEqualTo(Finding.Kind.STEPS);
    }

    @Test
    @Tag("realtime")
    void aStepThatNeverEndsIsToldWithItsStackAndNothingRunsAfterwards() {
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        Exploration random = Exploration.defaults().withStrategies(Strategy.RANDOM);

        assertThatThrownBy(() ->
                        Driver.call(
                                heartbeat ->
                                        Explorer.explore(
                                                random,
                                                _ -> {
                                                    runs.incrementAndGet();
                                                    never.await();
                                                },
                                                heartbeat),
                                ms(1500)))
                .isInstanceOf(SimulationFailure.class)
                .hasMessageStartingWith("no step has ended for 1.5s: the code blocks outside")
                .hasStackTraceContaining("CountDownLatch.await");
        assertThat(runs).hasValue(1);
    }
}
