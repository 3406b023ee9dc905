package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.Handle;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.TaskFactory;
import dev.treadle.TaskOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@NullUnmarked
class ThreadsafeTest extends OnVirtualLoop {

    @Nested
    class QueueingFromAnotherThread {

        @Test
        @Behaviour("THR-01")
        void wakesALoopThatWaits() {
            Promise<String> promise = loop.createPromise();

            String value =
                    run(() -> {
                        try (var _ = time.expectForeign()) {
                            onForeignThread(
                                    () -> loop.callSoonThreadsafe(() -> promise.complete("woken")));
                            return promise.await();
                        }
                    });

            assertThat(value).isEqualTo("woken");
        }

        @Test
        void wakesALoopThatWaitsForATimer() {
            Promise<String> promise = loop.createPromise();
            loop.callLater(ms(1_000_000), saying("timer"));

            run(() -> {
                try (var _ = time.expectForeign()) {
                    onForeignThread(() -> loop.callSoonThreadsafe(() -> promise.complete("woken")));
                    promise.await();
                }
            });

            assertThat(time.elapsed()).isZero();
            assertThat(log).isEmpty();
        }

        @Test
        void keepsTheOrderOfEachThreadAndLosesNothing() {
            int threads = 4;
            int each = 5000;
            List<List<Integer>> received = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                received.add(new ArrayList<>());
            }

            run(() -> {
                Promise<String> all = loop.createPromise();
                int[] left = {threads * each};
                for (List<Integer> mine : received) {
                    onForeignThread(() -> {
                        for (int i = 0; i < each; i++) {
                            int number = i;
                            loop.callSoonThreadsafe(() -> {
                                mine.add(number);
                                if (--left[0] == 0) {
                                    all.complete("");
                                }
                            });
                        }
                        return null;
                    });
                }
                all.await();
            });

            assertThat(received)
                    .allSatisfy(mine -> {
                        assertThat(mine).hasSize(each).isSorted();
                    });
        }

        @Test
        void sharedStateNeedsNoLockBecauseCallbacksAreSerial() {
            int[] plain = {0};

            run(() -> {
                Promise<String> all = loop.createPromise();
                for (int thread = 0; thread < 4; thread++) {
                    onForeignThread(() -> {
                        for (int i = 0; i < 1000; i++) {
                            loop.callSoonThreadsafe(() -> {
                                int before = plain[0];
                                plain[0] = before + 1;
                                if (plain[0] == 4000) {
                                    all.complete("");
                                }
                            });
                        }
                        return null;
                    });
                }
                all.await();
            });

            assertThat(plain[0]).isEqualTo(4000);
        }

        @Test
        void theUnsafeWayIsRefusedWhileTheLoopRuns() {
            run(() -> {
                assertThat(onForeignThread(() -> thrownBy(() -> loop.callSoon(saying("x")))).join())
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("callSoonThreadsafe")
                        .hasMessageContaining("foreign");
                assertThat(
                                onForeignThread(() ->
                                                thrownBy(() -> loop.callLater(ms(1), saying("x"))))
                                        .join())
                        .isInstanceOf(IllegalStateException.class);
                assertThat(
                                onForeignThread(() -> thrownBy(() -> loop.callAt(0, saying("x"))))
                                        .join())
                        .isInstanceOf(IllegalStateException.class);
                yieldTimes(3);
            });

            assertThat(log).isEmpty();
        }

        @Test
        void theUnsafeWayIsAllowedWhileTheLoopStandsStill() {
            onForeignThread(() -> loop.callSoon(saying("queued"))).join();

            runOneIteration();

            assertThat(log).containsExactly("queued");
        }

        @Test
        void whatHappenedBeforeIsSeenByTheCallback() {
            int[] plain = {0};
            Promise<Integer> promise = loop.createPromise();

            int seen =
                    run(() -> {
                        onForeignThread(() -> {
                            plain[0] = 42;
                            return loop.callSoonThreadsafe(() -> promise.complete(plain[0]));
                        });
                        return promise.await();
                    });

            assertThat(seen).isEqualTo(42);
        }
    }

    @Nested
    class QueueingFromTheLoop {

        @Test
        @Behaviour("THR-01")
        void keepsTheOrderRelativeToTheOrdinaryWay() {
            run(() -> {
                loop.callSoon(saying("1"));
                loop.callSoonThreadsafe(saying("2"));
                loop.callSoon(saying("3"));
                loop.callSoonThreadsafe(saying("4"));
                yieldNow();
            });

            assertThat(log).containsExactly("1", "2", "3", "4");
        }

        @Test
        @Behaviour("THR-01")
        void keepsTheOrderWhileTheLoopStandsStill() {
            loop.callSoon(saying("1"));
            loop.callSoonThreadsafe(saying("2"));
            loop.callSoon(saying("3"));

            runOneIteration();

            assertThat(log).containsExactly("1", "2", "3");
        }

        @Test
        void comesAfterWhatAnotherThreadQueuedBefore() {
            run(() -> {
                onForeignThread(() -> loop.callSoonThreadsafe(saying("foreign"))).join();
                loop.callSoon(saying("own"));
                yieldTimes(2);
            });

            assertThat(log).containsExactly("foreign", "own");
        }
    }

    @Nested
    class Cancelling {

        @Tag("confined")
        @Test
        @Behaviour("THR-02")
        void fromAnotherThreadBeforeTheStartPreventsTheCallback() {
            run(() -> {
                assertThat(
                                onForeignThread(
                                                () -> {
                                                    Handle handle =
                                                            loop.callSoonThreadsafe(saying("ran"));
                                                    handle.cancel();
                                                    return handle.isCancelled();
                                                })
                                        .join())
                        .isTrue();
                yieldTimes(3);
            });

            assertThat(log).isEmpty();
        }

        @Test
        @Behaviour("THR-02")
        void fromAnotherThreadWaitsWhileTheCallbackRuns() {
            CountDownLatch started = new CountDownLatch(1);
            CountDownLatch cancelling = new CountDownLatch(1);
            AtomicReference<Thread> thread = new AtomicReference<>();
            AtomicReference<String> order = new AtomicReference<>("");
            List<Handle> handles = new ArrayList<>();
            handles.add(
                    loop.callSoonThreadsafe(() -> {
                        started.countDown();
                        awaitBlocked(cancelling, thread);
                        order.updateAndGet(text -> text + "callback ended,");
                    }));
            Foreign<Boolean> foreign =
                    onForeignThread(() -> {
                        started.await();
                        thread.set(Thread.currentThread());
                        cancelling.countDown();
                        handles.get(0).cancel();
                        order.updateAndGet(text -> text + "cancel returned,");
                        return handles.get(0).isCancelled();
                    });

            runOneIteration();

            assertThat(foreign.join()).isFalse();
            assertThat(order).hasValue("callback ended,cancel returned,");
        }

        @Test
        @Behaviour("THR-02")
        void askingFromAnotherThreadWaitsWhileTheCallbackRuns() {
            CountDownLatch started = new CountDownLatch(1);
            CountDownLatch asking = new CountDownLatch(1);
            AtomicReference<Thread> thread = new AtomicReference<>();
            AtomicReference<String> order = new AtomicReference<>("");
            List<Handle> handles = new ArrayList<>();
            handles.add(
                    loop.callSoonThreadsafe(() -> {
                        started.countDown();
                        awaitBlocked(asking, thread);
                        order.updateAndGet(text -> text + "callback ended,");
                    }));
            Foreign<Boolean> foreign =
                    onForeignThread(() -> {
                        started.await();
                        thread.set(Thread.currentThread());
                        asking.countDown();
                        boolean cancelled = handles.get(0).isCancelled();
                        order.updateAndGet(text -> text + "answered,");
                        return cancelled;
                    });

            runOneIteration();

            assertThat(foreign.join()).isFalse();
            assertThat(order).hasValue("callback ended,answered,");
        }

        /// Lets the other thread go on, and waits until it is blocked, or has got past what should
        /// have blocked it.
        private void awaitBlocked(CountDownLatch ready, AtomicReference<Thread> thread) {
            try {
                ready.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            Thread other = thread.get();
            while (other.getState() != Thread.State.WAITING && other.isAlive()) {
                Thread.onSpinWait();
            }
        }

        @Test
        @Behaviour("THR-02")
        void insideTheCallbackItselfDoesNotBlock() {
            List<Handle> handles = new ArrayList<>();
            handles.add(
                    loop.callSoonThreadsafe(() -> {
                        handles.get(0).cancel();
                        say("cancelled " + handles.get(0).isCancelled());
                    }));

            runOneIteration();

            assertThat(log).containsExactly("cancelled false");
        }
    }

    @Nested
    class RunningACoroutineFromAnotherThread {

        @Test
        @Behaviour("THR-03")
        void deliversItsValue() {
            assertThat(
                            whileTheLoopRuns(() ->
                                    Async.runCoroutineThreadsafe(
                                                    Coroutine.of(() ->
                                                            Async.sleep(ms(0), "value").await()),
                                                    loop)
                                            .get()))
                    .isEqualTo("value");
        }

        @Test
        @Behaviour("THR-03")
        void deliversItsFailure() {
            IOException failure = new IOException();

            Throwable thrown =
                    whileTheLoopRuns(() ->
                            thrownBy(() ->
                                    Async.runCoroutineThreadsafe(
                                                    Coroutine.<String>of(() -> {
                                                        throw failure;
                                                    }),
                                                    loop)
                                            .get()));

            assertThat(thrown).isInstanceOf(ExecutionException.class).hasCause(failure);
        }

        @Test
        @Behaviour("THR-04")
        void givingUpAndCancellingCancelsTheTask() {
            CountDownLatch started = new CountDownLatch(1);
            CountDownLatch ended = new CountDownLatch(1);

            whileTheLoopRuns(() -> {
                Future<String> future =
                        Async.runCoroutineThreadsafe(
                                Coroutine.of(() -> {
                                    started.countDown();
                                    try {
                                        return this.<String>forEver().await();
                                    } catch (CancelledError e) {
                                        say("cancelled");
                                        throw e;
                                    } finally {
                                        ended.countDown();
                                    }
                                }),
                                loop);
                started.await();
                assertThatThrownBy(() -> future.get(1, TimeUnit.MILLISECONDS))
                        .isInstanceOf(TimeoutException.class);
                future.cancel(true);
                ended.await();
                return "";
            });

            assertThat(log).containsExactly("cancelled");
            assertThat(loop.tasks()).isEmpty();
        }

        private <T> Promise<T> forEver() {
            return loop.createPromise();
        }

        @Test
        @Behaviour("THR-04")
        void aTaskCancelledOnTheLoopShowsAsACancellation() {
            Throwable thrown =
                    whileTheLoopRuns(() ->
                            thrownBy(() ->
                                    Async.runCoroutineThreadsafe(
                                                    Coroutine.of(() -> {
                                                        self().cancel();
                                                        yieldNow();
                                                    }),
                                                    loop)
                                            .get()));

            assertThat(thrown).isInstanceOf(CancellationException.class);
        }

        @Test
        @Behaviour("THR-05")
        void onAClosedLoopIsRefusedAndTheCoroutineClosed() {
            loop.close();
            Coroutine<String> coroutine = Coroutine.of(() -> "x");

            assertThatThrownBy(() -> Async.runCoroutineThreadsafe(coroutine, loop))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(coroutine::runBody).hasMessageContaining("cannot reuse");
        }

        @Test
        void cancelledBeforeTheLoopComesToItItNeverRuns() {
            Coroutine<String> coroutine =
                    Coroutine.of(() -> {
                        say("ran");
                        return "x";
                    });
            Async.runCoroutineThreadsafe(coroutine, loop).cancel(true);

            runOneIteration();
            runOneIteration();

            assertThat(log).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(classes = {IllegalStateException.class, AssertionError.class})
        void whatTheTaskFactoryThrowsIsDeliveredAndReported(Class<? extends Throwable> type)
                throws ReflectiveOperationException {
            Throwable refusal = type.getConstructor().newInstance();

            Throwable thrown =
                    whileTheLoopRuns(() -> {
                        loop.callSoonThreadsafe(() -> loop.taskFactory(refusing(refusal)));
                        return thrownBy(() ->
                                Async.runCoroutineThreadsafe(Coroutine.of(() -> "never"), loop)
                                        .get());
                    });
            loop.taskFactory(null);

            assertThat(thrown).isInstanceOf(ExecutionException.class).hasCause(refusal);
            assertThat(takeProblems())
                    .singleElement()
                    .satisfies(problem -> assertThat(problem.exception()).isSameAs(refusal));
        }

        private static TaskFactory refusing(Throwable refusal) {
            return new TaskFactory() {
                @Override
                public <T> Task<T> createTask(
                        EventLoop on, Coroutine<T> coroutine, TaskOptions options) {
                    if (refusal instanceof Error error) {
                        throw error;
                    }
                    throw (RuntimeException) refusal;
                }
            };
        }

        /// Runs the loop while another thread does something.
        private <T> T whileTheLoopRuns(java.util.concurrent.Callable<T> action) {
            Task<T> waiting =
                    loop.createTask(
                            Coroutine.of(() -> {
                                Promise<T> result = loop.createPromise();
                                onForeignThread(() -> {
                                    try {
                                        result.tryComplete(action.call());
                                    } catch (Throwable e) {
                                        result.tryFail(e);
                                    }
                                    return null;
                                });
                                return result.await();
                            }));
            return loop.runUntilComplete(waiting);
        }
    }
}
