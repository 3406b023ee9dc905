package dev.treadle.scheduler.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.treadle.Async;
import dev.treadle.TimeoutError;
import dev.treadle.sync.Queue;
import dev.treadle.sync.Semaphore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/// Faults: each await meets each of them, and the primitives of Treadle stand them.
@NullUnmarked
class FaultTest {
    private static final Exploration FIFO = Exploration.defaults().withStrategies(Strategy.FIFO);

    @Test
    void everyAwaitOfTheSubjectIsMet() {
        Set<String> ends = new HashSet<>();
        Result result =
                FIFO.withFaults(Fault.EXCEPTION)
                        .explore(simulation -> {
                            List<Integer> reached = new ArrayList<>();
                            simulation
                                    .subject(() -> {
                                        for (int i = 0; i < 4; i++) {
                                            reached.add(i);
                                            Async.yieldNow().await();
                                        }
                                        reached.add(4);
                                    })
                                    .await();
                            ends.add(reached.toString());
                        });

        assertThat(ends)
                .containsExactlyInAnyOrder(
                        "[0]", "[0, 1]", "[0, 1, 2]", "[0, 1, 2, 3]", "[0, 1, 2, 3, 4]");
        assertThat(result.runs()).isEqualTo(1 + 4 * 5);
    }

    @TreadleTest(
            strategies = Strategy.FIFO,
            faults = {Fault.CANCEL, Fault.EXCEPTION, Fault.TIMEOUT})
    void aSemaphoreKeepsItsPermits(Simulation simulation) {
        Semaphore semaphore = new Semaphore(1);
        var other =
                Async.createTask(() -> {
                    try (var _ = semaphore.acquire().await()) {
                        Async.yieldNow().await();
                    }
                });
        simulation
                .subject(() -> {
                    try (var _ = semaphore.acquire().await()) {
                        Async.sleep(Duration.ofMillis(1)).await();
                    }
                })
                .await();
        other.await();
        assertThat(semaphore.isLocked()).isFalse();
    }

    @TreadleTest(strategies = Strategy.FIFO, faults = Fault.CANCEL)
    void aQueueLosesNoItemToACancelledGet(Simulation simulation) {
        Queue<Integer> queue = Queue.bounded(1);
        List<Integer> got = new ArrayList<>();
        var producer =
                Async.createTask(() -> {
                    for (int i = 0; i < 3; i++) {
                        queue.put(i).await();
                    }
                });
        simulation.subject(() -> got.add(queue.get().await())).await();
        while (got.size() < 3) {
            got.add(queue.get().await());
        }
        producer.await();
        assertThat(got).containsExactly(0, 1, 2);
    }

    @TreadleTest(strategies = Strategy.FIFO, faults = Fault.CLOSE)
    void aLoopThatIsClosedUnwindsTheSubject(Simulation simulation) {
        int[] open = {0};
        simulation.afterwards(() -> assertThat(open[0]).isZero());
        simulation
                .subject(() -> {
                    open[0]++;
                    try {
                        Async.yieldNow().await();
                        Async.sleep(Duration.ofSeconds(1)).await();
                    } finally {
                        open[0]--;
                    }
                })
                .await();
    }

    @TreadleTest(
            strategies = {Strategy.RANDOM, Strategy.DFS},
            faults = {Fault.SPURIOUS_WAKEUP, Fault.CLOCK_JUMP})
    void timersAreNeverEarlyWhateverTheClockDoes(Simulation simulation) {
        Async.sleep(Duration.ofMillis(10)).await();

        assertThat(simulation.elapsed()).isGreaterThanOrEqualTo(Duration.ofMillis(10));
    }

    @TreadleTest(strategies = Strategy.RANDOM, faults = Fault.REFUSED_OFFLOAD)
    void refusedWorkIsTold() {
        try {
            assertThat(Async.toThread(() -> "done").await()).isEqualTo("done");
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining("takes no more blocking work");
        }
    }

    @Test
    void aTimeOutThatWasNotInjectedIsNoExcuse() {
        SimulationFailure failure =
                FIFO.find(simulation ->
                                simulation
                                        .subject(() -> {
                                            throw new TimeoutError("the subject's own", null);
                                        })
                                        .await())
                        .orElseThrow();

        assertThat(failure).hasCauseInstanceOf(TimeoutError.class);
    }

    @Test
    void faultsNeedASubject() {
        assertThatIllegalStateException()
                .isThrownBy(() -> FIFO.withFaults(Fault.CANCEL).explore(_ -> {}))
                .withMessageContaining("simulation.subject(() -> ...).await()");
    }

    @Test
    void theTokenKeepsTheFault() {
        Scenario careless =
                simulation -> {
                    int[] open = {0};
                    simulation
                            .subject(() -> {
                                open[0]++;
                                Async.yieldNow().await();
                                open[0]--;
                            })
                            .await();
                    assertThat(open[0]).isZero();
                };
        SimulationFailure failure = FIFO.withFaults(Fault.EXCEPTION).find(careless).orElseThrow();

        assertThat(failure).hasMessageContaining("injected: EXCEPTION at await 1");
        assertThat(Token.parse(failure.token()).injection())
                .isEqualTo(new Injection(Fault.EXCEPTION, 1, Injection.Moment.BEFORE));
    }
}
