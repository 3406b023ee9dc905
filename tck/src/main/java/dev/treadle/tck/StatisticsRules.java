package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.Future;
import dev.treadle.Handle;
import dev.treadle.LoopStatistics;
import dev.treadle.LoopStatistics.State;
import dev.treadle.LoopStatistics.Tasks;
import dev.treadle.LoopStatistics.Timers;
import dev.treadle.LoopStatistics.Worker;
import dev.treadle.Task;
import dev.treadle.spi.LoopListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// S1, what a loop tells of itself, and S2, who is told how long things take.
abstract class StatisticsRules extends Rules {

    StatisticsRules(SchedulerTck tck) {
        super(tck);
    }

    /// Has a callback of a running loop wait while another thread looks at the loop.
    private void whileStuck(Runnable look) {
        whileStuck(() -> {}, look);
    }

    /// Has a callback of a running loop do something, and then wait.
    private void whileStuck(Runnable first, Runnable look) {
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch freed = new CountDownLatch(1);
        loop.callSoon(() -> {
            first.run();
            stuck.countDown();
            await(freed, "the loop was seen from outside while it was stuck");
            loop.stop();
        });
        var running = inBackground(loop::runForever);
        await(stuck, "a callback has begun");
        try {
            look.run();
        } finally {
            freed.countDown();
        }
        running.join("the loop was stopped");
    }

    private static Worker worker(LoopStatistics statistics) {
        return statistics.workers().getFirst();
    }

    private static long sequence(LoopStatistics statistics) {
        return statistics.workers().stream().mapToLong(Worker::sequence).sum();
    }

    private static List<State> states(LoopStatistics statistics) {
        return statistics.workers().stream().map(Worker::state).toList();
    }

    @Test
    @Requirement("S1.1")
    void statisticsAreThereForAnyThreadAtAnyMoment() {
        assertThat(loop.statistics().running()).as("running, of a new loop").isFalse();
        assertThat(loop.statistics().workers()).as("workers").isNotEmpty();

        whileStuck(() ->
                assertThat(loop.statistics().running())
                        .as("running, of a loop that is stuck")
                        .isTrue());
        loop.close();

        assertThat(thrownBy(loop::statistics))
                .as("what statistics() of a closed loop throws")
                .isNull();
        assertThat(loop.statistics().running()).as("running, of a closed loop").isFalse();
    }

    @Test
    @Requirement("S1.2")
    void tasksAreSpawnedAndHaveEndedOrAreAlive() {
        Tasks tasks =
                run(() -> {
                    Async.createTask(() -> {}).await();
                    Task<?> failed =
                            Async.createTask(() -> {
                                throw new IllegalStateException("failed");
                            });
                    assertThat(thrownBy(failed::await)).isNotNull();
                    Task<?> cancelled = Async.createTask(() -> loop.createPromise().await());
                    Async.yieldNow().await();
                    cancelled.cancel();
                    assertThat(thrownBy(cancelled::await)).isNotNull();
                    return loop.statistics().tasks();
                });

        assertThat(List.of(tasks.spawned(), tasks.succeeded(), tasks.failed(), tasks.cancelled()))
                .as("tasks spawned, succeeded, failed and cancelled")
                .containsExactly(4L, 1L, 1L, 1L);
        assertThat(tasks.live()).as("tasks alive").isEqualTo(1);
        assertThat(loop.statistics().tasks().live()).as("tasks alive after the run").isZero();
    }

    @Test
    @Requirement("S1.3")
    void aWorkerThatIsStuckIsToldFromOneThatWaits() {
        assertThat(states(loop.statistics()))
                .as("states of the workers of a new loop")
                .containsOnly(State.STOPPED);
        whileStuck(() -> {
            LoopStatistics first = loop.statistics();
            LoopStatistics second = loop.statistics();
            assertThat(worker(first).state())
                    .as("state while a callback runs")
                    .isEqualTo(State.RUNNING);
            assertThat(sequence(first)).as("sequence while a callback runs").isPositive();
            assertThat(sequence(second))
                    .as("sequence while the same callback still runs")
                    .isEqualTo(sequence(first));
        });
        long before = sequence(loop.statistics());

        AtomicBoolean seen = new AtomicBoolean();
        loop.callSoon(() -> stopWhen(seen));
        var running = inBackground(loop::runForever);
        try {
            awaitParked();
        } finally {
            seen.set(true);
        }
        running.join("the loop was stopped");

        assertThat(states(loop.statistics()))
                .as("states of the workers after the run")
                .containsOnly(State.STOPPED);
        runOnce();
        assertThat(sequence(loop.statistics()))
                .as("sequence after one more callback")
                .isGreaterThan(before);
    }

    /// Has the loop wait for nothing but a timer, again and again.
    private void stopWhen(AtomicBoolean seen) {
        if (seen.get()) {
            loop.stop();
        } else {
            loop.callLater(Duration.ofMillis(20), () -> stopWhen(seen));
        }
    }

    private void awaitParked() {
        long end = endOfPatience();
        while (!states(loop.statistics()).stream().allMatch(State.PARKED::equals)) {
            assertThat(System.nanoTime() - end)
                    .as("nanoseconds after which a loop that waits has told that it is parked")
                    .isNegative();
            Thread.onSpinWait();
        }
    }

    @Test
    @Requirement("S1.4")
    void whatIsReadyAndHasNotBegunIsTheQueueDepth() {
        loop.callSoon(() -> {});
        assertThat(loop.statistics().queueDepth()).as("queue depth before a run").isEqualTo(1);
        runOnce();
        assertThat(loop.statistics().queueDepth()).as("queue depth after it has run").isZero();

        whileStuck(
                () -> {
                    loop.callSoon(() -> {});
                    loop.callSoon(() -> {});
                },
                () ->
                        assertThat(loop.statistics().queueDepth())
                                .as("queue depth of a loop that is stuck")
                                .isEqualTo(2));
    }

    @Test
    @Requirement("S1.5")
    void timersAreArmedAndHaveFiredWereCancelledOrArePending() {
        loop.callLater(Duration.ofMillis(1), loop::stop);
        Handle cancelled = loop.callLater(Duration.ofHours(1), () -> {});
        loop.callLater(Duration.ofHours(2), () -> {});
        cancelled.cancel();

        runUntilStopped();

        Timers timers = loop.statistics().timers();
        assertThat(List.of(timers.armed(), timers.fired(), timers.cancelled(), timers.pending()))
                .as("timers armed, fired, cancelled and pending")
                .containsExactly(3L, 1L, 1L, 1L);
    }

    @Test
    @Requirement("S1.6")
    void whatIsRefusedIsCounted() {
        run(() -> {
            loop.shutdownOffload(tck().patience()).await();
            assertThat(thrownBy(() -> loop.offload(() -> 1))).isNotNull();
        });

        assertThat(loop.statistics().rejected().closed())
                .as("how much was refused by a pool that was shut down")
                .isEqualTo(1);
    }

    @Test
    @Requirement("S1.7")
    void blockingWorkIsActiveUntilItHasEnded() {
        run(() -> {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch freed = new CountDownLatch(1);
            Future<?> work =
                    loop.offload(() -> {
                        begun.countDown();
                        await(freed, "the work was let go on");
                        return null;
                    });
            await(begun, "a thread has taken the work");
            int active = loop.statistics().offload().active();
            freed.countDown();
            work.await();
            loop.shutdownOffload(tck().patience()).await();

            assertThat(active).as("work under way").isEqualTo(1);
            assertThat(loop.statistics().offload().active())
                    .as("work under way after it has ended")
                    .isZero();
            assertThat(loop.statistics().offload().queued()).as("work that waits").isZero();
            assertThat(loop.statistics().offload().limit())
                    .as("how much can be worked on at once")
                    .isPositive();
        });
    }

    @Test
    @Requirement("S1.8")
    void failuresThatReachTheHandlerAreCounted() {
        loop.callSoon(() -> {
            throw new IllegalArgumentException("broken callback");
        });

        runOnce();

        assertThat(loop.statistics().unhandled()).as("failures that nobody handled").isEqualTo(1);
        assertThat(loop.statistics().internalErrors()).as("failures of the loop itself").isZero();
    }

    @Test
    @Requirement("S1.9")
    void stepsAndYieldsOfTasksAreCounted() {
        LoopStatistics before =
                run(() -> {
                    Async.yieldNow().await();
                    LoopStatistics now = loop.statistics();
                    Async.yieldNow().await();
                    Async.yieldNow().await();
                    return now;
                });

        LoopStatistics after = loop.statistics();
        assertThat(steps(after) - steps(before))
                .as("further steps of a task that has given up control twice")
                .isEqualTo(2);
        assertThat(after.tasks().yields() - before.tasks().yields())
                .as("how often it gave up control")
                .isEqualTo(2);
    }

    private static long steps(LoopStatistics statistics) {
        return statistics.workers().stream().mapToLong(Worker::steps).sum();
    }

    @Test
    @Requirement("S2.1")
    void aListenerThatFailsChangesNothing() {
        loop.addListener(new Failing());
        for (int i = 0; i < LoopListener.SAMPLING; i++) {
            loop.callLater(Duration.ofMillis(1), () -> {});
        }

        run(() -> {
            for (int i = 0; i < LoopListener.SAMPLING; i++) {
                Async.yieldNow().await();
            }
            Async.sleep(Duration.ofMillis(2)).await();
            assertThat(loop.offload(() -> "done").await()).as("result of work").isEqualTo("done");
            say("task");
        });
        loop.callSoon(saying("callback"));
        runOnce();

        assertThat(said())
                .as("what ran with a listener that fails")
                .containsExactly("task", "callback");
        assertThat(problems()).as("problems that were reported").isEmpty();
    }

    private static final class Failing implements LoopListener {
        private static IllegalStateException failure() {
            return new IllegalStateException("a listener that fails, as it is meant to");
        }

        @Override
        public void iterationBegins(int worker, int local, int injected) {
            throw failure();
        }

        @Override
        public void stepBegins(int worker, long queuedNanos, int standsFor) {
            throw failure();
        }

        @Override
        public void stepEnded(int worker, long tookNanos, int standsFor) {
            throw failure();
        }

        @Override
        public void timerFires(int worker, long lateNanos) {
            throw failure();
        }

        @Override
        public void offloadEnded(long tookNanos) {
            throw failure();
        }
    }
}
