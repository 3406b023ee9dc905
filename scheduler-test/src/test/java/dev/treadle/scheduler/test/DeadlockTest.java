package dev.treadle.scheduler.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.EventLoop;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.TaskOptions;
import dev.treadle.sync.Lock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/// What is told when nothing will ever happen again.
@NullUnmarked
class DeadlockTest {
    private static final Exploration FIFO = Exploration.defaults().withStrategies(Strategy.FIFO);

    @Test
    void aCycleIsTold() {
        SimulationFailure failure =
                FIFO.find(
                                _ -> {
                                    Task<?>[] other = new Task<?>[1];
                                    Task<?> a =
                                            Async.createTask(
                                                    () -> other[0].await(), TaskOptions.named("a"));
                                    other[0] =
                                            Async.createTask(
                                                    () -> a.await(), TaskOptions.named("b"));
                                    a.await();
                                })
                        .orElseThrow();

        assertThat(failure.getMessage())
                .startsWith("deadlock: nothing is ready, no timer is armed")
                .contains("cycle: a → b → a")
                .containsPattern(
                        "a awaits b, awaits at DeadlockTest.java:\\d+.*, created at DeadlockTest.java:\\d+")
                .containsPattern("test awaits a, awaits at DeadlockTest.java:\\d+");
    }

    @Test
    void aCycleThroughLocksIsTold() {
        SimulationFailure failure = FIFO.find(_ -> deadlocked().await()).orElseThrow();

        assertThat(failure.getMessage())
                .containsPattern("cycle: (a → b → a|b → a → b)")
                .containsPattern(
                        "a awaits what b holds, awaits at DeadlockTest.java:\\d+.*, created at DeadlockTest.java:\\d+")
                .containsPattern("b awaits what a holds, awaits at DeadlockTest.java:\\d+")
                .doesNotContain("orphan");
    }

    private static Object takeBoth(Lock first, Lock second) {
        try (var _ = first.acquire().await()) {
            Async.yieldNow().await();
            try (var _ = second.acquire().await()) {
                return "both";
            }
        }
    }

    @Test
    void aCycleThatTheTestDoesNotAwaitIsToldWithWhatIsLeftBehind() {
        SimulationFailure failure =
                FIFO.find(
                                _ -> {
                                    deadlocked();
                                    Async.sleep(Duration.ofMillis(1)).await();
                                })
                        .orElseThrow();

        assertThat(failure.getMessage())
                .startsWith("left behind: 2 times a task that has not ended: Task[a, ")
                .containsPattern("cycle: (a → b → a|b → a → b)");
    }

    @Test
    void aCycleWithinARunThatGoesOnForEverIsTold() {
        SimulationFailure failure =
                FIFO.find(
                                simulation -> {
                                    EventLoop loop = EventLoop.running();
                                    Promise<?> never = loop.createPromise();
                                    simulation.background(
                                            Async.createTask(
                                                    () -> never.await(),
                                                    TaskOptions.named("patient")));
                                    tick(loop);
                                    deadlocked().await();
                                })
                        .orElseThrow();

        assertThat(failure.getMessage())
                .startsWith("the run has not ended after ")
                .containsPattern("cycle: (a → b → a|b → a → b)")
                .contains("patient awaits a future that no task is known to complete")
                .doesNotContain("orphan");
    }

    /// Has time go on for ever. Most of the million steps that a run may take are callbacks, which
    /// cost it less than timers.
    private static void tick(EventLoop loop) {
        for (int i = 0; i < 20; i++) {
            loop.callSoon(() -> {});
        }
        loop.callLater(Duration.ofNanos(1), () -> tick(loop));
    }

    /// Two tasks that take two locks in opposite order; returns one of them.
    private static Task<?> deadlocked() {
        Lock one = new Lock();
        Lock other = new Lock();
        Task<?> a = Async.createTask(() -> takeBoth(one, other), TaskOptions.named("a"));
        Async.createTask(() -> takeBoth(other, one), TaskOptions.named("b"));
        return a;
    }

    @Test
    void anOrphanIsTold() {
        SimulationFailure failure =
                FIFO.find(
                                simulation -> {
                                    Promise<String> forgotten = simulation.loop().createPromise();
                                    forgotten.await();
                                })
                        .orElseThrow();

        assertThat(failure.getMessage())
                .contains("test awaits a future that nobody is known to complete (orphan)")
                .containsPattern("awaits at DeadlockTest.java:\\d+");
    }

    @Test
    void oneWhoAwaitsHimselfIsTold() {
        SimulationFailure failure =
                FIFO.find(
                                _ -> {
                                    Task<?>[] self = new Task<?>[1];
                                    self[0] = Async.createTask(() -> self[0].await());
                                    self[0].await();
                                })
                        .orElseThrow();

        assertThat(failure).hasMessageContaining("task cannot await itself");
    }

    @Test
    void aProgramThatDeadlocksIsToldThoughItGoesOn() {
        SimulationFailure failure =
                FIFO.withBody(Body.PROGRAM)
                        .find(_ ->
                                Async.run(() -> {
                                    Promise<String> forgotten =
                                            dev.treadle.EventLoop.running().createPromise();
                                    forgotten.await();
                                }))
                        .orElseThrow();

        assertThat(failure).hasMessageStartingWith("deadlock: ");
    }

    @Test
    void aCycleThroughAGatheringIsTold() {
        SimulationFailure failure =
                FIFO.find(
                                _ -> {
                                    Task<?>[] gathering = new Task<?>[1];
                                    Task<?> part =
                                            Async.createTask(
                                                    () -> gathering[0].await(),
                                                    TaskOptions.named("part"));
                                    gathering[0] =
                                            Async.createTask(
                                                    () ->
                                                            Async.gather(
                                                                            part,
                                                                            Async.sleep(
                                                                                    Duration
                                                                                            .ofMillis(
                                                                                                    1)))
                                                                    .await(),
                                                    TaskOptions.named("whole"));
                                    part.await();
                                })
                        .orElseThrow();

        assertThat(failure.getMessage())
                .containsPattern("cycle: (part → whole → part|whole → part → whole)")
                .contains("whole awaits part, awaits at DeadlockTest.java:")
                .doesNotContain("orphan");
    }

    @Test
    void oneWhoAwaitsHimselfThroughAGatheringIsASelfWait() {
        SimulationFailure failure =
                FIFO.find(
                                _ -> {
                                    Task<?>[] self = new Task<?>[1];
                                    self[0] =
                                            Async.createTask(
                                                    () -> Async.gather(List.of(self[0])).await(),
                                                    TaskOptions.named("selfish"));
                                    self[0].await();
                                })
                        .orElseThrow();

        assertThat(failure.getMessage()).contains("self-wait: selfish → selfish");
    }

    @Test
    void aThreadThatWaitsForWhatNobodyCompletesIsTold() {
        SimulationFailure failure =
                FIFO.find(
                                simulation -> {
                                    Promise<String> never = simulation.loop().createPromise();
                                    simulation.thread("stuck", () -> get(never));
                                    never.await();
                                })
                        .orElseThrow();

        assertThat(failure.getMessage())
                .startsWith("deadlock: ")
                .contains("thread stuck waits for ")
                .contains("test awaits a future that nobody is known to complete (orphan)");
    }

    private static void get(Promise<String> promise) {
        try {
            promise.get();
        } catch (InterruptedException | ExecutionException | CancellationException e) {
            throw new AssertionError(e);
        }
    }
}
