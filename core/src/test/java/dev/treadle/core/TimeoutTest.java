package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Coroutine;
import dev.treadle.ExceptionGroup;
import dev.treadle.Task;
import dev.treadle.TaskGroup;
import dev.treadle.Timeout;
import dev.treadle.TimeoutError;
import java.time.Duration;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@NullUnmarked
class TimeoutTest extends OnVirtualLoop {

    @Nested
    class WhenTheBodyIsInTime {

        @Test
        @Behaviour("TMO-02")
        void itHasNotExpiredAndNoLateCancellationArrives() {
            run(() -> {
                Timeout limit = Timeout.after(ms(10));
                long deadline = loop.time() + ms(10).toNanos();
                assertThat(limit.run(() -> Async.sleep(ms(5), "value").await()).await())
                        .isEqualTo("value");

                assertThat(limit.expired()).isFalse();
                assertThat(limit.deadline()).hasValue(deadline);
                sleep(20);
                assertThat(self().cancelling()).isZero();
            });
        }

        @Test
        @Behaviour("TMO-02")
        void noTimerIsLeft() {
            run(() -> {
                Async.timeout(ms(10), () -> yieldNow()).await();
            });

            assertThatThrownBy(() -> loop.runUntilComplete(never()))
                    .isInstanceOf(VirtualTime.Deadlock.class);
            assertThat(time.elapsed()).isZero();
        }

        @Test
        @Behaviour("TMO-02")
        void aLimitWithoutADeadlineNeverFires() {
            run(() -> {
                Timeout limit = Timeout.never();
                limit.run(() -> sleep(1_000_000)).await();
                assertThat(limit.expired()).isFalse();
                assertThat(limit.deadline()).isEmpty();
            });
        }

        @Tag("confined")
        @Test
        void aBodyThatDoesNotSuspendIsInTimeEvenIfTheTimeIsZero() {
            run(() -> {
                Timeout limit = Timeout.after(Duration.ZERO);
                assertThat(limit.run(() -> "value").await()).isEqualTo("value");
                assertThat(limit.expired()).isFalse();
                yieldTimes(3);
            });
        }
    }

    @Nested
    class WhenTheTimeIsUp {

        @Test
        void theBodyIsCancelledAndTheErrorIsTheCause() {
            run(() -> {
                Timeout limit = Timeout.after(ms(10));
                Throwable failure =
                        failureOf(
                                limit.run(() -> {
                                    try {
                                        sleep(100);
                                    } catch (CancelledError e) {
                                        say("cancelled at " + time.millis());
                                        throw e;
                                    }
                                }));
                assertThat(failure)
                        .isInstanceOf(TimeoutError.class)
                        .hasCauseInstanceOf(CancelledError.class);
                assertThat(limit.expired()).isTrue();
                assertThat(self().cancelling()).isZero();
                sleep(5);
            });

            assertThat(log).containsExactly("cancelled at 10");
        }

        @Test
        void aTimeOfZeroExpiresAtTheFirstSuspension() {
            run(() -> {
                Throwable failure =
                        failureOf(
                                Async.timeout(
                                        Duration.ZERO,
                                        () -> {
                                            say("started");
                                            sleep(1);
                                            say("not reached");
                                        }));
                assertThat(failure).isInstanceOf(TimeoutError.class);
                assertThat(time.elapsed()).isZero();
            });

            assertThat(log).containsExactly("started");
        }

        @Test
        void anAbsoluteDeadlineWorksLikewise() {
            run(() -> {
                Timeout limit = Timeout.at(loop.time() + ms(10).toNanos());
                sleep(5);
                assertThat(failureOf(limit.run(() -> sleep(100)))).isInstanceOf(TimeoutError.class);
                assertThat(time.millis()).isEqualTo(10);
            });
        }

        @Test
        void aDeadlineInThePastExpiresAtTheFirstSuspension() {
            run(() -> {
                Timeout limit = Timeout.at(loop.time() - 1);
                assertThat(failureOf(limit.run(() -> sleep(100)))).isInstanceOf(TimeoutError.class);
                assertThat(time.elapsed()).isZero();
            });
        }

        @Test
        void aBodyThatSwallowsItGivesItsValue() {
            run(() -> {
                Timeout limit = Timeout.after(ms(10));
                String value =
                        limit.run(
                                        () -> {
                                            try {
                                                never().await();
                                            } catch (CancelledError e) {
                                                say("swallowed");
                                            }
                                            return "value";
                                        })
                                .await();
                assertThat(value).isEqualTo("value");
                assertThat(limit.expired()).isTrue();
                assertThat(self().cancelling()).isZero();
            });
        }

        @Test
        void aTaskAwaitedInTheBodyIsCancelled() {
            run(() -> {
                Task<?> slow = Async.createTask(() -> sleep(100));
                assertThat(failureOf(Async.timeout(ms(10), () -> slow.await())))
                        .isInstanceOf(TimeoutError.class);
                assertThat(slow.isCancelled()).isTrue();
            });
        }

        @Test
        @Behaviour("TMO-07")
        void anErrorOfTheCleanupPassesWithTheTimeoutAttached() {
            run(() -> {
                ArithmeticException failure = new ArithmeticException();
                Throwable thrown =
                        failureOf(
                                Async.timeout(
                                        ms(10),
                                        () -> {
                                            try {
                                                never().await();
                                            } finally {
                                                fail(failure);
                                            }
                                        }));
                assertThat(thrown).isSameAs(failure);
                assertThat(failure.getSuppressed()).hasAtLeastOneElementOfType(TimeoutError.class);
            });
        }

        @Test
        @Behaviour("TMO-07")
        void aGroupsFailuresInTheCleanupPassWithTheTimeoutAttached() {
            run(() -> {
                ArithmeticException failure = new ArithmeticException();
                Throwable thrown =
                        failureOf(
                                Async.timeout(
                                        ms(10),
                                        () ->
                                                TaskGroup.run(group ->
                                                                group.createTask(() -> {
                                                                    try {
                                                                        never().await();
                                                                    } finally {
                                                                        fail(failure);
                                                                    }
                                                                }))
                                                        .await()));
                assertThat(thrown).isInstanceOf(ExceptionGroup.class);
                assertThat(((ExceptionGroup) thrown).exceptions()).containsExactly(failure);
                assertThat(thrown.getSuppressed()).hasAtLeastOneElementOfType(TimeoutError.class);
                assertThat(self().cancelling()).isZero();
                yieldNow();
            });
        }

        private void fail(RuntimeException failure) {
            throw failure;
        }
    }

    @Nested
    class WhenTheBodyEndsOtherwise {

        @Test
        @Behaviour("TMO-06")
        void itsOwnErrorPassesUnchanged() {
            run(() -> {
                IllegalArgumentException failure = new IllegalArgumentException();
                Timeout limit = Timeout.after(ms(10));
                assertThat(
                                failureOf(
                                        limit.run(() -> {
                                            throw failure;
                                        })))
                        .isSameAs(failure);
                assertThat(failure.getSuppressed()).isEmpty();
                assertThat(limit.expired()).isFalse();
            });
        }

        @Test
        @Behaviour("TMO-06")
        void aCancellationFromOutsideStaysOne() {
            run(() -> {
                Timeout limit = Timeout.after(ms(10));
                Task<?> task = Async.createTask(() -> limit.run(() -> never().await()).await());
                sleep(5);
                task.cancel("outside");
                assertThat(failureOf(task))
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("outside");
                assertThat(limit.expired()).isFalse();
            });
        }

        @Test
        @Behaviour("TMO-10")
        void aCancellationFromOutsideWinsIfBothArriveTogether() {
            run(() -> {
                Timeout limit = Timeout.after(ms(10));
                Task<?> task = Async.createTask(() -> limit.run(() -> never().await()).await());
                yieldNow();
                loop.callLater(ms(10), task::cancel);
                assertThat(failureOf(task)).isInstanceOf(CancelledError.class);
                assertThat(limit.expired()).isTrue();
                assertThat(task.cancelling()).isEqualTo(1);
            });
        }
    }

    @Nested
    class WhenNested {

        @Tag("confined")
        @Test
        @Behaviour("TMO-04")
        void withOneDeadlineOnlyTheOuterRaisesTimeoutError() {
            run(() -> {
                long deadline = loop.time() + ms(10).toNanos();
                Timeout outer = Timeout.at(deadline);
                Timeout inner = Timeout.at(deadline);
                Throwable failure =
                        failureOf(
                                outer.run(() -> {
                                    Throwable fromInner = failureOf(inner.run(() -> sleep(100)));
                                    assertThat(fromInner).isInstanceOf(CancelledError.class);
                                    throw (CancelledError) fromInner;
                                }));
                assertThat(failure).isInstanceOf(TimeoutError.class);
                assertThat(outer.expired()).isTrue();
                assertThat(inner.expired()).isTrue();
                assertThat(self().cancelling()).isZero();
            });
        }

        @Tag("confined")
        @Test
        @Behaviour("TMO-05")
        void andTheLoopIsBusyPastTheOuterOneTheInnerExpiresFirst() {
            run(() -> {
                Timeout outer = Timeout.after(ms(20));
                Throwable failure =
                        failureOf(
                                outer.run(() -> {
                                    Throwable fromInner =
                                            failureOf(
                                                    Async.timeout(
                                                            ms(10),
                                                            () -> {
                                                                // The inner deadline is noticed
                                                                // first; while it is dealt with,
                                                                // the outer one passes as well.
                                                                try {
                                                                    never().await();
                                                                } finally {
                                                                    time.pass(ms(30).toNanos());
                                                                }
                                                            }));
                                    assertThat(fromInner).isInstanceOf(TimeoutError.class);
                                    say("inner timed out");
                                    yieldTimes(3);
                                    say("not reached");
                                }));
                assertThat(failure).isInstanceOf(TimeoutError.class);
                assertThat(outer.expired()).isTrue();
            });

            assertThat(log).containsExactly("inner timed out");
        }

        @Test
        void theInnerMayExpireAlone() {
            run(() -> {
                Timeout outer = Timeout.after(ms(20));
                outer.run(
                                () -> {
                                    assertThat(
                                                    failureOf(
                                                            Async.timeout(
                                                                    ms(10), () -> never().await())))
                                            .isInstanceOf(TimeoutError.class);
                                    sleep(5);
                                })
                        .await();
                assertThat(outer.expired()).isFalse();
            });
        }

        @Test
        void theOuterExpiresThroughTheInner() {
            run(() -> {
                Timeout inner = Timeout.after(ms(20));
                Throwable failure =
                        failureOf(
                                Async.timeout(
                                        ms(10), () -> inner.run(() -> never().await()).await()));
                assertThat(failure).isInstanceOf(TimeoutError.class);
                assertThat(inner.expired()).isFalse();
            });
        }

        @Test
        @Behaviour("TMO-11")
        void oneInTheCleanupOfAnotherWorksOnItsOwn() {
            run(() -> {
                Throwable failure =
                        failureOf(
                                Async.timeout(
                                        ms(10),
                                        () -> {
                                            try {
                                                sleep(100);
                                            } finally {
                                                assertThat(
                                                                failureOf(
                                                                        Async.timeout(
                                                                                ms(5),
                                                                                () -> sleep(100))))
                                                        .isInstanceOf(TimeoutError.class);
                                                say("inner at " + time.millis());
                                            }
                                        }));
                assertThat(failure).isInstanceOf(TimeoutError.class);
            });

            assertThat(log).containsExactly("inner at 15");
        }
    }

    @Nested
    class AfterASwallowedCancellation {

        @Tag("confined")
        @Test
        @Behaviour("TMO-10")
        void itStillRaisesTimeoutError() {
            run(() -> {
                Task<?> task =
                        Async.createTask(() -> {
                            swallowACancellation();
                            assertThat(failureOf(Async.timeout(ms(10), () -> sleep(100))))
                                    .isInstanceOf(TimeoutError.class);
                            say("cancelling " + self().cancelling());
                        });
                yieldNow();
                task.cancel();
                task.await();
            });

            assertThat(log).containsExactly("cancelling 1");
        }

        @Tag("confined")
        @Test
        @Behaviour("TMO-10")
        void aCancellationFromOutsideStaysOne() {
            run(() -> {
                Task<?> task =
                        Async.createTask(() -> {
                            swallowACancellation();
                            Async.timeout(ms(10), () -> sleep(100)).await();
                        });
                yieldNow();
                task.cancel("one");
                sleep(5);
                task.cancel("two");
                assertThat(failureOf(task)).isInstanceOf(CancelledError.class).hasMessage("two");
            });
        }

        private void swallowACancellation() {
            assertThat(failureOf(never())).isInstanceOf(CancelledError.class);
        }
    }

    @Nested
    class Rescheduling {

        @Test
        @Behaviour("TMO-09")
        void movesTheDeadline() {
            run(() -> {
                Timeout limit = Timeout.after(ms(10));
                Throwable failure =
                        failureOf(
                                limit.run(() -> {
                                    sleep(5);
                                    limit.reschedule(ms(20));
                                    assertThat(limit.deadline())
                                            .hasValue(loop.time() + ms(20).toNanos());
                                    sleep(15);
                                    say("past the first deadline");
                                    sleep(100);
                                }));
                assertThat(failure).isInstanceOf(TimeoutError.class);
                assertThat(time.millis()).isEqualTo(25);
            });

            assertThat(log).containsExactly("past the first deadline");
        }

        @Test
        @Behaviour("TMO-09")
        void canBeDoneByAnotherTask() {
            run(() -> {
                Timeout limit = Timeout.after(ms(10));
                Task<?> task = Async.createTask(() -> limit.run(() -> sleep(100)).await());
                sleep(1);
                limit.rescheduleAt(loop.time() + ms(2).toNanos());
                assertThat(failureOf(task)).isInstanceOf(TimeoutError.class);
                assertThat(time.millis()).isEqualTo(3);
            });
        }

        @Test
        @Behaviour("TMO-09")
        void canLiftTheLimit() {
            run(() -> {
                Timeout limit = Timeout.after(ms(10));
                limit.run(
                                () -> {
                                    limit.disable();
                                    sleep(100);
                                })
                        .await();
                assertThat(limit.deadline()).isEmpty();
                assertThat(limit.expired()).isFalse();
            });
        }

        @Test
        @Behaviour("TMO-09")
        void intoThePastExpiresAtTheNextSuspension() {
            run(() -> {
                Timeout limit = Timeout.never();
                assertThat(
                                failureOf(
                                        limit.run(() -> {
                                            limit.rescheduleAt(loop.time() - 1);
                                            say("still here");
                                            sleep(100);
                                        })))
                        .isInstanceOf(TimeoutError.class);
                assertThat(time.elapsed()).isZero();
            });

            assertThat(log).containsExactly("still here");
        }

        @Test
        @Behaviour("TMO-09")
        void isRefusedBeforeTheStart() {
            run(() -> {
                Timeout limit = Timeout.after(ms(10));
                assertThatThrownBy(() -> limit.reschedule(ms(20)))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("not been entered");
            });
        }

        @Test
        @Behaviour("TMO-09")
        void isRefusedAfterTheEnd() {
            run(() -> {
                Timeout limit = Timeout.after(ms(10));
                limit.run(() -> yieldNow()).await();
                assertThatThrownBy(() -> limit.reschedule(ms(20)))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("finished");
            });
        }

        @Test
        @Behaviour("TMO-09")
        void isRefusedWhileItExpiresAndAfterItExpired() {
            run(() -> {
                Timeout limit = Timeout.after(ms(10));
                failureOf(
                        limit.run(() -> {
                            try {
                                sleep(100);
                            } finally {
                                assertThatThrownBy(() -> limit.reschedule(ms(20)))
                                        .isInstanceOf(IllegalStateException.class)
                                        .hasMessageContaining("expiring");
                                say("refused");
                            }
                        }));
                assertThatThrownBy(limit::disable)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("expired");
            });

            assertThat(log).containsExactly("refused");
        }
    }

    @Nested
    class InWords {

        @Test
        void itTellsItsStateAndItsDeadlineWhileThatMatters() {
            run(() -> {
                Timeout limit = Timeout.after(ms(5));
                say(limit.toString());
                try {
                    limit.run(
                                    () -> {
                                        say(limit.toString());
                                        sleep(10);
                                    })
                            .await();
                } catch (TimeoutError e) {
                    say(limit.toString());
                }
                Timeout without = Timeout.never();
                without.run(() -> say(without.toString())).await();
                say(without.toString());

                String deadline = "deadline=" + limit.deadline().getAsLong() + "]";
                assertThat(log)
                        .containsExactly(
                                "Timeout[created, " + deadline,
                                "Timeout[active, " + deadline,
                                "Timeout[expired]",
                                "Timeout[active, no deadline]",
                                "Timeout[finished]");
            });
        }
    }

    @Nested
    class Misuse {

        @Test
        @Behaviour("TMO-12")
        void enteringTwiceIsRefused() {
            run(() -> {
                Timeout limit = Timeout.after(ms(10));
                limit.run(
                                () -> {
                                    assertThat(failureOf(limit.run(() -> say("ran"))))
                                            .isInstanceOf(IllegalStateException.class)
                                            .hasMessageContaining("already been entered");
                                })
                        .await();
                assertThat(failureOf(limit.run(() -> say("ran"))))
                        .isInstanceOf(IllegalStateException.class);
            });

            assertThat(log).isEmpty();
        }

        @Test
        @Behaviour("TMO-12")
        void enteringOutsideATaskIsRefused() {
            Timeout limit = Timeout.never();
            Coroutine<?> scope = limit.run(() -> say("ran"));

            assertThatThrownBy(scope::await).isInstanceOf(IllegalStateException.class);
            assertThat(log).isEmpty();
        }

        @Test
        void countingFromNowNeedsALoop() {
            assertThatThrownBy(() -> Timeout.after(ms(10)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no running event loop");
        }
    }
}
