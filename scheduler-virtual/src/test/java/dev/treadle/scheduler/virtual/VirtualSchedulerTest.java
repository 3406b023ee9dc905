package dev.treadle.scheduler.virtual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Context;
import dev.treadle.ContextVar;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.ExceptionGroup;
import dev.treadle.Future;
import dev.treadle.Generator;
import dev.treadle.LoopConfig;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.TaskGroup;
import dev.treadle.TaskOptions;
import dev.treadle.TimeoutError;
import dev.treadle.graph.LoopGraph;
import dev.treadle.spi.SchedulerProvider;
import dev.treadle.sync.Barrier;
import dev.treadle.sync.Lock;
import dev.treadle.sync.Queue;
import dev.treadle.sync.Semaphore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

/// What is peculiar to a thread for each task, and what applications rely on all the same.
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

        @Test
        void aTaskThatBlocksKeepsNobodyElseFromRunning() {
            CountDownLatch opened = new CountDownLatch(1);

            Async.run(() -> {
                Task<?> blocked = Async.createTask(() -> opened.await());
                Async.createTask(opened::countDown).await();
                blocked.await();
            });
        }

        @Test
        void aLockOfTheJdkMayBeHeldWhereATaskAwaits() {
            var lock = new java.util.concurrent.locks.ReentrantLock();
            int[] counter = {0};

            Async.run(() -> {
                List<Task<?>> tasks = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    tasks.add(
                            Async.createTask(() -> {
                                for (int j = 0; j < 20; j++) {
                                    lock.lock();
                                    try {
                                        int seen = counter[0];
                                        Async.yieldNow().await();
                                        counter[0] = seen + 1;
                                    } finally {
                                        lock.unlock();
                                    }
                                }
                            }));
                }
                Async.wait(tasks).await();
            });

            assertThat(counter[0]).isEqualTo(160);
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
        void closingTheLoopEndsATaskThatBlocks() {
            CountDownLatch never = new CountDownLatch(1);
            CountDownLatch blocking = new CountDownLatch(1);
            EventLoop loop = EventLoop.create();
            loop.exceptionHandler((_, _) -> {});
            Task<?> task =
                    loop.createTask(
                            Coroutine.of(() -> {
                                blocking.countDown();
                                never.await();
                            }));
            loop.runUntilComplete(Coroutine.of(() -> blocking.await()));

            loop.close();

            assertThat(task.isDone()).isTrue();
        }

        @Test
        void tasksThatAwaitEachOtherInACircleEnd() {
            Async.run(() -> {
                EventLoop loop = EventLoop.running();
                Promise<Task<?>> other = loop.createPromise();
                Task<?> first = Async.createTask(() -> other.await().await());
                Task<?> second = Async.createTask(() -> first.await());
                other.complete(second);
                while (first.stack().isEmpty() || second.stack().isEmpty()) {
                    Async.yieldNow().await();
                }
                second.cancel();
                Async.wait(Set.of(first, second)).await();
                assertThat(second.isCancelled()).isTrue();
            });
        }
    }

    @Nested
    class Deadlocks {

        @Test
        void areReportedInDebugMode() {
            Async.run(
                    Coroutine.of(() -> {
                        EventLoop loop = EventLoop.running();
                        Promise<String> reported = loop.createPromise();
                        loop.exceptionHandler(
                                (_, problem) -> reported.tryComplete(problem.message()));
                        Lock one = new Lock();
                        Lock other = new Lock();
                        Barrier both = new Barrier(2);
                        Task<?> a = taking("a", one, both, other);
                        Task<?> b = taking("b", other, both, one);

                        assertThat(reported.await())
                                .containsPattern("^deadlock: (a → b → a|b → a → b): ")
                                .contains("Task[a, pending, awaits what task b holds]")
                                .contains("Task[b, pending, awaits what task a holds]");
                        assertThat(LoopGraph.capture(loop).cycles())
                                .singleElement()
                                .satisfies(cycle ->
                                        assertThat(cycle)
                                                .extracting(LoopGraph.Node::name)
                                                .containsExactlyInAnyOrder("a", "b"));
                        a.cancel();
                        b.await();
                    }),
                    LoopConfig.defaults().withDebug(true));
        }

        private static Task<?> taking(String name, Lock first, Barrier both, Lock second) {
            return Async.createTask(
                    () -> {
                        try (var _ = first.acquire().await()) {
                            both.await().await();
                            second.acquire().await().close();
                        }
                    },
                    TaskOptions.named(name));
        }
    }

    @Nested
    class Together {

        @Test
        void gatherCollectsInTheOrderGiven() {
            List<Integer> squares =
                    Async.run(() -> {
                        List<Coroutine<Integer>> all = new ArrayList<>();
                        for (int i = 0; i < 200; i++) {
                            int number = i;
                            all.add(
                                    Coroutine.of(() -> {
                                        Async.yieldNow().await();
                                        return number * number;
                                    }));
                        }
                        return Async.gather(all).await();
                    });

            assertThat(squares).hasSize(200).startsWith(0, 1, 4).endsWith(199 * 199);
        }

        @Test
        void aFailingChildEndsItsGroup() {
            RuntimeException failure = new IllegalArgumentException("broken");
            AtomicInteger cancelled = new AtomicInteger();

            assertThatThrownBy(() ->
                            Async.run(() -> {
                                TaskGroup.run(
                                                group -> {
                                                    for (int i = 0; i < 20; i++) {
                                                        group.createTask(() -> {
                                                            try {
                                                                Async.sleep(Duration.ofHours(1))
                                                                        .await();
                                                            } catch (CancelledError e) {
                                                                cancelled.incrementAndGet();
                                                                throw e;
                                                            }
                                                        });
                                                    }
                                                    Async.sleep(Duration.ofMillis(1)).await();
                                                    group.createTask(() -> {
                                                        throw failure;
                                                    });
                                                })
                                        .await();
                            }))
                    .isInstanceOfSatisfying(
                            ExceptionGroup.class,
                            e -> assertThat(e.exceptions()).containsExactly(failure));

            assertThat(cancelled.get()).isLessThanOrEqualTo(20);
        }

        @Test
        void aTimeLimitEndsWhatTakesTooLong() {
            Async.run(() -> {
                assertThatThrownBy(() ->
                                Async.waitFor(
                                                Async.sleep(Duration.ofHours(1)),
                                                Duration.ofMillis(1))
                                        .await())
                        .isInstanceOf(TimeoutError.class);
                assertThat(self().cancelling()).isZero();
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
        void aContextGoesWithItsTask() {
            ContextVar<String> variable = ContextVar.of("who", "nobody");

            Async.run(() -> {
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

        @Test
        void aGeneratorThatATaskStepsMayAwait() {
            Async.run(() -> {
                Generator<Integer> numbers =
                        Generator.of(y -> {
                            for (int i = 0; i < 3; i++) {
                                Async.yieldNow().await();
                                y.yield(i);
                            }
                        });
                assertThat(numbers.next()).isZero();
                assertThat(numbers.next()).isEqualTo(1);
                numbers.close();
            });
        }
    }

    @Nested
    class Sharing {

        @Test
        void aLockLetsOneTaskThroughAtATime() {
            int[] counter = {0};

            Async.run(() -> {
                Lock lock = new Lock();
                List<Task<?>> tasks = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    tasks.add(
                            Async.createTask(() -> {
                                for (int j = 0; j < 200; j++) {
                                    try (var _ = lock.acquire().await()) {
                                        counter[0]++;
                                    }
                                }
                            }));
                }
                Async.wait(tasks).await();
            });

            assertThat(counter[0]).isEqualTo(1600);
        }

        @Test
        void aSemaphoreLetsAsManyThroughAsItHasPermits() {
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();

            Async.run(() -> {
                Semaphore semaphore = new Semaphore(2);
                List<Future<?>> tasks = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    tasks.add(
                            Async.createTask(() -> {
                                for (int j = 0; j < 50; j++) {
                                    try (var _ = semaphore.acquire().await()) {
                                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                                        Async.yieldNow().await();
                                        inside.decrementAndGet();
                                    }
                                }
                            }));
                }
                Async.wait(tasks).await();
                assertThat(semaphore.isLocked()).isFalse();
            });

            assertThat(most.get()).isLessThanOrEqualTo(2);
        }

        @Test
        void whatIsPutIsGotOnceAndInOrder() {
            List<Integer> got = new ArrayList<>();

            Async.run(() -> {
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

            assertThat(got).hasSize(500).isSorted();
        }
    }

    private static Task<?> self() {
        return Objects.requireNonNull(Async.currentTask());
    }
}
