package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.Awaitable;
import dev.treadle.Coroutine;
import dev.treadle.FatalError;
import dev.treadle.Future;
import dev.treadle.GeneratorExit;
import dev.treadle.InvalidStateException;
import dev.treadle.Promise;
import dev.treadle.StopIteration;
import dev.treadle.Task;
import dev.treadle.TaskOptions;
import dev.treadle.usercode.Frames;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@NullUnmarked
class TaskTest extends OnVirtualLoop {

    @Nested
    class WhenCreated {

        @Tag("confined")
        @Test
        @Behaviour("TSK-01")
        void theBodyRunsInALaterIterationInTheOrderOfCreation() {
            run(() -> {
                for (String name : List.of("a", "b", "c")) {
                    Async.createTask(() -> say(name));
                    say("created " + name);
                }
                yieldNow();
            });

            assertThat(log).containsExactly("created a", "created b", "created c", "a", "b", "c");
        }

        @Tag("confined")
        @Test
        @Behaviour("TSK-01")
        void theFirstStepTakesItsPlaceAmongTheCallbacks() {
            run(() -> {
                loop.callSoon(saying("before"));
                Async.createTask(() -> say("task"));
                loop.callSoon(saying("after"));
                yieldNow();
            });

            assertThat(log).containsExactly("before", "task", "after");
        }

        @Test
        @Behaviour("TSK-01")
        void onALoopThatDoesNotRunItWaitsForTheRun() {
            Task<String> task =
                    loop.createTask(
                            Coroutine.of(() -> {
                                say("ran");
                                return "x";
                            }));

            assertThat(log).isEmpty();
            assertThat(task.isDone()).isFalse();
            assertThat(loop.runUntilComplete(task)).isEqualTo("x");
            assertThat(log).containsExactly("ran");
        }

        @Test
        @Behaviour("TSK-02")
        void aClosedLoopRefusesAndClosesTheCoroutine() {
            loop.close();
            Coroutine<String> coroutine = Coroutine.of(() -> "x");

            assertThatThrownBy(() -> loop.createTask(coroutine))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");

            assertThatThrownBy(coroutine::runBody).hasMessageContaining("cannot reuse");
        }

        @Test
        @Behaviour("TSK-02")
        void aForeignThreadIsRefusedWhileTheLoopRunsAndTheCoroutineIsClosed() {
            Coroutine<String> coroutine = Coroutine.of(() -> "x");

            run(() ->
                    assertThat(
                                    onForeignThread(() ->
                                                    thrownBy(() -> loop.createTask(coroutine)))
                                            .join())
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("runCoroutineThreadsafe"));

            assertThatThrownBy(coroutine::runBody).hasMessageContaining("cannot reuse");
        }

        @Test
        void aCoroutineThatHasStartedFailsItsTask() {
            run(() -> {
                Coroutine<String> coroutine = Coroutine.of(() -> "x");
                coroutine.await();
                assertThat(failureOf(Async.createTask(coroutine)))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("cannot reuse");
            });
        }

        @Tag("confined")
        @Test
        void aCancelledOneWhoseCoroutineSomebodyElseRunsFails() {
            run(() -> {
                Coroutine<?> coroutine = Coroutine.of(() -> sleep(10));
                Task<?> task = Async.createTask(coroutine);
                task.cancel();
                coroutine.await();
                assertThat(failureOf(task))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("coroutine is running");
            });
        }

        @Test
        @Behaviour("TSK-03")
        void itCannotBeCompletedByHand() {
            run(() -> {
                Task<String> task = Async.createTask(() -> "x");

                assertThat(task).isNotInstanceOf(Promise.class);
                assertThat(task.await()).isEqualTo("x");
            });
        }

        @Test
        void itKnowsItsCoroutineAndItsLoop() {
            run(() -> {
                Coroutine<String> coroutine = Coroutine.of(() -> "x");
                Task<String> task = Async.createTask(coroutine);

                assertThat(task.coroutine()).isSameAs(coroutine);
                assertThat(task.loop()).isSameAs(loop);
                task.await();
            });
        }

        @Tag("confined")
        @Test
        void itRunsOnEvenIfNobodyKeepsIt() {
            run(() -> {
                Async.createTask(() -> {
                    sleep(5);
                    say("ran on");
                });
                for (int i = 0; i < 3; i++) {
                    sleep(1);
                    System.gc();
                }
                sleep(5);
            });

            assertThat(log).containsExactly("ran on");
        }
    }

    @Nested
    class Names {

        @Test
        @Behaviour("TSK-07")
        void areNumberedIfNotGiven() {
            run(() -> {
                List<Integer> numbers = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    Task<?> task = Async.createTask(() -> {});
                    assertThat(task.name()).matches("Task-\\d+");
                    numbers.add(Integer.valueOf(task.name().substring("Task-".length())));
                    task.await();
                }
                assertThat(numbers.get(1)).isGreaterThan(numbers.get(0));
                assertThat(numbers.get(2)).isGreaterThan(numbers.get(1));
            });
        }

        @Test
        @Behaviour("TSK-07")
        void canBeGivenAndChanged() {
            run(() -> {
                Task<String> task =
                        Async.createTask(Coroutine.of(() -> "x"), TaskOptions.named("fetch"));
                assertThat(task.name()).isEqualTo("fetch");
                assertThat(task.toString()).contains("fetch");
                task.rename("fetched");
                assertThat(task.name()).isEqualTo("fetched");
                assertThat(task.toString()).contains("fetched");
                task.await();
            });
        }
    }

    @Nested
    class TheCurrentTask {

        @Test
        @Behaviour("TSK-08")
        void isNullInACallback() {
            run(() -> {
                loop.callSoon(() -> say("" + Async.currentTask()));
                yieldNow();
            });

            assertThat(log).containsExactly("null");
        }

        @Tag("confined")
        @Test
        @Behaviour("TSK-08")
        void staysRightWhileTasksInterleave() {
            run(() -> {
                List<Task<?>> tasks = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    tasks.add(
                            Async.createTask(() -> {
                                Task<?> self = self();
                                for (int step = 0; step < 3; step++) {
                                    say(self.name());
                                    yieldNow();
                                    assertThat(Async.currentTask()).isSameAs(self);
                                }
                                return self;
                            }));
                }
                Task<?> main = self();
                for (Task<?> task : tasks) {
                    assertThat(task.await()).isSameAs(task);
                    assertThat(Async.currentTask()).isSameAs(main);
                }
                assertThat(log.subList(0, 4))
                        .containsExactly(
                                tasks.get(0).name(),
                                tasks.get(1).name(),
                                tasks.get(0).name(),
                                tasks.get(1).name());
            });
        }

        @Test
        @Behaviour("TSK-08")
        void isAnErrorWhereNoLoopRuns() {
            assertThatThrownBy(Async::currentTask)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no running event loop");
        }

        @Test
        void isTheSameInAnAwaitedCoroutine() {
            run(() -> {
                Task<?> self = self();
                Coroutine<?> inner = Coroutine.of(() -> Async.currentTask());

                assertThat(inner.await()).isSameAs(self);
            });
        }

        @Test
        void isNotInheritedByAThreadThatTheTaskStarts() {
            run(() ->
                    assertThat(onForeignThread(() -> thrownBy(Async::currentTask)).join())
                            .isInstanceOf(IllegalStateException.class));
        }
    }

    @Nested
    class AllTasks {

        @Tag("confined")
        @Test
        void areThoseThatHaveNotEndedOldestFirst() {
            run(() -> {
                Task<?> main = self();
                Task<?> first = Async.createTask(() -> yieldTimes(2));
                Task<?> second = Async.createTask(() -> {});
                assertThat(List.copyOf(Async.allTasks())).isEqualTo(List.of(main, first, second));

                yieldNow();
                assertThat(List.copyOf(Async.allTasks())).isEqualTo(List.of(main, first));

                first.await();
                assertThat(List.copyOf(Async.allTasks())).isEqualTo(List.of(main));
            });
            assertThat(loop.tasks()).isEmpty();
        }
    }

    @Nested
    class Awaiting {

        @Test
        void givesTheValue() {
            assertThat(
                            run(() ->
                                    Async.createTask(
                                                    () -> {
                                                        sleep(1);
                                                        return "x";
                                                    })
                                            .await()))
                    .isEqualTo("x");
        }

        @Test
        void givesNullForAnAction() {
            run(() -> assertThat((Object) Async.createTask(() -> {}).await()).isNull());
        }

        @Test
        void throwsTheVeryFailure() {
            IllegalArgumentException failure = new IllegalArgumentException();

            run(() -> {
                Task<?> task =
                        Async.createTask(() -> {
                            yieldNow();
                            throw failure;
                        });
                assertThat(failureOf(task)).isSameAs(failure);
                assertThat(failureOf(task)).isSameAs(failure);
                assertThat(task.exception()).isSameAs(failure);
            });
        }

        @Test
        void wrapsACheckedException() {
            IOException failure = new IOException();

            run(() -> {
                Task<?> task =
                        Async.createTask(() -> {
                            throw failure;
                        });
                assertThat(failureOf(task))
                        .isExactlyInstanceOf(CompletionException.class)
                        .hasCause(failure);
                assertThat(task.exception()).isSameAs(failure);
            });
        }

        @Test
        void anAwaitedCoroutineThrowsItsCheckedExceptionWrapped() {
            IOException failure = new IOException();

            run(() -> {
                Coroutine<?> coroutine =
                        Coroutine.of(() -> {
                            throw failure;
                        });
                assertThat(failureOf(coroutine))
                        .isExactlyInstanceOf(CompletionException.class)
                        .hasCause(failure);
            });
        }

        @Test
        @Behaviour("COR-02")
        void aStopIterationThatLeavesTheBodyIsWrapped() {
            StopIteration stop = new StopIteration();

            run(() -> {
                Task<?> task =
                        Async.createTask(() -> {
                            throw stop;
                        });
                assertThat(failureOf(task))
                        .isExactlyInstanceOf(IllegalStateException.class)
                        .hasCause(stop);
            });
        }

        @Tag("confined")
        @Test
        void takesOneIterationFromTheEndOfTheTaskToItsAwaiter() {
            run(() -> {
                Task<?> task =
                        Async.createTask(() -> {
                            yieldNow();
                            loop.callSoon(() -> {
                                say("first iteration");
                                loop.callSoon(saying("second iteration"));
                            });
                        });
                task.await();
                say("awaiter");
                yieldTimes(2);
            });

            assertThat(log).containsExactly("first iteration", "awaiter", "second iteration");
        }

        @Tag("confined")
        @Test
        void wakesAllAwaitersInTheOrderInWhichTheyCame() {
            run(() -> {
                Promise<String> promise = loop.createPromise();
                List<Task<?>> tasks = new ArrayList<>();
                for (String name : List.of("a", "b", "c")) {
                    tasks.add(Async.createTask(() -> say(name + promise.await())));
                }
                yieldNow();
                promise.complete("!");
                for (Task<?> task : tasks) {
                    task.await();
                }
            });

            assertThat(log).containsExactly("a!", "b!", "c!");
        }

        @Tag("confined")
        @Test
        void keepsTheOrderOfCallbacksAndAwaitersOfOneFuture() {
            run(() -> {
                Promise<String> promise = loop.createPromise();
                promise.addDoneCallback(_ -> say("callback 1"));
                Task<?> task =
                        Async.createTask(() -> {
                            promise.await();
                            say("awaiter");
                        });
                yieldNow();
                promise.addDoneCallback(_ -> say("callback 2"));
                promise.complete("x");
                task.await();
            });

            assertThat(log).containsExactly("callback 1", "awaiter", "callback 2");
        }

        @Test
        @Behaviour("TSK-05")
        void aFutureOfAnotherLoopIsRefused() {
            try (CoreEventLoop other = TestLoops.virtual()) {
                Promise<String> foreign = other.createPromise();

                run(() ->
                        assertThat(failureOf(foreign))
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("different loop"));
            }
        }

        @Test
        void oneselfIsRefused() {
            run(() -> {
                Task<?> task = Async.createTask(() -> self().await());
                assertThat(failureOf(task)).isInstanceOf(IllegalStateException.class);
            });
        }

        @Test
        void worksInADeepStack() {
            assertThat(
                            run(() -> {
                                Task<Integer> task = Async.createTask(() -> depth(1000));
                                return task.await();
                            }))
                    .isEqualTo(1000);
        }

        private int depth(int left) {
            if (left == 0) {
                sleep(1);
                return 0;
            }
            int below = depth(left - 1);
            if (left % 250 == 0) {
                yieldNow();
            }
            return below + 1;
        }

        @Test
        void keepsMonitorsThatTheTaskHolds() {
            Object monitor = new Object();

            run(() -> {
                Task<?> holder =
                        Async.createTask(() -> {
                            synchronized (monitor) {
                                sleep(1);
                                assertThat(Thread.holdsLock(monitor)).isTrue();
                            }
                        });
                yieldNow();
                assertThat(Thread.holdsLock(monitor)).isFalse();
                holder.await();
            });
        }

        @Test
        void anInterruptedCoroutineCanGoOnAwaiting() {
            run(() -> {
                Task<String> task =
                        Async.createTask(() -> {
                            Thread.currentThread().interrupt();
                            sleep(1);
                            yieldNow();
                            String woken = Async.sleep(ms(1), "woken").await();
                            return woken + " " + Thread.interrupted();
                        });
                assertThat(task.await()).isEqualTo("woken true");
            });
        }

        @Test
        void theInterruptOfOneTaskIsNotSeenByTheNext() {
            run(() -> {
                Async.createTask(() -> Thread.currentThread().interrupt()).await();
                Task<Boolean> next = Async.createTask(() -> Thread.currentThread().isInterrupted());
                assertThat(next.await()).isFalse();
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
            });
        }
    }

    @Nested
    class EnsuringAFuture {

        @Test
        @Behaviour("TSK-06")
        void returnsAFutureAsItIs() {
            run(() -> {
                Task<String> task = Async.createTask(() -> "x");
                Promise<String> promise = loop.createPromise();
                assertThat(Async.ensureFuture(task)).isSameAs(task);
                assertThat(Async.ensureFuture(promise)).isSameAs(promise);
                task.await();
            });
        }

        @Test
        @Behaviour("TSK-06")
        void makesATaskOfACoroutine() {
            run(() -> {
                Future<String> future = Async.ensureFuture(Coroutine.of(() -> "x"));
                assertThat(future).isInstanceOf(Task.class);
                assertThat(future.await()).isEqualTo("x");
            });
        }

        @Test
        @Behaviour("TSK-06")
        void makesATaskOfAnyOtherAwaitable() {
            run(() -> {
                Awaitable<String> awaitable = () -> Async.sleep(ms(1), "x").await();
                Future<String> future = Async.ensureFuture(awaitable);
                assertThat(future).isInstanceOf(Task.class);
                assertThat(future.await()).isEqualTo("x");
            });
        }

        @Test
        @Behaviour("TSK-06")
        void refusesAFutureOfAnotherLoop() {
            try (CoreEventLoop other = TestLoops.virtual("other", new VirtualTime())) {
                Promise<String> foreign = other.createPromise();

                run(() ->
                        assertThatThrownBy(() -> Async.ensureFuture(foreign))
                                .isInstanceOf(IllegalArgumentException.class)
                                .hasMessageContaining("other"));
            }
        }
    }

    @Nested
    class Sleeping {

        @Tag("confined")
        @Test
        @Behaviour("TSK-27")
        void forNoTimeLetsWhatIsReadyRunOnceAndNoMore() {
            run(() -> {
                loop.callSoon(() -> {
                    say("queued");
                    loop.callSoon(saying("queued by it"));
                });
                String result = Async.sleep(Duration.ZERO, "result").await();
                say(result);
                yieldNow();
            });

            assertThat(log).containsExactly("queued", "result", "queued by it");
        }

        @Tag("confined")
        @Test
        @Behaviour("TSK-27")
        void forLessThanNoTimeDoesTheSame() {
            run(() -> {
                loop.callSoon(saying("queued"));
                Async.sleep(ms(-1)).await();
                say("awake");
            });

            assertThat(log).containsExactly("queued", "awake");
            assertThat(time.elapsed()).isZero();
        }

        @Test
        @Behaviour("TSK-27")
        void forATimeGivesTheResultAfterIt() {
            run(() -> {
                assertThat(Async.sleep(ms(10), "result").await()).isEqualTo("result");
                assertThat(time.millis()).isEqualTo(10);
            });
        }

        @Test
        void theTimeCountsFromTheAwait() {
            run(() -> {
                Coroutine<?> sleep = Async.sleep(ms(10));
                sleep(5);
                sleep.await();
                assertThat(time.millis()).isEqualTo(15);
            });
        }

        @Tag("confined")
        @Test
        @Timeout(value = 5, unit = TimeUnit.MINUTES)
        void aHundredThousandTasksAllWakeInTheOrderOfTheirTimes() {
            int count = 100_000;
            List<Integer> woken = new ArrayList<>(count);
            List<Integer> delays = new ArrayList<>(IntStream.range(1, count + 1).boxed().toList());
            Collections.shuffle(delays, new java.util.Random(7));

            run(() -> {
                List<Task<?>> tasks = new ArrayList<>(count);
                for (int delay : delays) {
                    tasks.add(
                            Async.createTask(() -> {
                                Async.sleep(Duration.ofNanos(1_000L * delay)).await();
                                woken.add(delay);
                            }));
                }
                yieldNow();
                assertThat(Async.allTasks()).hasSize(count + 1);
                for (Task<?> task : tasks) {
                    task.await();
                }
            });

            assertThat(woken).isEqualTo(IntStream.range(1, count + 1).boxed().toList());
        }

        @Tag("confined")
        @Test
        void tasksThatSleepEquallyLongWakeInTheOrderInWhichTheyFellAsleep() {
            List<Integer> woken = new ArrayList<>();

            run(() -> {
                List<Task<?>> tasks = new ArrayList<>();
                for (int i = 0; i < 1000; i++) {
                    int number = i;
                    tasks.add(
                            Async.createTask(() -> {
                                sleep(10);
                                woken.add(number);
                            }));
                }
                for (Task<?> task : tasks) {
                    task.await();
                }
            });

            assertThat(woken).isEqualTo(IntStream.range(0, 1000).boxed().toList());
        }
    }

    @Nested
    class WhenItFailsFatally {

        @Test
        void theErrorLeavesTheRunAndIsTheTasksFailure() {
            FatalError fatal = new FatalError("stop everything");
            Task<?> task =
                    loop.createTask(
                            Coroutine.of(() -> {
                                throw fatal;
                            }));

            assertThat(thrownBy(loop::runForever)).isSameAs(fatal);

            assertThat(task.isDone()).isTrue();
            assertThat(task.isCancelled()).isFalse();
            assertThat(task.exception()).isSameAs(fatal);
        }

        @Tag("confined")
        @Test
        void whatWasReadyRunsInTheNextRun() {
            FatalError fatal = new FatalError("stop everything");
            Task<?> task =
                    spawn(() -> {
                        throw fatal;
                    });
            loop.callSoon(saying("later"));

            assertThat(thrownBy(loop::runForever)).isSameAs(fatal);
            assertThat(log).isEmpty();
            assertThat(loop.isRunning()).isFalse();
            runOneIteration();

            assertThat(log).containsExactly("later");
            assertThat(task.exception()).isSameAs(fatal);
        }

        @Test
        void afterASuspensionTheLoopCanRunOnToo() {
            Task<String> other =
                    loop.createTask(
                            Coroutine.of(() -> {
                                sleep(10);
                                return "other";
                            }));
            Task<?> failing =
                    loop.createTask(
                            Coroutine.of(() -> {
                                sleep(5);
                                throw new FatalError("stop everything");
                            }));

            assertThat(thrownBy(loop::runForever))
                    .isInstanceOf(FatalError.class)
                    .isSameAs(failing.exception());

            assertThat(loop.runUntilComplete(other)).isEqualTo("other");
            assertThat(time.millis()).isEqualTo(10);
        }

        @Test
        void anOrdinaryErrorOnlyFailsTheTask() {
            AssertionError failure = new AssertionError();

            run(() -> {
                Task<?> task =
                        Async.createTask(() -> {
                            throw failure;
                        });
                assertThat(failureOf(task)).isSameAs(failure);
            });
        }

        @Test
        void aStackOverflowOnlyFailsTheTask() {
            run(() -> {
                Task<?> task = Async.createTask(() -> endless(0));
                assertThat(failureOf(task)).isInstanceOf(StackOverflowError.class);
            });
        }

        @SuppressWarnings("InfiniteRecursion")
        private int endless(int depth) {
            return endless(depth + 1) + 1;
        }
    }

    @Nested
    class WhenItsLoopIsClosed {

        @Tag("confined")
        @Test
        @Behaviour("TSK-28")
        void aPendingTaskIsReported() {
            Task<?> task = spawn(() -> sleep(1));
            runOneIteration();

            loop.close();

            assertThat(takeProblems())
                    .singleElement()
                    .satisfies(problem -> {
                        assertThat(problem.message()).contains("destroyed").contains("pending");
                        assertThat(problem.future()).isSameAs(task);
                    });
        }

        @Tag("confined")
        @Test
        void aSuspendedTaskRunsItsFinallyBlocks() {
            loop.createTask(
                    Coroutine.of(() -> {
                        try {
                            sleep(1);
                            say("not reached");
                        } catch (Exception e) {
                            say("not caught");
                        } catch (GeneratorExit e) {
                            say("exit");
                            throw e;
                        } finally {
                            say("finally");
                        }
                    }));
            runOneIteration();

            loop.close();

            assertThat(log).containsExactly("exit", "finally");
            assertThat(takeProblems()).hasSize(1);
        }

        @Test
        void aTaskThatNeverStartedRunsNothing() {
            Coroutine<?> coroutine = Coroutine.of(() -> say("ran"));
            loop.createTask(coroutine);

            loop.close();

            assertThat(log).isEmpty();
            assertThat(takeProblems()).hasSize(1);
        }

        @Tag("confined")
        @Test
        void manySuspendedTasksAllRunTheirFinallyBlocks() {
            for (int i = 0; i < 500; i++) {
                int number = i;
                loop.createTask(
                        Coroutine.of(() -> {
                            try {
                                never().await();
                            } finally {
                                say("" + number);
                            }
                        }));
            }
            runOneIteration();

            loop.close();

            assertThat(log).hasSize(500).doesNotHaveDuplicates();
            assertThat(takeProblems()).hasSize(500);
        }

        @Tag("confined")
        @Test
        void aTaskThatAwaitsInItsCleanupDoesNotKeepTheLoopFromClosing() {
            loop.createTask(
                    Coroutine.of(() -> {
                        try {
                            never().await();
                        } finally {
                            try {
                                sleep(1);
                            } finally {
                                say("cleaned up");
                            }
                        }
                    }));
            runOneIteration();

            loop.close();

            assertThat(log).containsExactly("cleaned up");
            assertThat(loop.isClosed()).isTrue();
            assertThat(takeProblems()).isNotEmpty();
        }

        @Tag("confined")
        @Test
        void noThreadOfItIsLeft() {
            CountDownLatch ended = new CountDownLatch(1);
            List<Thread> threads = new ArrayList<>();
            loop.createTask(
                    Coroutine.of(() -> {
                        threads.add(Thread.currentThread());
                        try {
                            never().await();
                        } finally {
                            ended.countDown();
                        }
                    }));
            runOneIteration();

            loop.close();
            takeProblems();

            assertThat(ended.getCount()).isZero();
            assertThat(threads)
                    .singleElement()
                    .satisfies(thread -> assertThat(thread.isAlive()).isFalse());
        }
    }

    @Nested
    class ItsStack {

        @Tag("confined")
        @Test
        void showsWhereASuspendedTaskStands() {
            run(() -> {
                Task<?> task = Async.createTask(() -> Frames.findMe(never()));
                yieldNow();
                assertThat(task.stack())
                        .extracting(StackTraceElement::getMethodName)
                        .contains("findMe");
                task.cancel();
                failureOf(task);
            });
        }

        @Test
        void showsWhereAFailedTaskFailed() {
            run(() -> {
                Task<?> task = Async.createTask(() -> Frames.failHere());
                failureOf(task);
                assertThat(task.stack().get(0).getMethodName()).isEqualTo("failHere");
            });
        }

        @Test
        void isEmptyBeforeTheStartAndAfterTheEnd() {
            run(() -> {
                Task<?> task = Async.createTask(() -> {});
                assertThat(task.stack()).isEmpty();
                task.await();
                assertThat(task.stack()).isEmpty();
            });
        }
    }

    @Nested
    class ItsBody {

        @Test
        void isLetGoOfWithWhatItHasCapturedWhenItHasEnded() {
            Object value = new Object();
            WeakReference<Object> captured = new WeakReference<>(value);
            Task<?> task = spawn(capturing(value));
            value = null;

            loop.runUntilComplete(task);

            for (int i = 0; i < 200 && captured.get() != null; i++) {
                System.gc();
            }
            assertThat(captured.get()).isNull();
            assertThat(task.coroutine().toString()).startsWith("Coroutine[").endsWith(", ended]");
        }

        private static Coroutine.Action capturing(Object value) {
            return () -> assertThat(value).isNotNull();
        }
    }

    @Nested
    class ItsResult {

        @Tag("confined")
        @Test
        void isRefusedWhileItRuns() {
            run(() -> {
                Task<String> task = Async.createTask(() -> "x");
                assertThatThrownBy(task::result).isInstanceOf(InvalidStateException.class);
                task.await();
                assertThat(task.result()).isEqualTo("x");
                assertThat(task.exception()).isNull();
            });
        }
    }
}
