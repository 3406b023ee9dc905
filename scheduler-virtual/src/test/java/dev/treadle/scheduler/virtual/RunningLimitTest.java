package dev.treadle.scheduler.virtual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.treadle.Async;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;
import dev.treadle.Promise;
import dev.treadle.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A limit to how many tasks of a loop run at once.
@NullUnmarked
class RunningLimitTest {
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    private static void limit(String value) {
        System.setProperty(VirtualSchedulerProvider.RUNNING, value);
    }

    @AfterEach
    void takeTheLimitAway() {
        System.clearProperty(VirtualSchedulerProvider.RUNNING);
    }

    private void step() {
        most.accumulateAndGet(running.incrementAndGet(), Math::max);
        for (int i = 0; i < 20_000; i++) {
            Thread.onSpinWait(); // so that others would come in between
        }
        running.decrementAndGet();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void noMoreTasksRunAtOnceAndAllOfThemEnd(int limit) {
        limit(Integer.toString(limit));

        Async.run(() -> {
            List<Task<?>> tasks = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                tasks.add(
                        Async.createTask(() -> {
                            step();
                            Async.yieldNow().await();
                            step();
                        }));
            }
            Async.gather(tasks).await();
        });

        assertThat(most).hasValueBetween(1, limit);
    }

    @Test
    void aTaskThatIsSuspendedTakesNoPlace() {
        limit("1");

        int sum =
                Async.run(() -> {
                    Promise<Integer> gate = EventLoop.running().createPromise();
                    Task<Integer> waiting = Async.createTask(() -> gate.await() + 1);
                    Task<Integer> opening =
                            Async.createTask(() -> {
                                gate.complete(1);
                                return 10;
                            });
                    return waiting.await() + opening.await();
                });

        assertThat(sum).isEqualTo(12);
    }

    @Test
    void aLoopWhoseTasksWaitForAPlaceCanBeClosed() throws InterruptedException {
        limit("1");
        CountDownLatch blocking = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        EventLoop loop = EventLoop.create();
        loop.exceptionHandler((_, _) -> {}); // it tells of each task that has not ended
        loop.createTask(
                Coroutine.of(() -> {
                    blocking.countDown();
                    loop.stop();
                    new CountDownLatch(1).await();
                }));
        loop.runForever();
        blocking.await();
        Task<?> next = loop.createTask(Coroutine.of(begun::incrementAndGet));

        loop.close();

        assertThat(next.isCancelled()).isTrue();
        assertThat(begun).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "many", ""})
    void whatIsNoPositiveNumberIsRefused(String value) {
        limit(value);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new VirtualSchedulerProvider().newLoop(LoopConfig.defaults()))
                .withMessage(
                        "-Dtreadle.virtual.running="
                                + value
                                + ": give how many tasks of a loop may be in a step at once, at"
                                + " least 1, or leave it out for no limit");
    }
}
