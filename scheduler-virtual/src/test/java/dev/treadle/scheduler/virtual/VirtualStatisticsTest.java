package dev.treadle.scheduler.virtual;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.LoopStatistics;
import dev.treadle.LoopStatistics.Queued;
import dev.treadle.LoopStatistics.State;
import dev.treadle.LoopStatistics.Tasks;
import dev.treadle.LoopStatistics.Timers;
import dev.treadle.LoopStatistics.Worker;
import dev.treadle.Task;
import dev.treadle.spi.LoopListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The counters of a loop whose tasks run beside each other.
@NullUnmarked
class VirtualStatisticsTest {
    private static final int TASKS = 1000;

    private final EventLoop loop = EventLoop.create();

    @AfterEach
    void close() {
        loop.close();
    }

    private Worker worker() {
        return loop.statistics().workers().getFirst();
    }

    private void run(Coroutine.Action action) {
        loop.runUntilComplete(Coroutine.of(action));
    }

    /// Runs tasks to their ends, of which every other one fails.
    private void runMany(Coroutine.Action body) {
        run(() -> {
            List<Task<?>> tasks = new ArrayList<>();
            for (int i = 0; i < TASKS; i++) {
                boolean fails = i % 2 == 1;
                tasks.add(
                        Async.createTask(() -> {
                            body.run();
                            if (fails) {
                                throw new IllegalStateException("failed");
                            }
                        }));
            }
            Async.wait(tasks).await();
            tasks.forEach(Task::exception); // so that no failure goes unseen
        });
    }

    @Test
    void noTaskAndNoStepIsLost() {
        runMany(() -> {
            Async.yieldNow().await();
            Async.yieldNow().await();
        });

        assertThat(loop.statistics().tasks())
                .isEqualTo(new Tasks(TASKS + 1, TASKS / 2 + 1, TASKS / 2, 0, 2 * TASKS, 0));
        assertThat(loop.statistics().tasks().live()).isZero();
        // The last is of who waits for them, if it has to.
        assertThat(worker().steps()).isBetween(3L * TASKS + 1, 3L * TASKS + 2);
        assertThat(loop.statistics().queueDepth()).isZero();
    }

    @Test
    void timersOfTasksBalance() {
        runMany(() -> Async.sleep(Duration.ofMillis(1)).await());

        assertThat(loop.statistics().timers()).isEqualTo(new Timers(TASKS, TASKS, 0));
    }

    @Test
    void aTaskThatBlocksIsNoLoopThatIsStuck() {
        run(() -> {
            while (worker().state() != State.PARKED) {
                Thread.onSpinWait(); // a step of a task, while the loop has nothing to do
            }
            Worker parked = worker();
            assertThat(parked.sequence()).isEqualTo(parked.callbacks());
        });
    }

    @Test
    void aCallbackThatBlocksIsSeenWhileTasksGoOn() {
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch freed = new CountDownLatch(1);
        run(() -> {
            loop.callSoon(() -> {
                stuck.countDown();
                await(freed);
            });
            stuck.await();
            LoopStatistics first = loop.statistics();
            Async.createTask(() -> {}).await();
            loop.callSoon(() -> {});
            LoopStatistics second = loop.statistics();
            freed.countDown();

            Worker before = first.workers().getFirst();
            Worker after = second.workers().getFirst();
            assertThat(before.state()).isEqualTo(State.RUNNING);
            assertThat(after.state()).isEqualTo(State.RUNNING);
            assertThat(after.sequence()).isEqualTo(before.sequence());
            assertThat(after.steps()).isGreaterThan(before.steps());
            assertThat(before.queued()).isEqualTo(new Queued(0, 0));
            assertThat(after.queued()).isEqualTo(new Queued(0, 1));
            assertThat(second.tasks().succeeded()).isEqualTo(1);
        });
    }

    @Test
    void stepsAreSampledOnTheThreadsOfTheTasks() {
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        loop.addListener(
                new LoopListener() {
                    @Override
                    public void stepBegins(int worker, long queuedNanos, int standsFor) {
                        assertThat(queuedNanos).isNotNegative();
                        begun.incrementAndGet();
                    }

                    @Override
                    public void stepEnded(int worker, long tookNanos, int standsFor) {
                        assertThat(tookNanos).isNotNegative();
                        ended.incrementAndGet();
                    }
                });

        runMany(() -> Async.yieldNow().await());

        int steps = (int) worker().steps();
        // Threads that count at the same moment may count as one, or take one number for two.
        assertThat(begun.get()).isBetween(1, 2 * steps / LoopListener.SAMPLING);
        while (ended.get() < begun.get()) {
            Thread.onSpinWait(); // a task's end is told before that of its last step
        }
        assertThat(ended.get()).isEqualTo(begun.get());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
