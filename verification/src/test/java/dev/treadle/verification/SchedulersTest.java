package dev.treadle.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Context;
import dev.treadle.ContextVar;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.ExceptionGroup;
import dev.treadle.Generator;
import dev.treadle.LoopConfig;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.TaskGroup;
import dev.treadle.TimeoutError;
import dev.treadle.sync.Lock;
import dev.treadle.sync.Queue;
import dev.treadle.sync.Semaphore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// What applications rely on, whichever scheduler runs them.
@NullUnmarked
@ParameterizedClass
@ValueSource(strings = {"single", "pool", "virtual"})
class SchedulersTest {
    @Parameter String scheduler;

    private void run(Coroutine.Action action) {
        Async.run(action, LoopConfig.defaults().withScheduler(scheduler));
    }

    @Test
    void theOneThatIsNamedRunsIt() {
        run(() -> assertThat(EventLoop.running().scheduler()).isEqualTo(scheduler));
    }

    // ---- tasks together

    @Test
    void gatherCollectsInTheOrderGiven() {
        List<Coroutine<Integer>> all = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            int number = i;
            all.add(
                    Coroutine.of(() -> {
                        Async.yieldNow().await();
                        return number;
                    }));
        }

        run(() ->
                assertThat(Async.gather(all).await())
                        .containsExactlyElementsOf(IntStream.range(0, 2000).boxed().toList()));
    }

    @Test
    void aFailingChildEndsItsGroup() {
        RuntimeException failure = new IllegalArgumentException("broken");
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger cancelled = new AtomicInteger();

        assertThatThrownBy(() ->
                        run(() ->
                                TaskGroup.run(
                                                group -> {
                                                    for (int i = 0; i < 20; i++) {
                                                        group.createTask(() -> {
                                                            begun.incrementAndGet();
                                                            try {
                                                                Async.sleep(Duration.ofHours(1))
                                                                        .await();
                                                            } catch (CancelledError e) {
                                                                cancelled.incrementAndGet();
                                                                throw e;
                                                            }
                                                        });
                                                    }
                                                    while (begun.get() < 20) {
                                                        Async.yieldNow().await();
                                                    }
                                                    group.createTask(() -> {
                                                        throw failure;
                                                    });
                                                })
                                        .await()))
                .isInstanceOfSatisfying(
                        ExceptionGroup.class,
                        e -> assertThat(e.exceptions()).containsExactly(failure));

        assertThat(cancelled.get()).as("children that were cancelled").isEqualTo(20);
    }

    @Test
    void aTimeLimitEndsWhatTakesTooLong() {
        run(() -> {
            assertThatThrownBy(() ->
                            Async.waitFor(Async.sleep(Duration.ofHours(1)), Duration.ofMillis(1))
                                    .await())
                    .isInstanceOf(TimeoutError.class);
            assertThat(Objects.requireNonNull(Async.currentTask()).cancelling()).isZero();
        });
    }

    @Test
    void tasksThatAwaitEachOtherInACircleEnd() {
        run(() -> {
            Promise<Task<?>> other = EventLoop.running().createPromise();
            Task<?> first = Async.createTask(() -> other.await().await());
            Task<?> second = Async.createTask(() -> first.await());
            other.complete(second);
            letSuspend(first);
            letSuspend(second);
            second.cancel();
            Async.wait(Set.of(first, second)).await();
            assertThat(second.isCancelled()).isTrue();
        });
    }

    @Test
    void aGeneratorThatATaskStepsMayAwait() {
        run(() -> {
            Generator<Integer> numbers =
                    Generator.of(y -> {
                        for (int i = 0; i < 300; i++) {
                            Async.yieldNow().await();
                            y.yield(i);
                        }
                    });
            for (int i = 0; i < 300; i++) {
                assertThat(numbers.next()).isEqualTo(i);
            }
            numbers.close();
        });
    }

    @Test
    void aContextGoesWithItsTask() {
        ContextVar<String> variable = ContextVar.of("who", "nobody");

        run(() -> {
            variable.set("creator");
            Task<String> task =
                    Async.createTask(() -> {
                        Async.yieldNow().await();
                        return variable.get();
                    });
            variable.set("changed");
            assertThat(task.await()).isEqualTo("creator");
            String inner =
                    Context.copyCurrent()
                            .run(() -> {
                                variable.set("inner");
                                Async.sleep(Duration.ofMillis(1)).await();
                                return variable.get();
                            });
            assertThat(inner).isEqualTo("inner");
            assertThat(variable.get()).isEqualTo("changed");
        });
    }

    // ---- what tasks share

    @Test
    void aLockLetsOneTaskThroughAtATime() {
        int[] counter = {0};

        run(() -> {
            Lock lock = new Lock();
            inTasks(
                    8,
                    () -> {
                        for (int i = 0; i < 200; i++) {
                            try (var _ = lock.acquire().await()) {
                                counter[0]++;
                            }
                        }
                    });
        });

        assertThat(counter[0]).isEqualTo(1600);
    }

    @Test
    void aLockServesThoseWhoWaitInTheirOrder() {
        List<Integer> served = new ArrayList<>(); // by who holds the lock

        run(() -> {
            Lock lock = new Lock();
            List<Task<?>> tasks = new ArrayList<>();
            try (var _ = lock.acquire().await()) {
                for (int i = 0; i < 20; i++) {
                    int number = i;
                    Task<?> task =
                            Async.createTask(() -> {
                                try (var _ = lock.acquire().await()) {
                                    served.add(number);
                                }
                            });
                    tasks.add(task);
                    letSuspend(task); // it stands in line before the next comes
                }
            }
            Async.gather(tasks).await();
        });

        assertThat(served).hasSize(20).isSorted();
    }

    @Test
    void aSemaphoreLetsAsManyThroughAsItHasPermits() {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();

        run(() -> {
            Semaphore semaphore = new Semaphore(2);
            inTasks(
                    8,
                    () -> {
                        for (int i = 0; i < 50; i++) {
                            try (var _ = semaphore.acquire().await()) {
                                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                                Async.yieldNow().await();
                                inside.decrementAndGet();
                            }
                        }
                    });
            assertThat(semaphore.isLocked()).isFalse();
        });

        assertThat(most.get()).isBetween(1, 2);
    }

    @Test
    void whatIsPutIsGotOnceAndInOrder() {
        List<Integer> got = new ArrayList<>();

        run(() -> {
            Queue<Integer> queue = Queue.bounded(3);
            Task<?> consumer =
                    Async.createTask(() -> {
                        for (int i = 0; i < 500; i++) {
                            got.add(queue.get().await());
                            queue.taskDone();
                        }
                    });
            for (int i = 0; i < 500; i++) {
                queue.put(i).await();
            }
            queue.join().await();
            consumer.await();
        });

        assertThat(got).containsExactlyElementsOf(IntStream.range(0, 500).boxed().toList());
    }

    /// Has several tasks do the same, and waits for them.
    private static void inTasks(int count, Coroutine.Action action) {
        List<Task<?>> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tasks.add(Async.createTask(action));
        }
        Async.gather(tasks).await();
    }

    /// Gives up control until a task stands at its first await.
    static void letSuspend(Task<?> task) {
        while (task.stack().isEmpty()) {
            Async.yieldNow().await();
        }
    }
}
