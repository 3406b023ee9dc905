package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.EventLoop.Problem;
import dev.treadle.KeyboardInterrupt;
import dev.treadle.Promise;
import dev.treadle.Task;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@NullUnmarked
class ExecutorViewTest extends OnVirtualLoop {

    @Nested
    class AsAnExecutor {

        @Test
        void theLoopRunsCommandsInOrderNeverAtOnce() {
            run(() -> {
                loop.execute(saying("first"));
                loop.execute(saying("second"));
                say("submitted");
                yieldNow();
            });

            assertThat(log).containsExactly("submitted", "first", "second");
        }

        @Test
        void theLoopTakesTheStepsOfACompletableFuture() {
            String result =
                    run(() -> {
                        CompletableFuture<String> stage =
                                CompletableFuture.supplyAsync(
                                                () -> EventLoop.running().name(), loop)
                                        .thenApplyAsync(name -> "on " + name, loop);
                        return dev.treadle.Future.from(stage).await();
                    });

            assertThat(result).isEqualTo("on test");
        }

        @Test
        void aClosedLoopRejectsCommands() {
            loop.close();

            assertThatThrownBy(() -> loop.execute(saying("never")))
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessageContaining("closed")
                    .hasCauseInstanceOf(IllegalStateException.class);
        }
    }

    @Nested
    class AsAnExecutorService {
        private final ExecutorService service = loop.toExecutorService();

        @Test
        void aForeignThreadGetsTheResultOfWhatRanOnTheLoop() {
            run(() -> {
                Foreign<String> foreign =
                        onForeignThread(
                                () -> service.submit(() -> EventLoop.running().name()).get());
                awaitEnd(foreign);
                assertThat(foreign.join()).isEqualTo("test");
            });
        }

        @Test
        void aForeignThreadGetsTheFailureAsItsCause() {
            IOException failure = new IOException();

            run(() -> {
                Foreign<Throwable> foreign =
                        onForeignThread(() ->
                                thrownBy(() ->
                                        service.submit(
                                                        () -> {
                                                            throw failure;
                                                        })
                                                .get()));
                awaitEnd(foreign);
                assertThat(foreign.join())
                        .isInstanceOf(ExecutionException.class)
                        .cause()
                        .isSameAs(failure);
            });
        }

        @Test
        void aForeignThreadMayInvokeAllAndAny() {
            run(() -> {
                List<Callable<Integer>> actions = List.of(() -> 1, () -> 2, () -> 3);
                Foreign<Integer> foreign =
                        onForeignThread(() -> {
                            int sum = 0;
                            for (Future<Integer> each : service.invokeAll(actions)) {
                                sum += each.resultNow();
                            }
                            return sum + service.<Integer>invokeAny(List.of(() -> 10));
                        });
                awaitEnd(foreign);
                assertThat(foreign.join()).isEqualTo(16);
            });
        }

        /// Lets the loop go on until a thread has ended.
        private void awaitEnd(Foreign<?> foreign) {
            Async.toThread(
                            () -> {
                                foreign.thread().join();
                                return null;
                            })
                    .await();
        }

        @Tag("confined")
        @Test
        void waitingOnTheLoopItselfIsRefused() {
            run(() -> {
                Future<Integer> future = service.submit(() -> 1);
                refused(() -> future.get());
                refused(() -> future.get(1, TimeUnit.SECONDS));
                refused(() -> service.invokeAll(List.of(() -> 1)));
                refused(() -> service.invokeAny(List.of(() -> 1)));
                refused(() -> service.invokeAny(List.of(() -> 1), 1, TimeUnit.SECONDS));
                refused(() -> service.awaitTermination(1, TimeUnit.SECONDS));
                yieldTimes(2);
                assertThat(future.get()).isEqualTo(1);
            });
        }

        @Tag("confined")
        @Test
        void closingTheViewOnTheLoopIsRefusedWhileSomethingIsLeft() {
            run(() -> {
                service.submit(saying("ran"));
                refused(service::close);
                assertThat(service.isShutdown()).isTrue();
                yieldNow();
                service.close();
            });

            assertThat(log).containsExactly("ran");
        }

        private void refused(Coroutine.Action action) {
            assertThat(thrownBy(action))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("would wait for itself");
        }

        @Test
        void cancellingAFutureNeverInterruptsTheLoop() {
            run(() -> {
                Future<?>[] future = new Future<?>[1];
                future[0] =
                        service.submit(() -> {
                            assertThat(future[0].cancel(true)).isTrue();
                            say("interrupted=" + Thread.currentThread().isInterrupted());
                        });
                settle();
                assertThat(future[0].isCancelled()).isTrue();
                Future<?> never = service.submit(saying("never"));
                never.cancel(true);
                settle();
            });

            assertThat(log).containsExactly("interrupted=false");
        }

        @Test
        void shutDownItRefusesWhatComesAndFinishesWhatIsThere() {
            run(() -> {
                service.submit(saying("ran"));
                service.shutdown();
                assertThatThrownBy(() -> service.submit(saying("never")))
                        .isInstanceOf(RejectedExecutionException.class)
                        .hasMessageContaining("loop test");
                assertThat(service.isTerminated()).isFalse();
                settle();
                assertThat(service.isTerminated()).isTrue();
                loop.callSoon(saying("the loop goes on"));
                settle();
            });

            assertThat(log).containsExactly("ran", "the loop goes on");
        }

        @Test
        void shutDownNowItGivesBackWhatHasNotRun() {
            run(() -> {
                Runnable first = saying("first");
                service.execute(first);
                assertThat(service.shutdownNow()).containsExactly(first);
                assertThat(service.isTerminated()).isTrue();
                assertThat(service.shutdownNow()).isEmpty();
                yieldNow();
            });

            assertThat(log).isEmpty();
        }

        @Test
        void aForeignThreadMayAwaitItsTermination() {
            run(() -> {
                service.execute(saying("ran"));
                Foreign<Boolean> foreign =
                        onForeignThread(() -> {
                            boolean ended = service.awaitTermination(0, TimeUnit.SECONDS);
                            service.close();
                            return ended;
                        });
                awaitEnd(foreign);
                assertThat(foreign.join()).isFalse();
            });

            assertThat(log).containsExactly("ran");
        }

        @Test
        void whatACommandThrowsGoesToTheExceptionHandler() {
            IllegalArgumentException failure = new IllegalArgumentException();

            run(() -> {
                service.execute(() -> {
                    throw failure;
                });
                yieldNow();
            });

            assertThat(takeProblems()).extracting(Problem::exception).containsExactly(failure);
        }

        @Test
        void aFatalErrorLeavesTheLoop() {
            Future<?>[] future = new Future<?>[1];

            assertThatThrownBy(() ->
                            run(() -> {
                                future[0] =
                                        service.submit(() -> {
                                            throw new KeyboardInterrupt();
                                        });
                                yieldTimes(2);
                            }))
                    .isInstanceOf(KeyboardInterrupt.class);

            assertThat(future[0].exceptionNow()).isInstanceOf(KeyboardInterrupt.class);
            loop.tasks().forEach(Task::cancel);
            runOneIteration();
        }
    }

    @Nested
    class WhenTheLoopIsClosed {

        @Test
        void whatWasSubmittedIsCancelledAndMoreIsRejected() {
            ExecutorService service = loop.toExecutorService();
            Future<Integer> future = service.submit(() -> 1);
            loop.close();

            assertThatThrownBy(() -> future.get(1, TimeUnit.MINUTES))
                    .isInstanceOf(CancellationException.class);
            assertThatThrownBy(() -> service.submit(() -> 2))
                    .isInstanceOf(RejectedExecutionException.class);
            service.close();
        }

        @Test
        void aThreadThatSentACoroutineIsTold() {
            Future<Integer> future = Async.runCoroutineThreadsafe(Coroutine.of(() -> 1), loop);
            loop.close();

            assertThatThrownBy(() -> future.get(1, TimeUnit.MINUTES))
                    .isInstanceOf(CancellationException.class)
                    .hasStackTraceContaining("event loop test was closed");
        }

        @Test
        void aThreadThatWaitsForARunningCoroutineIsTold() {
            Future<Object> future =
                    Async.runCoroutineThreadsafe(Coroutine.of(() -> never().await()), loop);
            runOneIteration();
            runOneIteration();
            loop.close();
            takeProblems();

            assertThatThrownBy(() -> future.get(1, TimeUnit.MINUTES))
                    .isInstanceOf(CancellationException.class);
        }

        @Test
        void aViewOfAPromiseIsStillCompletedByHand() throws Exception {
            Promise<String> promise = loop.createPromise();
            CompletableFuture<String> view = promise.toCompletableFuture();
            loop.close();
            promise.complete("x");

            assertThat(view.get(1, TimeUnit.MINUTES)).isEqualTo("x");
        }
    }

    @Nested
    class BlockingGet {

        @Test
        void isRefusedOnTheLoopWhilePending() {
            run(() -> {
                Promise<String> promise = loop.createPromise();
                assertThatThrownBy(promise::get)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("await()");
                assertThatThrownBy(() -> promise.get(1, TimeUnit.SECONDS))
                        .isInstanceOf(IllegalStateException.class);
                promise.complete("x");
                assertThat(promise.get()).isEqualTo("x");
            });
        }

        @Test
        void fromAForeignThreadEndsInTime() {
            run(() -> {
                Promise<String> promise = loop.createPromise();
                Foreign<Throwable> foreign =
                        onForeignThread(
                                () -> thrownBy(() -> promise.get(1, TimeUnit.MILLISECONDS)));
                assertThat(foreign.join()).isInstanceOf(TimeoutException.class);
                Foreign<String> getting = onForeignThread(promise::get);
                promise.complete("x");
                assertThat(getting.join()).isEqualTo("x");
            });
        }
    }
}
