package dev.treadle.scheduler.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.AsyncGenerator;
import dev.treadle.Coroutine;
import dev.treadle.Generator;
import dev.treadle.Promise;
import dev.treadle.Task;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What a test may not leave behind, and how it is told.
@NullUnmarked
class LeakTest {
    private static final Exploration FIFO = Exploration.defaults().withStrategies(Strategy.FIFO);

    private static void assertLeak(Leak leak, String headline, Scenario scenario) {
        SimulationFailure failure = FIFO.find(scenario).orElseThrow();

        assertThat(failure.getMessage()).startsWith("left behind: a " + headline);
        assertThat(failure.getMessage().lines().findFirst().orElseThrow())
                .contains(leak == Leak.THREAD || leak == Leak.LOOP ? "" : "LeakTest.java:");
        assertThat(FIFO.withAllowed(leak).explore(scenario).runs()).isEqualTo(1);
    }

    @Test
    void aTaskThatHasNotEnded() {
        assertLeak(
                Leak.TASK,
                "task that has not ended: Task[lost",
                simulation -> {
                    Promise<Void> never = simulation.loop().createPromise();
                    Async.createTask(() -> never.await(), dev.treadle.TaskOptions.named("lost"));
                    Async.yieldNow().await();
                });
    }

    @Test
    void aCoroutineThatWasNeverAwaited() {
        assertLeak(
                Leak.COROUTINE,
                "coroutine that was never awaited",
                _ -> Async.sleep(Duration.ofSeconds(1)));
    }

    @Test
    void aFailureThatNobodyAskedFor() {
        assertLeak(
                Leak.FAILURE,
                "failure that nobody asked for: java.lang.IllegalStateException: lost",
                _ -> {
                    Async.createTask(() -> {
                        throw new IllegalStateException("lost");
                    });
                    Async.yieldNow().await();
                });
    }

    @Test
    void aGeneratorThatIsOpen() {
        assertLeak(
                Leak.GENERATOR,
                "generator that is neither exhausted nor closed",
                _ -> {
                    Generator<Integer> numbers =
                            Generator.of(y -> {
                                y.yield(1);
                                y.yield(2);
                            });
                    assertThat(numbers.next()).isEqualTo(1);
                });
    }

    @Test
    void aTimerThatIsArmed() {
        assertLeak(
                Leak.TIMER,
                "timer that is armed",
                simulation -> simulation.loop().callLater(Duration.ofSeconds(1), () -> {}));
    }

    @Test
    void aThreadThatLives() {
        AtomicReference<CountDownLatch> last = new AtomicReference<>();
        Scenario scenario =
                _ -> {
                    CountDownLatch end = new CountDownLatch(1);
                    last.set(end);
                    Thread.ofPlatform()
                            .daemon()
                            .name("lost")
                            .start(() -> awaitUninterruptibly(end));
                };
        SimulationFailure failure = FIFO.find(scenario).orElseThrow();
        last.get().countDown();

        assertThat(failure)
                .hasMessageStartingWith("left behind: a thread that has not ended: thread lost");
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aLoopThatIsNotClosed() {
        SimulationFailure failure =
                FIFO.withBody(Body.PROGRAM).find(_ -> dev.treadle.EventLoop.create()).orElseThrow();

        assertThat(failure)
                .hasMessageStartingWith("left behind: a loop that is not closed: EventLoop[");
    }

    @Test
    void anExceptionOfACallback() {
        SimulationFailure failure =
                FIFO.find(
                                simulation -> {
                                    simulation
                                            .loop()
                                            .callSoon(() -> {
                                                throw new IllegalStateException("in a callback");
                                            });
                                    Async.yieldNow().await();
                                })
                        .orElseThrow();

        assertThat(failure)
                .hasMessageStartingWith("exception in callback")
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    @TreadleTest
    void whatEndsByItselfIsNotLeftBehind() {
        Task<?> quick = Async.createTask(() -> {});
        Coroutine<String> closed = Coroutine.of(() -> "unused");
        closed.close();
        try (Generator<Integer> numbers = Generator.of(y -> y.yield(1))) {
            assertThat(numbers.next()).isEqualTo(1);
        }
        assertThat(quick.isDone()).isFalse();
    }

    @TreadleTest
    void aBackgroundTaskIsCancelledAtTheEnd(Simulation simulation) {
        boolean[] ended = {false};
        simulation.background(
                Async.createTask(() -> {
                    try {
                        Async.sleep(Duration.ofDays(1)).await();
                    } finally {
                        ended[0] = true;
                    }
                }));
        Async.yieldNow().await();
        simulation.afterwards(() -> assertThat(ended[0]).isTrue());
    }

    @Test
    void anAsynchronousGeneratorThatIsOpen() {
        assertLeak(
                Leak.GENERATOR,
                "generator that is neither exhausted nor closed: AsyncGenerator[",
                _ -> {
                    AsyncGenerator<Integer> numbers =
                            AsyncGenerator.of(y -> {
                                y.yield(1);
                                y.yield(2);
                            });
                    assertThat(numbers.anext().await()).isEqualTo(1);
                });
    }

    @Test
    void aCoroutineThatAThreadMadeAndNobodyAwaited() {
        assertLeak(
                Leak.COROUTINE,
                "coroutine that was never awaited",
                _ -> Async.toThread(() -> Coroutine.of(() -> "lost").toString()).await());
    }

    @Test
    void aPromiseWhoseFailureNobodyAskedFor() {
        assertLeak(
                Leak.FAILURE,
                "failure that nobody asked for: java.lang.IllegalStateException: lost",
                simulation ->
                        simulation.loop().createPromise().fail(new IllegalStateException("lost")));
    }

    @Test
    void theThreadsOfAnotherSimulationAreNotOurs() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch started = new CountDownLatch(1);
        FutureTask<Result> other =
                new FutureTask<>(() ->
                        FIFO.explore(_ ->
                                Async.toThread(
                                                () -> {
                                                    started.countDown();
                                                    awaitUninterruptibly(end);
                                                    return null;
                                                })
                                        .await()));
        Thread.ofPlatform().name("beside").start(other);

        Optional<SimulationFailure> failure =
                FIFO.find(_ -> assertThat(started.await(1, TimeUnit.MINUTES)).isTrue());
        end.countDown();

        assertThat(failure).isEmpty();
        assertThat(other.get().runs()).isEqualTo(1);
    }

    @Test
    @Tag("realtime")
    void thousandsOfRunsLeaveNoThreadBehind() {
        Scenario scenario =
                simulation -> {
                    Promise<Void> done = simulation.loop().createPromise();
                    simulation.thread("completing", () -> done.complete(null));
                    Async.gather(
                                    Async.sleep(Duration.ofSeconds(1)),
                                    Async.toThread(() -> "work"),
                                    done)
                            .await();
                };
        Exploration random = Exploration.defaults().withStrategies(Strategy.RANDOM).withRuns(2000);
        random.withRuns(10).explore(scenario);
        int before = ManagementFactory.getThreadMXBean().getThreadCount();
        int claimedBefore = Watch.claimed(); // by threads of other tests, which never end

        assertThat(random.explore(scenario).runs()).isEqualTo(2000);

        assertThat(ManagementFactory.getThreadMXBean().getThreadCount())
                .isLessThan(before + 10); // of the JVM's own
        assertThat(Watch.claimed()).isLessThanOrEqualTo(claimedBefore);
    }
}
