package dev.treadle.scheduler.virtual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.Future;
import dev.treadle.Generator;
import dev.treadle.LoopConfig;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.TaskGroup;
import dev.treadle.TaskOptions;
import dev.treadle.TimeoutError;
import dev.treadle.spi.SchedulerProvider;
import java.time.Duration;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What is peculiar to a thread for each task.
@NullUnmarked
class VirtualSchedulerTest {

    @Nested
    class Discovery {

        @Test
        void theServiceLoaderFindsItByItsName() {
            assertThat(
                            ServiceLoader.load(SchedulerProvider.class).stream()
                                    .map(found -> found.get().name()))
                    .containsExactly("virtual");
        }

        @Test
        void aLoopTellsThatItIsParallel() {
            try (EventLoop loop = EventLoop.create(LoopConfig.defaults().withName("weaver"))) {
                assertThat(loop.scheduler()).isEqualTo("virtual");
                assertThat(loop.carriers()).isEqualTo("virtual");
                assertThat(loop.isParallel()).isTrue();
            }
        }
    }

    @Nested
    class Threads {

        @Test
        void aTaskHasAVirtualThreadThatShowsItsName() {
            String name =
                    Async.run(
                            () -> {
                                Task<String> task =
                                        Async.createTask(
                                                () -> threadName(),
                                                TaskOptions.defaults().withName("fetch"));
                                return task.await();
                            },
                            LoopConfig.defaults().withName("weaver"));

            assertThat(name).isEqualTo("treadle-virtual-weaver-fetch");
        }

        @Test
        void renamingATaskRenamesItsThread() {
            String name =
                    Async.run(
                            () -> {
                                self().rename("renamed");
                                return threadName();
                            },
                            LoopConfig.defaults().withName("weaver"));

            assertThat(name).isEqualTo("treadle-virtual-weaver-renamed");
        }

        private static String threadName() {
            assertThat(Thread.currentThread().isVirtual()).isTrue();
            return Thread.currentThread().getName();
        }
    }

    @Nested
    class Together {

        @Test
        void childrenThatFailAtTheSameTimeAreNotTakenForOrphans() {
            AtomicInteger problems = new AtomicInteger();
            Async.run(() -> {
                EventLoop.running().exceptionHandler((_, _) -> problems.incrementAndGet());
                for (int i = 0; i < 500; i++) {
                    Task<?> owner =
                            Async.createTask(() ->
                                    TaskGroup.run(
                                                    group -> {
                                                        for (int child = 0; child < 3; child++) {
                                                            group.createTask(() -> {
                                                                throw new IllegalStateException();
                                                            });
                                                        }
                                                    })
                                            .await());
                    Async.wait(Set.of(owner)).await();
                }
            });

            assertThat(problems).hasValue(0);
        }

        @Test
        void aGatheringThatFailsWhileItIsCancelledLeavesTheRequestToTheTask() {
            Async.run(() -> {
                EventLoop loop = EventLoop.running();
                Promise<Integer> failing = loop.createPromise();
                AtomicReference<Future<?>> gathering = new AtomicReference<>();
                Promise<Integer> slow =
                        loop.createPromise(_ -> {
                            failing.fail(new IllegalStateException("member"));
                            Future<?> gathered = gathering.get();
                            while (!gathered.isDone()) {
                                Thread.onSpinWait();
                            }
                            return true;
                        });
                gathering.set(Async.gather(slow, failing));
                Task<?> task =
                        Async.createTask(() -> {
                            try {
                                gathering.get().await();
                            } catch (IllegalStateException e) {
                                loop.createPromise().await();
                            }
                        });
                while (!task.toString().contains("awaits")) {
                    Async.yieldNow().await();
                }
                assertThat(task.cancel()).isTrue();
                Async.wait(Set.of(task)).await();
                assertThat(task.isCancelled()).isTrue();
            });
        }
    }

    @Nested
    class Cancelling {

        @Test
        void aBlockingCallIsInterruptedAndTheTaskEndsCancelled() {
            CountDownLatch never = new CountDownLatch(1);
            CountDownLatch blocking = new CountDownLatch(1);

            Async.run(() -> {
                Task<?> task =
                        Async.createTask(() -> {
                            blocking.countDown();
                            never.await();
                        });
                blocking.await();
                task.cancel("enough");
                Async.wait(Set.of(task)).await();
                assertThat(task.isCancelled()).isTrue();
                assertThatThrownBy(task::result)
                        .isInstanceOfSatisfying(
                                CancelledError.class,
                                e -> assertThat(e.reason()).isEqualTo("enough"));
            });
        }

        @Test
        void aBodyThatCatchesTheInterruptIsCancelledAtItsNextAwait() {
            CountDownLatch never = new CountDownLatch(1);
            CountDownLatch blocking = new CountDownLatch(1);
            AtomicBoolean flagAfter = new AtomicBoolean(true);

            Async.run(() -> {
                Task<?> task =
                        Async.createTask(() -> {
                            blocking.countDown();
                            try {
                                never.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            try {
                                Async.sleep(Duration.ofHours(1)).await();
                            } finally {
                                flagAfter.set(Thread.currentThread().isInterrupted());
                            }
                        });
                blocking.await();
                task.cancel();
                Async.wait(Set.of(task)).await();
                assertThat(task.isCancelled()).isTrue();
            });

            assertThat(flagAfter.get()).as("the flag, once the body knows").isFalse();
        }

        @Test
        void aWithdrawnRequestTakesItsInterruptBack() {
            Async.run(() -> {
                CountDownLatch begun = new CountDownLatch(1);
                CountDownLatch requested = new CountDownLatch(1);
                Task<Boolean> task =
                        Async.createTask(() -> {
                            begun.countDown();
                            long deadline = System.nanoTime() + 10_000_000_000L;
                            while (requested.getCount() > 0 && System.nanoTime() < deadline) {
                                Thread.onSpinWait();
                            }
                            assertThat(Thread.currentThread().isInterrupted()).isTrue();
                            self().uncancel();
                            return Thread.currentThread().isInterrupted();
                        });
                begun.await();
                task.cancel();
                requested.countDown();
                assertThat(task.await()).isFalse();
            });
        }

        @Test
        void anInterruptBySomebodyElseIsNoCancellation() {
            Async.run(() -> {
                Promise<String> gate = EventLoop.running().createPromise();
                AtomicReference<Thread> thread = new AtomicReference<>();
                CountDownLatch begun = new CountDownLatch(1);
                Task<Boolean> task =
                        Async.createTask(() -> {
                            thread.set(Thread.currentThread());
                            begun.countDown();
                            gate.await();
                            return Thread.interrupted();
                        });
                begun.await();
                thread.get().interrupt();
                gate.complete("open");
                assertThat(task.await()).as("the flag is still there after the await").isTrue();
            });
        }

        @Test
        void aTimeLimitEndsABlockingCall() {
            CountDownLatch never = new CountDownLatch(1);

            Async.run(() ->
                    assertThatThrownBy(() ->
                                    Async.timeout(
                                                    Duration.ofMillis(1),
                                                    () -> {
                                                        try {
                                                            never.await();
                                                        } catch (InterruptedException e) {
                                                            Async.yieldNow().await();
                                                        }
                                                    })
                                            .await())
                            .isInstanceOf(TimeoutError.class));
        }

        @Test
        void aTimeLimitTakesTheInterruptThatLeavesItsBody() {
            CountDownLatch never = new CountDownLatch(1);

            Async.run(() -> {
                assertThatThrownBy(() ->
                                Async.timeout(Duration.ofMillis(1), () -> never.await()).await())
                        .isInstanceOf(TimeoutError.class)
                        .hasCauseInstanceOf(CancelledError.class)
                        .hasRootCauseInstanceOf(InterruptedException.class);
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
                Async.yieldNow().await();
            });
        }

        @Test
        void theInterruptOfAnAwaitedCoroutineCancelsItsTask() {
            CountDownLatch never = new CountDownLatch(1);
            CountDownLatch blocking = new CountDownLatch(1);

            Async.run(() -> {
                Task<?> task =
                        Async.createTask(() ->
                                Coroutine.of(
                                                () -> {
                                                    blocking.countDown();
                                                    never.await();
                                                })
                                        .await());
                blocking.await();
                task.cancel("enough");
                Async.wait(Set.of(task)).await();
                assertThat(task.isCancelled()).isTrue();
            });
        }

        @Test
        void theInterruptOfAGeneratorsBodyCancelsItsTask() {
            CountDownLatch never = new CountDownLatch(1);
            CountDownLatch blocking = new CountDownLatch(1);

            Async.run(() -> {
                Task<?> task =
                        Async.createTask(() -> {
                            Generator<String> generator =
                                    Generator.of(y -> {
                                        y.yield("first");
                                        blocking.countDown();
                                        never.await();
                                    });
                            generator.forEach(_ -> {});
                        });
                blocking.await();
                task.cancel();
                Async.wait(Set.of(task)).await();
                assertThat(task.isCancelled()).isTrue();
            });
        }

        @Test
        void aGroupThatIsCancelledEndsItsBlockingBodyWithoutAnError() {
            CountDownLatch never = new CountDownLatch(1);
            CountDownLatch blocking = new CountDownLatch(1);

            Async.run(() -> {
                TaskGroup.run(
                                group -> {
                                    group.createTask(() -> {
                                        blocking.await();
                                        group.cancel();
                                    });
                                    blocking.countDown();
                                    never.await();
                                })
                        .await();
                assertThat(self().cancelling()).isZero();
            });
        }
    }

    private static Task<?> self() {
        return Objects.requireNonNull(Async.currentTask());
    }
}
