package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.ContextVar;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.Future;
import dev.treadle.Promise;
import dev.treadle.Task;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@NullUnmarked
class OffloadTest extends OnVirtualLoop {

    @Nested
    class Blocking {

        @Test
        @Behaviour("THR-06")
        void workRunsOnAnotherThreadAndItsValueIsAwaited() {
            run(() -> {
                Thread here = Thread.currentThread();
                Thread there = loop.offload(Thread::currentThread).await();
                assertThat(there).isNotSameAs(here);
                assertThat(there.isVirtual()).isFalse();
                assertThat(there.getName()).startsWith("treadle-test-test-offload");
                assertThat(Thread.currentThread()).isSameAs(here);
            });
        }

        @Test
        void workThatFailsFailsTheFuture() {
            IOException failure = new IOException();

            run(() -> {
                Future<String> future =
                        loop.offload(() -> {
                            throw failure;
                        });
                assertThat(failureOf(future)).hasCause(failure);
                assertThat(future.exception()).isSameAs(failure);
            });
        }

        @Test
        @Behaviour("THR-06")
        void workRunsOnAnExecutorOfTheCallersChoice() {
            try (ExecutorService executor =
                    Executors.newSingleThreadExecutor(Thread.ofPlatform().name("own").factory())) {
                run(() -> {
                    try (var _ = time.expectForeign()) {
                        String there =
                                loop.offload(() -> Thread.currentThread().getName(), executor)
                                        .await();
                        assertThat(there).isEqualTo("own");
                    }
                });
                assertThat(executor.isShutdown()).isFalse();
                executor.shutdown();
                assertThatThrownBy(() -> loop.offload(() -> "x", executor))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("takes no more work");
            }
        }

        @Test
        void workOnAnExecutorFailsItsFutureAndIsSkippedIfCancelledInTime() {
            List<Runnable> queued = new ArrayList<>();
            run(() -> {
                IOException failure = new IOException();
                Future<Object> failing =
                        loop.offload(
                                () -> {
                                    throw failure;
                                },
                                queued::add);
                Future<Object> cancelled =
                        loop.offload(
                                () -> {
                                    say("ran");
                                    return null;
                                },
                                queued::add);
                cancelled.cancel();
                queued.forEach(Runnable::run);
                assertThat(failureOf(failing)).hasCause(failure);
                assertThat(cancelled.isCancelled()).isTrue();
            });

            assertThat(log).isEmpty();
        }

        @Test
        @Behaviour("LOOP-15")
        void workOnAnExecutorIsRefusedByAClosedLoop() {
            loop.close();

            assertThatThrownBy(() -> loop.offload(() -> "x", Runnable::run))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
        }

        @Test
        void workLeavesTheLoopFree() {
            CountDownLatch gate = new CountDownLatch(1);

            run(() -> {
                Future<String> future =
                        loop.offload(() -> {
                            gate.await();
                            return "value";
                        });
                yieldTimes(5);
                assertThat(future.isDone()).isFalse();
                say("the loop went on");
                gate.countDown();
                assertThat(future.await()).isEqualTo("value");
            });

            assertThat(log).containsExactly("the loop went on");
        }

        @Test
        void worksRunBesideEachOther() {
            CountDownLatch both = new CountDownLatch(2);

            run(() -> {
                List<Future<String>> futures = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    futures.add(
                            loop.offload(() -> {
                                both.countDown();
                                both.await();
                                return "met";
                            }));
                }
                assertThat(Async.gather(futures).await()).containsExactly("met", "met");
            });
        }

        @Test
        @Behaviour("THR-06")
        void workIsNotStoppedWhenItsFutureIsCancelled() {
            CountDownLatch gate = new CountDownLatch(1);
            CountDownLatch started = new CountDownLatch(1);
            CountDownLatch ended = new CountDownLatch(1);
            AtomicBoolean interrupted = new AtomicBoolean();

            run(() -> {
                Future<String> future =
                        loop.offload(() -> {
                            started.countDown();
                            gate.await();
                            interrupted.set(Thread.currentThread().isInterrupted());
                            ended.countDown();
                            return "value";
                        });
                started.await();
                assertThat(future.cancel()).isTrue();
                assertThat(failureOf(future)).isInstanceOf(CancelledError.class);
                gate.countDown();
                ended.await();
                yieldTimes(3);
                assertThat(future.isCancelled()).isTrue();
            });

            assertThat(interrupted).isFalse();
        }

        @Test
        @Behaviour("THR-06")
        void workThatEndsAfterTheLoopWasClosedTouchesNothing() throws InterruptedException {
            CountDownLatch gate = new CountDownLatch(1);
            AtomicReference<Thread> thread = new AtomicReference<>();
            Promise<String> started = loop.createPromise();
            Future<String> future =
                    loop.offload(() -> {
                        thread.set(Thread.currentThread());
                        started.complete("x");
                        gate.await();
                        return "late";
                    });
            future.addDoneCallback(_ -> say("callback"));
            loop.runUntilComplete(started);
            loop.close();

            gate.countDown();
            thread.get().join();

            assertThat(future.resultNow()).isEqualTo("late");
            assertThat(log).isEmpty();
            assertThat(takeProblems()).isEmpty();
        }

        @Test
        void workHasNoLoopAndNoTask() {
            run(() ->
                    assertThat(failureOf(loop.offload(EventLoop::running)))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("no running event loop"));
        }

        @Test
        void workMayUseTheLoopThreadsafely() {
            run(() -> {
                Promise<String> promise = loop.createPromise();
                loop.offload(() -> loop.callSoonThreadsafe(() -> promise.complete("value")));
                assertThat(promise.await()).isEqualTo("value");
            });
        }
    }

    @Nested
    class ToThread {
        private final ContextVar<String> variable = ContextVar.of("variable", "unset");

        @Test
        void carriesACopyOfTheContextOver() {
            run(() -> {
                variable.set("mine");
                String seen =
                        Async.toThread(
                                        () -> {
                                            String before = variable.get();
                                            variable.set("theirs");
                                            return before;
                                        })
                                .await();
                assertThat(seen).isEqualTo("mine");
                assertThat(variable.get()).isEqualTo("mine");
            });
        }

        @Test
        void theLoopsOwnPoolDoesNot() {
            run(() -> {
                variable.set("mine");
                assertThat(loop.offload(variable::get).await()).isEqualTo("unset");
            });
        }

        @Test
        void startsWhenItIsAwaited() {
            AtomicBoolean started = new AtomicBoolean();

            run(() -> {
                Coroutine<String> coroutine =
                        Async.toThread(() -> {
                            started.set(true);
                            return "value";
                        });
                yieldTimes(3);
                assertThat(started).isFalse();
                assertThat(coroutine.await()).isEqualTo("value");
            });
        }
    }

    @Nested
    class ShuttingDown {

        @Test
        @Tag("confined") // the shutdown is to be under way after some yields
        void waitsForWorkUnderWayAndRefusesFurtherWork() {
            CountDownLatch gate = new CountDownLatch(1);

            run(() -> {
                Future<String> future =
                        loop.offload(() -> {
                            gate.await();
                            return "value";
                        });
                Task<Boolean> shutdown =
                        Async.createTask(() -> loop.shutdownOffload(Duration.ofMinutes(5)).await());
                yieldTimes(3);
                assertThat(shutdown.isDone()).isFalse();
                assertThatThrownBy(() -> loop.offload(() -> "x"))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("shut down");
                gate.countDown();
                assertThat(shutdown.await()).isTrue();
                assertThat(future.await()).isEqualTo("value");
            });
        }

        @Test
        void ofAPoolThatWasNeverUsedIsDoneAtOnce() {
            assertThat(run(() -> loop.shutdownOffload(Duration.ofMinutes(5)).await())).isTrue();
        }

        @Test
        @Tag("confined") // the shutdown is to be under way after some yields
        void mayTakeForEver() {
            CountDownLatch gate = new CountDownLatch(1);

            run(() -> {
                loop.offload(() -> {
                    gate.await();
                    return "value";
                });
                Task<Boolean> shutdown =
                        Async.createTask(() ->
                                loop.shutdownOffload(ChronoUnit.FOREVER.getDuration()).await());
                yieldTimes(3);
                gate.countDown();
                assertThat(shutdown.await()).isTrue();
            });
        }

        @Test
        void givesUpWhenItsTimeIsUp() {
            CountDownLatch gate = new CountDownLatch(1);

            run(() -> {
                Future<String> future =
                        loop.offload(() -> {
                            gate.await();
                            return "value";
                        });
                assertThat(loop.shutdownOffload(Duration.ofNanos(1)).await()).isFalse();
                gate.countDown();
                assertThat(future.await()).isEqualTo("value");
            });
        }
    }
}
