package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Coroutine;
import dev.treadle.FatalError;
import dev.treadle.Promise;
import dev.treadle.Task;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

@NullUnmarked
class TaskCancellationTest extends OnVirtualLoop {

    @Nested
    class WhenACancellerThrows {
        private final IllegalStateException failure = new IllegalStateException("canceller's");

        private Promise<String> stubborn() {
            return loop.createPromise(_ -> {
                throw failure;
            });
        }

        @Test
        void theTaskGoesOnWaitingAndIsCancelledWhenThatIsOver() {
            Promise<String> stubborn = stubborn();
            run(() -> {
                Task<?> task =
                        Async.createTask(() -> {
                            self().cancel("enough");
                            CancelledError error = (CancelledError) failureOf(stubborn);
                            say("cancelled: " + error.reason());
                            self().uncancel();
                            sleep(5);
                            say("slept");
                        });
                settle();
                stubborn.complete("done");
                task.await();
                assertThat(time.millis()).isEqualTo(6);
            });

            assertThat(log).containsExactly("cancelled: enough", "slept");
            assertThat(takeProblems())
                    .singleElement()
                    .satisfies(problem -> {
                        assertThat(problem.exception()).isSameAs(failure);
                        assertThat(problem.message()).contains("cancelled what it awaits");
                    });
        }

        @Test
        void aFatalErrorEndsTheRun() {
            FatalError fatal = new FatalError("exit");
            Promise<String> stubborn =
                    loop.createPromise(_ -> {
                        throw fatal;
                    });
            Task<?> task =
                    spawn(() -> {
                        self().cancel();
                        stubborn.await();
                    });

            assertThat(thrownBy(() -> loop.runUntilComplete(task))).isSameAs(fatal);

            stubborn.complete("done");
            assertThat(thrownBy(() -> loop.runUntilComplete(task)))
                    .isInstanceOf(CancelledError.class);
        }

        @Test
        void whoCancelsATaskThatWaitsGetsTheException() {
            Promise<String> stubborn = stubborn();
            run(() -> {
                Task<?> task = Async.createTask(() -> stubborn.await());
                settle();
                assertThat(thrownBy(task::cancel)).isSameAs(failure);
                stubborn.complete("done");
                assertThat(task.await()).isEqualTo("done");
            });
        }
    }

    @Nested
    class BeforeTheFirstStep {

        @Tag("confined")
        @Test
        @Behaviour("TSK-12")
        void noLineOfTheBodyRunsAndTheMessageArrives() {
            run(() -> {
                Task<?> task = Async.createTask(() -> say("ran"));
                assertThat(task.cancel("too late")).isTrue();

                assertThat(failureOf(task))
                        .isInstanceOfSatisfying(
                                CancelledError.class,
                                e -> assertThat(e.reason()).isEqualTo("too late"));
                assertThat(task.isCancelled()).isTrue();
            });

            assertThat(log).isEmpty();
        }

        @Tag("confined")
        @Test
        @Behaviour("TSK-12")
        void theTaskEndsInItsFirstStepAndNotAtOnce() {
            run(() -> {
                Task<?> task = Async.createTask(() -> say("ran"));
                task.cancel();
                assertThat(task.isDone()).isFalse();
                yieldNow();
                assertThat(task.isDone()).isTrue();
            });
        }

        @Tag("confined")
        @Test
        @Behaviour("TSK-23")
        void eachRequestIsAcceptedAndCounted() {
            run(() -> {
                Task<?> task = Async.createTask(() -> {});
                assertThat(task.cancelling()).isZero();
                assertThat(task.cancel("first")).isTrue();
                assertThat(task.cancel("second")).isTrue();
                assertThat(task.cancelling()).isEqualTo(2);
                assertThat(failureOf(task)).hasMessage("second");
                assertThat(task.cancelling()).isEqualTo(2);
            });
        }

        @Test
        @Behaviour("TSK-24")
        void withdrawingTheOnlyRequestWithdrawsTheCancellation() {
            run(() -> {
                Task<String> task =
                        Async.createTask(() -> {
                            sleep(1);
                            return "result";
                        });
                task.cancel();
                assertThat(task.uncancel()).isZero();
                assertThat(task.await()).isEqualTo("result");
                assertThat(task.isCancelled()).isFalse();
            });
        }

        @Tag("confined")
        @Test
        @Behaviour("TSK-24")
        void withdrawingOneOfTwoRequestsDoesNot() {
            run(() -> {
                Task<String> task = Async.createTask(() -> "result");
                task.cancel();
                task.cancel();
                assertThat(task.uncancel()).isEqualTo(1);
                assertThat(failureOf(task)).isInstanceOf(CancelledError.class);
            });
        }
    }

    @Nested
    class WhileItAwaits {

        @Tag("confined")
        @Test
        void whatItAwaitsIsCancelled() {
            run(() -> {
                Promise<String> promise = loop.createPromise();
                Task<?> task = Async.createTask(() -> promise.await());
                yieldNow();
                task.cancel("message");

                assertThat(promise.isCancelled()).isTrue();
                assertThat(task.isDone()).isFalse();
                assertThat(failureOf(task))
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("message");
            });
        }

        @Tag("confined")
        @Test
        @Behaviour("TSK-15")
        void aBodyThatSwallowsItGoesOnUndisturbed() {
            run(() -> {
                Promise<String> first = loop.createPromise();
                Promise<String> second = loop.createPromise();
                Task<String> task =
                        Async.createTask(() -> {
                            try {
                                first.await();
                            } catch (CancelledError e) {
                                say("swallowed");
                            }
                            return second.await();
                        });
                yieldNow();
                task.cancel();
                yieldNow();
                assertThat(log).containsExactly("swallowed");
                assertThat(second.isDone()).isFalse();
                second.complete("value");

                assertThat(task.await()).isEqualTo("value");
                assertThat(task.isCancelled()).isFalse();
                assertThat(task.cancelling()).isEqualTo(1);
            });
        }

        @Tag("confined")
        @Test
        @Behaviour("TSK-26")
        void theInnermostCoroutineSeesItFirstAndAnOuterOneMaySwallowIt() {
            run(() -> {
                Promise<String> promise = loop.createPromise();
                Coroutine<String> inner =
                        Coroutine.of(() -> {
                            try {
                                return promise.await();
                            } catch (CancelledError e) {
                                say("inner");
                                throw e;
                            }
                        });
                Task<String> outer =
                        Async.createTask(() -> {
                            try {
                                return inner.await();
                            } catch (CancelledError e) {
                                say("outer");
                                return "swallowed";
                            }
                        });
                yieldNow();
                outer.cancel();

                assertThat(outer.await()).isEqualTo("swallowed");
                assertThat(promise.isCancelled()).isTrue();
            });

            assertThat(log).containsExactly("inner", "outer");
        }

        @Tag("confined")
        @Test
        void itIsThrownInTheNextIteration() {
            run(() -> {
                Task<?> task =
                        Async.createTask(() -> {
                            try {
                                never().await();
                            } finally {
                                say("cancelled");
                            }
                        });
                yieldNow();
                loop.callSoon(saying("before"));
                task.cancel();
                loop.callSoon(saying("after"));
                say("requested");
                failureOf(task);
            });

            assertThat(log).containsExactly("requested", "before", "cancelled", "after");
        }

        @Tag("confined")
        @Test
        void andItsFutureIsCancelledAlreadyThatAnswersTheRequest() {
            run(() -> {
                Promise<String> promise = loop.createPromise();
                Task<?> task =
                        Async.createTask(() -> {
                            assertThat(failureOf(promise))
                                    .isInstanceOf(CancelledError.class)
                                    .hasMessage("of the future");
                            yieldNow();
                            say("undisturbed, cancelling " + self().cancelling());
                        });
                yieldNow();
                assertThat(promise.cancel("of the future")).isTrue();
                assertThat(task.cancel("of the task")).isTrue();

                task.await();
            });

            assertThat(log).containsExactly("undisturbed, cancelling 1");
        }

        @Tag("confined")
        @Test
        @Behaviour("TSK-19")
        void andItsFutureIsDoneAlreadyTheValueIsDropped() {
            run(() -> {
                Promise<String> promise = loop.createPromise();
                Task<String> task =
                        Async.createTask(() -> {
                            try {
                                return promise.await();
                            } catch (CancelledError e) {
                                say("cancelled at the await");
                                throw e;
                            }
                        });
                yieldNow();
                promise.complete("value");
                assertThat(task.cancel()).isTrue();

                assertThat(failureOf(task)).isInstanceOf(CancelledError.class);
                assertThat(promise.result()).isEqualTo("value");
            });

            assertThat(log).containsExactly("cancelled at the await");
        }

        @Test
        @Behaviour({"TSK-19", "TSK-24"})
        void andItsFutureIsDoneAlreadyWithdrawingBringsTheValueBack() {
            run(() -> {
                Promise<String> promise = loop.createPromise();
                Task<String> task = Async.createTask(() -> promise.await());
                yieldNow();
                promise.complete("value");
                task.cancel();
                task.uncancel();

                assertThat(task.await()).isEqualTo("value");
            });
        }

        @Test
        @Behaviour("TSK-23")
        void withdrawingDoesNotTakeBackWhatWasDelivered() {
            run(() -> {
                Task<?> task = Async.createTask(() -> never().await());
                settle();
                task.cancel();
                assertThat(task.uncancel()).isZero();
                assertThat(failureOf(task)).isInstanceOf(CancelledError.class);
            });
        }

        @Test
        @Behaviour("TSK-21")
        void aSleepLeavesNoTimerBehind() {
            run(() -> {
                Task<?> task = Async.createTask(() -> sleep(3_600_000));
                yieldNow();
                task.cancel();
                failureOf(task);
            });

            assertThatThrownBy(() -> loop.runUntilComplete(never()))
                    .isInstanceOf(VirtualTime.Deadlock.class);
            assertThat(time.elapsed()).isZero();
        }

        @Tag("confined")
        @Test
        void aChainOfTasksIsCancelledFromTheInside() {
            run(() -> {
                Task<?> innermost =
                        Async.createTask(() -> {
                            try {
                                never().await();
                            } finally {
                                say("innermost");
                            }
                        });
                Task<?> middle =
                        Async.createTask(() -> {
                            try {
                                innermost.await();
                            } finally {
                                say("middle");
                            }
                        });
                Task<?> outermost =
                        Async.createTask(() -> {
                            try {
                                middle.await();
                            } finally {
                                say("outermost");
                            }
                        });
                yieldNow();
                outermost.cancel("through");
                assertThat(failureOf(outermost))
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("through");
                assertThat(middle.isCancelled()).isTrue();
                assertThat(innermost.isCancelled()).isTrue();
            });

            assertThat(log).containsExactly("innermost", "middle", "outermost");
        }

        @Tag("confined")
        @Test
        void aBodyMayDelayItBySuspendingInItsCleanup() {
            run(() -> {
                Task<?> task =
                        Async.createTask(() -> {
                            try {
                                never().await();
                            } finally {
                                sleep(10);
                            }
                        });
                yieldNow();
                task.cancel();
                assertThat(failureOf(task)).isInstanceOf(CancelledError.class);
                assertThat(time.millis()).isEqualTo(10);
            });
        }

        @Tag("confined")
        @Test
        void aSecondRequestIsThrownFromTheCleanup() {
            run(() -> {
                Task<?> task =
                        Async.createTask(() -> {
                            try {
                                never().await();
                            } finally {
                                try {
                                    sleep(10);
                                } catch (CancelledError e) {
                                    say("again: " + e.reason());
                                }
                            }
                        });
                yieldNow();
                task.cancel("one");
                yieldNow();
                task.cancel("two");
                assertThat(failureOf(task)).hasMessage("one");
                assertThat(task.cancelling()).isEqualTo(2);
                assertThat(time.elapsed()).isZero();
            });

            assertThat(log).containsExactly("again: two");
        }

        @Test
        void catchingExceptionDoesNotSwallowIt() {
            run(() -> {
                Task<?> task =
                        Async.createTask(() -> {
                            try {
                                never().await();
                            } catch (Exception e) {
                                say("swallowed");
                            }
                        });
                yieldNow();
                task.cancel();
                assertThat(failureOf(task)).isInstanceOf(CancelledError.class);
            });

            assertThat(log).isEmpty();
        }

        @Tag("confined")
        @Test
        void aBodyMayAnswerWithAnotherException() {
            IllegalArgumentException failure = new IllegalArgumentException();

            run(() -> {
                Task<?> task =
                        Async.createTask(() -> {
                            try {
                                never().await();
                            } catch (CancelledError e) {
                                throw failure;
                            }
                        });
                yieldNow();
                task.cancel();
                assertThat(failureOf(task)).isSameAs(failure);
                assertThat(task.isCancelled()).isFalse();
            });
        }

        @Tag("confined")
        @Test
        @Behaviour("TSK-25")
        void aBodyThatAnswersWithAFatalErrorEndsTheRun() {
            FatalError fatal = new FatalError("exit");
            Task<?> task =
                    spawn(() -> {
                        try {
                            never().await();
                        } catch (CancelledError e) {
                            throw fatal;
                        }
                    });
            runOneIteration();
            task.cancel();

            assertThat(thrownBy(() -> loop.runUntilComplete(task))).isSameAs(fatal);

            assertThat(task.isDone()).isTrue();
            assertThat(task.isCancelled()).isFalse();
            assertThat(task.exception()).isSameAs(fatal);
        }

        @Tag("confined")
        @Test
        void aYieldThatHasNotComeBackIsCancelledToo() {
            run(() -> {
                Task<?> task =
                        Async.createTask(() -> {
                            yieldNow();
                            say("went on");
                        });
                yieldNow();
                task.cancel();
                assertThat(failureOf(task)).isInstanceOf(CancelledError.class);
            });

            assertThat(log).isEmpty();
        }

        @Test
        void awaitingACancelledFutureEndsTheTaskCancelled() {
            run(() -> {
                Promise<String> promise = loop.createPromise();
                Task<?> task = Async.createTask(() -> promise.await());
                yieldNow();
                promise.cancel("future");
                assertThat(failureOf(task)).isInstanceOf(CancelledError.class).hasMessage("future");
                assertThat(task.isCancelled()).isTrue();
                assertThat(task.cancelling()).isZero();
            });
        }

        @Test
        void aBodyThatThrowsTheErrorItselfEndsCancelled() {
            run(() -> {
                Task<?> task =
                        Async.createTask(() -> {
                            throw new CancelledError("by hand");
                        });
                assertThat(failureOf(task))
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("by hand");
                assertThat(task.isCancelled()).isTrue();
            });
        }

        @Test
        void oneAwaiterOfATaskThatIsCancelledTakesTheTaskAndItsOtherAwaitersWithIt() {
            run(() -> {
                Task<String> shared = Async.createTask(() -> this.<String>neverOf().await());
                Task<?> one = Async.createTask(() -> shared.await());
                Task<?> other = Async.createTask(() -> shared.await());
                settle();
                one.cancel();
                assertThat(failureOf(one)).isInstanceOf(CancelledError.class);
                assertThat(failureOf(other)).isInstanceOf(CancelledError.class);
                assertThat(shared.isCancelled()).isTrue();
                assertThat(other.cancelling()).isZero();
            });
        }

        private <T> Promise<T> neverOf() {
            return loop.createPromise();
        }
    }

    @Nested
    class OfItself {

        @Test
        @Behaviour("TSK-17")
        void returningRightAfterwardsEndsItCancelled() {
            run(() -> {
                Task<Integer> task =
                        Async.createTask(() -> {
                            self().cancel("self");
                            return 12;
                        });
                assertThat(failureOf(task)).isInstanceOf(CancelledError.class).hasMessage("self");
                assertThat(task.isCancelled()).isTrue();
            });
        }

        @Test
        void failingRightAfterwardsFailsIt() {
            IllegalArgumentException failure = new IllegalArgumentException();

            run(() -> {
                Task<Integer> task =
                        Async.createTask(() -> {
                            self().cancel();
                            throw failure;
                        });
                assertThat(failureOf(task)).isSameAs(failure);
                assertThat(task.isCancelled()).isFalse();
            });
        }

        @Test
        void itIsThrownFromTheNextAwaitThatSuspends() {
            run(() -> {
                Promise<String> done = loop.createPromise();
                done.complete("x");
                Promise<String> pending = loop.createPromise();
                Task<?> task =
                        Async.createTask(() -> {
                            self().cancel();
                            say(done.await());
                            say(Coroutine.of(() -> "coroutine").await());
                            pending.await();
                            say("not reached");
                        });
                assertThat(failureOf(task)).isInstanceOf(CancelledError.class);
                assertThat(pending.isCancelled()).isTrue();
            });

            assertThat(log).containsExactly("x", "coroutine");
        }

        @Test
        void itIsThrownFromAYieldAsWell() {
            run(() -> {
                Task<?> task =
                        Async.createTask(() -> {
                            self().cancel();
                            try {
                                yieldNow();
                            } finally {
                                say("thrown");
                            }
                        });
                assertThat(failureOf(task)).isInstanceOf(CancelledError.class);
            });

            assertThat(log).containsExactly("thrown");
        }

        @Tag("confined")
        @Test
        @Behaviour("TSK-18")
        void awaitingAChildAfterwardsCancelsTheChildAndWhatItAwaits() {
            run(() -> {
                Promise<String> promise = loop.createPromise();
                Task<String> child = Async.createTask(() -> promise.await());
                Task<?> task =
                        Async.createTask(() -> {
                            self().cancel();
                            child.await();
                        });
                assertThat(failureOf(task)).isInstanceOf(CancelledError.class);
                assertThat(task.isCancelled()).isTrue();
                assertThat(child.isCancelled()).isTrue();
                assertThat(promise.isCancelled()).isTrue();
            });
        }

        @Test
        @Behaviour("TSK-24")
        void withdrawingItInTimeUndoesIt() {
            run(() -> {
                Task<Integer> task =
                        Async.createTask(() -> {
                            self().cancel();
                            self().uncancel();
                            yieldNow();
                            return 12;
                        });
                assertThat(task.await()).isEqualTo(12);
            });
        }
    }

    @Nested
    class Withdrawing {

        @Test
        @Behaviour("TSK-23")
        void neverGoesBelowZero() {
            run(() -> {
                Task<?> task = self();
                assertThat(task.uncancel()).isZero();
                assertThat(task.cancelling()).isZero();
            });
        }

        @Tag("confined")
        @Test
        @Behaviour("TSK-23")
        void afterASwallowedCancellationLowersTheCount() {
            run(() -> {
                Task<Integer> task =
                        Async.createTask(() -> {
                            Task<?> self = self();
                            try {
                                never().await();
                            } catch (CancelledError e) {
                                say("cancelling " + self.cancelling());
                            }
                            return self.uncancel();
                        });
                yieldNow();
                task.cancel();
                task.cancel();
                assertThat(task.await()).isEqualTo(1);
            });

            assertThat(log).containsExactly("cancelling 2");
        }

        @Test
        @Behaviour("TSK-23")
        void ofADoneTaskHasNoEffect() {
            run(() -> {
                Task<?> task = Async.createTask(() -> {});
                task.cancel();
                failureOf(task);
                task.uncancel();
                assertThat(task.isCancelled()).isTrue();
                assertThat(failureOf(task)).isInstanceOf(CancelledError.class);
            });
        }
    }

    @Nested
    class OfADoneTask {

        @Test
        void isRefusedAndNotCounted() {
            run(() -> {
                Task<String> task = Async.createTask(() -> "x");
                task.await();
                assertThat(task.cancel()).isFalse();
                assertThat(task.cancel(true)).isFalse();
                assertThat(task.cancelling()).isZero();
                assertThat(task.result()).isEqualTo("x");
            });
        }
    }

    @Nested
    class Messages {

        @ParameterizedTest
        @NullSource
        @ValueSource(ints = 5)
        @ValueSource(strings = {"", "text"})
        @Behaviour("TSK-22")
        void ofAnyTypeArriveEverywhere(Object message) {
            run(() -> {
                List<Function<Task<?>, Throwable>> askers =
                        List.of(
                                task -> thrownBy(task::result),
                                task -> thrownBy(task::exception),
                                task -> failureOf(task));
                for (Function<Task<?>, Throwable> asker : askers) {
                    Task<?> task = Async.createTask(() -> never().await());
                    yieldNow();
                    task.cancel(message);
                    Async.wait(List.of(task)).await();
                    assertThat(asker.apply(task))
                            .isInstanceOfSatisfying(
                                    CancelledError.class,
                                    error -> assertThat(error.reason()).isSameAs(message));
                }
            });
        }

        @Test
        void goWithTheErrorToTheFirstWhoAsksForATasksResult() {
            run(() -> {
                Task<?> task = Async.createTask(() -> never().await());
                yieldNow();
                task.cancel("message");
                assertThat(failureOf(task)).hasMessage("message");
                assertThat(failureOf(task)).isInstanceOf(CancelledError.class).hasMessage(null);
            });
        }

        @Test
        void ofAPromiseGoToEveryoneWhoAsks() {
            Promise<String> promise = loop.createPromise();
            promise.cancel("message");

            assertThat(thrownBy(promise::result)).hasMessage("message");
            assertThat(thrownBy(promise::result)).hasMessage("message");
        }
    }

    @Nested
    class FromAnotherThread {

        @Test
        void isRefusedWhileTheLoopRuns() {
            run(() -> {
                Task<?> self = self();
                assertThat(onForeignThread(() -> thrownBy(self::cancel)).join())
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("callSoonThreadsafe");
                assertThat(self.cancelling()).isZero();
            });
        }

        @Test
        void goesThroughTheLoop() {
            run(() -> {
                Task<?> task = Async.createTask(() -> never().await());
                Foreign<?> cancelling =
                        onForeignThread(() -> loop.callSoonThreadsafe(task::cancel));
                assertThat(failureOf(task)).isInstanceOf(CancelledError.class);
                cancelling.join();
            });
        }

        @Test
        void isAllowedWhileTheLoopStandsStill() {
            Task<?> task = loop.createTask(Coroutine.of(() -> never().await()));
            runOneIteration();

            assertThat(task.cancel()).isTrue();

            assertThatThrownBy(() -> loop.runUntilComplete(task))
                    .isInstanceOf(CancelledError.class);
        }
    }
}
