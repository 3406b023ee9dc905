package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Context;
import dev.treadle.ContextVar;
import dev.treadle.Coroutine;
import dev.treadle.ExceptionGroup;
import dev.treadle.FatalError;
import dev.treadle.Task;
import dev.treadle.TaskGroup;
import dev.treadle.TaskOptions;
import dev.treadle.TimeoutError;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@NullUnmarked
class TaskGroupTest extends OnVirtualLoop {

    /// What a test's children fail with, told apart by the text.
    private static final class Boom extends RuntimeException {
        private static final long serialVersionUID = 1;

        Boom(String text) {
            super(text);
        }
    }

    private void failAfter(long millis, String text) {
        sleep(millis);
        throw new Boom(text);
    }

    /// Waits until cancelled, and says so.
    private void waitForEnd(String name) {
        try {
            never().await();
        } finally {
            say(name + " ended");
        }
    }

    private static ExceptionGroup groupOf(Throwable failure) {
        assertThat(failure).isInstanceOf(ExceptionGroup.class);
        return (ExceptionGroup) failure;
    }

    @Nested
    class WhenAllGoesWell {

        @Test
        @Behaviour("TG-01")
        void leavingWaitsForAllChildrenAndTheirResultsAreThere() {
            run(() -> {
                List<Task<Integer>> children = new ArrayList<>();
                TaskGroup.run(
                                group -> {
                                    children.add(
                                            group.createTask(() -> Async.sleep(ms(10), 1).await()));
                                    children.add(
                                            group.createTask(() -> Async.sleep(ms(20), 2).await()));
                                    sleep(5);
                                    children.add(
                                            group.createTask(() -> Async.sleep(ms(30), 3).await()));
                                })
                        .await();
                assertThat(children).extracting(Task::result).containsExactly(1, 2, 3);
                assertThat(time.millis()).isEqualTo(35);
            });
        }

        @Test
        void theBodysValueIsTheResult() {
            assertThat(
                            run(() ->
                                    TaskGroup.call(
                                                    group -> {
                                                        group.createTask(() -> sleep(1));
                                                        return "value";
                                                    })
                                            .await()))
                    .isEqualTo("value");
        }

        @Test
        void anEmptyGroupDoesNotSuspend() {
            run(() -> {
                loop.callSoon(saying("callback"));
                TaskGroup.run(_ -> {}).await();
                say("after");
                yieldNow();
            });

            assertThat(log).containsExactly("after", "callback");
        }

        @Test
        @Behaviour("TG-12")
        void childrenStartedByChildrenAtTheEndAreAwaitedToo() {
            run(() -> {
                TaskGroup.run(group -> group.createTask(() -> spawnChain(group, 3))).await();
                say("left");
            });

            assertThat(log).containsExactly("link 3", "link 2", "link 1", "left");
            assertThat(time.millis()).isEqualTo(3);
        }

        private void spawnChain(TaskGroup group, int left) {
            if (left > 0) {
                sleep(1);
                say("link " + left);
                group.createTask(() -> spawnChain(group, left - 1));
            }
        }

        @Test
        @Behaviour("TG-02")
        void aChildCancelledByItselfDisturbsNobody() {
            run(() -> {
                TaskGroup.run(
                                group -> {
                                    Task<?> victim = group.createTask(() -> waitForEnd("victim"));
                                    group.createTask(() -> {
                                        sleep(10);
                                        say("sibling finished");
                                    });
                                    settle();
                                    victim.cancel();
                                })
                        .await();
                say("left");
            });

            assertThat(log).containsExactly("victim ended", "sibling finished", "left");
        }

        @Test
        void childrenCanBeNamed() {
            run(() ->
                    TaskGroup.run(
                                    group -> {
                                        Task<String> child =
                                                group.createTask(
                                                        Coroutine.of(() -> self().name()),
                                                        TaskOptions.named("child"));
                                        assertThat(child.await()).isEqualTo("child");
                                    })
                            .await());
        }

        @Test
        @Behaviour("CTX-04")
        void aChildCanShareAContext() {
            ContextVar<String> variable = ContextVar.of("variable");
            Context context = Context.empty();

            run(() ->
                    TaskGroup.run(group ->
                                    group.createTask(
                                            Coroutine.of(() -> {
                                                variable.set("by the child");
                                            }),
                                            TaskOptions.defaults().withContext(context)))
                            .await());

            assertThat(context.get(variable)).isEqualTo("by the child");
        }
    }

    @Nested
    class WhenAChildFails {

        @Test
        @Behaviour("TG-03")
        void theOthersAreCancelledAndAwaitedAndTheFailureIsGrouped() {
            run(() -> {
                Throwable failure =
                        failureOf(
                                TaskGroup.run(group -> {
                                    group.createTask(() -> failAfter(1, "child"));
                                    group.createTask(() -> {
                                        try {
                                            never().await();
                                        } finally {
                                            sleep(10);
                                            say("sibling cleaned up");
                                        }
                                    });
                                    group.createTask(() -> waitForEnd("other sibling"));
                                }));
                assertThat(groupOf(failure).exceptions())
                        .singleElement()
                        .satisfies(e -> assertThat(e).isInstanceOf(Boom.class).hasMessage("child"));
                assertThat(failure).hasCauseInstanceOf(Boom.class);
            });

            assertThat(log).containsExactly("other sibling ended", "sibling cleaned up");
        }

        @Test
        @Behaviour("TG-03")
        void theBodyIsCancelledAndCodeAfterTheGroupDoesNotRun() {
            run(() -> {
                Task<?> owner =
                        Async.createTask(() -> {
                            TaskGroup.run(
                                            group -> {
                                                group.createTask(() -> failAfter(1, "child"));
                                                waitForEnd("body");
                                            })
                                    .await();
                            say("after the group");
                        });
                assertThat(groupOf(failureOf(owner)).exceptions()).hasSize(1);
                assertThat(owner.isCancelled()).isFalse();
            });

            assertThat(log).containsExactly("body ended");
        }

        @Tag("confined")
        @Test
        void failuresOfSiblingsInTheirCleanupAreInTheGroupInOrder() {
            run(() -> {
                Throwable failure =
                        failureOf(
                                TaskGroup.run(group -> {
                                    group.createTask(() -> failAfter(1, "first"));
                                    for (String name : List.of("second", "third")) {
                                        group.createTask(() -> {
                                            try {
                                                never().await();
                                            } finally {
                                                throwBoom(name);
                                            }
                                        });
                                    }
                                }));
                assertThat(groupOf(failure).exceptions())
                        .extracting(Throwable::getMessage)
                        .containsExactly("first", "second", "third");
                assertThat(failure.getSuppressed()).hasSize(2);
            });
        }

        private void throwBoom(String name) {
            throw new Boom(name);
        }

        @Test
        void aFailureOfTheBodyComesAfterThoseOfTheChildren() {
            run(() -> {
                Throwable failure =
                        failureOf(
                                TaskGroup.run(group -> {
                                    group.createTask(() -> {
                                        throw new Boom("child");
                                    });
                                    try {
                                        never().await();
                                    } catch (CancelledError e) {
                                        throw new Boom("body");
                                    }
                                }));
                assertThat(groupOf(failure).exceptions())
                        .extracting(Throwable::getMessage)
                        .containsExactly("child", "body");
            });
        }

        @Tag("confined")
        @Test
        void aChildThatHasNotStartedWhenTheBodyFailsNeverDoes() {
            run(() -> {
                Throwable failure =
                        failureOf(
                                TaskGroup.run(group -> {
                                    group.createTask(() -> say("child"));
                                    throw new Boom("body");
                                }));
                assertThat(groupOf(failure).exceptions())
                        .extracting(Throwable::getMessage)
                        .containsExactly("body");
            });

            assertThat(log).isEmpty();
        }

        @Tag("confined")
        @Test
        void aFailureOfTheBodyCancelsTheChildren() {
            run(() -> {
                Throwable failure =
                        failureOf(
                                TaskGroup.run(group -> {
                                    group.createTask(() -> waitForEnd("child"));
                                    yieldNow();
                                    throw new IOException("body");
                                }));
                assertThat(groupOf(failure).exceptions())
                        .singleElement()
                        .satisfies(e -> assertThat(e).isInstanceOf(IOException.class));
            });

            assertThat(log).containsExactly("child ended");
        }

        @Test
        @Behaviour("TG-15")
        void theOwnersCountIsBackToZeroAndItsNextAwaitIsUndisturbed() {
            run(() -> {
                Task<?> owner = self();
                failureOf(
                        TaskGroup.run(group -> {
                            group.createTask(() -> {
                                throw new Boom("child");
                            });
                            never().await();
                        }));
                assertThat(owner.cancelling()).isZero();
                sleep(5);
                assertThat(time.millis()).isEqualTo(5);
            });
        }

        @Test
        @Behaviour("TG-15")
        void theOwnersCountIsBackToZeroIfTheBodyHadAlreadyEnded() {
            run(() -> {
                Task<?> owner = self();
                failureOf(TaskGroup.run(group -> group.createTask(() -> failAfter(1, "child"))));
                assertThat(owner.cancelling()).isZero();
                yieldTimes(3);
            });
        }

        @Tag("confined")
        @Test
        void thatCountIsKeptWhichTheOwnerHadBefore() {
            run(() -> {
                Task<?> owner =
                        Async.createTask(() -> {
                            try {
                                never().await();
                            } catch (CancelledError e) {
                                say("swallowed");
                            }
                            groupOf(
                                    failureOf(
                                            TaskGroup.run(group ->
                                                    group.createTask(
                                                            () -> failAfter(1, "child")))));
                            say("cancelling " + self().cancelling());
                        });
                yieldNow();
                owner.cancel();
                failureOf(owner);
            });

            assertThat(log).containsExactly("swallowed", "cancelling 1");
        }

        @Test
        void furtherChildrenAreRefused() {
            run(() ->
                    failureOf(
                            TaskGroup.run(group -> {
                                group.createTask(() -> {
                                    throw new Boom("child");
                                });
                                try {
                                    never().await();
                                } finally {
                                    Coroutine<String> coroutine = Coroutine.of(() -> "x");
                                    assertThatThrownBy(() ->
                                                    group.createTask(
                                                            coroutine, TaskOptions.defaults()))
                                            .isInstanceOf(IllegalStateException.class)
                                            .hasMessageContaining("shutting down");
                                    assertThatThrownBy(coroutine::runBody)
                                            .hasMessageContaining("cannot reuse");
                                    say("refused");
                                }
                            })));

            assertThat(log).containsExactly("refused");
        }

        @Test
        @Behaviour("TG-12")
        void endlessSpawningEnds() {
            run(() -> {
                Throwable failure =
                        failureOf(
                                TaskGroup.run(group -> {
                                    group.createTask(() -> spawnForEver(group));
                                    group.createTask(() -> failAfter(50, "enough"));
                                }));
                assertThat(groupOf(failure).exceptions())
                        .anySatisfy(e -> assertThat(e).hasMessage("enough"));
                assertThat(time.millis()).isEqualTo(50);
            });
        }

        private void spawnForEver(TaskGroup group) {
            sleep(1);
            group.createTask(() -> spawnForEver(group));
        }

        @Test
        @Behaviour("TG-18")
        void aChildThatCreatesAFailingChildIsCancelledAtALaterSuspension() {
            run(() -> {
                Throwable failure =
                        failureOf(
                                TaskGroup.run(group ->
                                        group.createTask(() -> {
                                            group.createTask(() -> {
                                                throw new Boom("grandchild");
                                            });
                                            say("created");
                                            try {
                                                settle();
                                                say("not reached");
                                            } finally {
                                                say("cancelled later");
                                            }
                                        })));
                assertThat(groupOf(failure).exceptions())
                        .extracting(Throwable::getMessage)
                        .containsExactly("grandchild");
            });

            assertThat(log).containsExactly("created", "cancelled later");
        }
    }

    @Nested
    class WhenItsOwnerIsCancelled {

        @Tag("confined")
        @Test
        @Behaviour("TG-05")
        void whileItWaitsAtTheEndAllChildrenAreAndItEndsPlainlyCancelled() {
            run(() -> {
                Task<?> owner =
                        Async.createTask(() ->
                                TaskGroup.run(
                                                group -> {
                                                    for (int i = 0; i < 5; i++) {
                                                        String name = "child " + i;
                                                        group.createTask(() -> waitForEnd(name));
                                                    }
                                                })
                                        .await());
                yieldTimes(3);
                owner.cancel("outside");
                assertThat(failureOf(owner))
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("outside");
                assertThat(owner.isCancelled()).isTrue();
                assertThat(owner.cancelling()).isEqualTo(1);
            });

            assertThat(log)
                    .containsExactly(
                            "child 0 ended",
                            "child 1 ended",
                            "child 2 ended",
                            "child 3 ended",
                            "child 4 ended");
        }

        @Test
        @Behaviour("TG-05")
        void insideTheBodyAllChildrenAre() {
            run(() -> {
                Task<?> owner =
                        Async.createTask(() ->
                                TaskGroup.run(
                                                group -> {
                                                    group.createTask(() -> waitForEnd("child"));
                                                    waitForEnd("body");
                                                })
                                        .await());
                settle();
                owner.cancel();
                assertThat(failureOf(owner)).isInstanceOf(CancelledError.class);
                assertThat(owner.isCancelled()).isTrue();
            });

            assertThat(log).containsExactly("body ended", "child ended");
        }

        @Test
        @Behaviour("TG-06")
        void aRealErrorOfAChildWins() {
            run(() -> {
                Task<?> owner =
                        Async.createTask(() ->
                                TaskGroup.run(group ->
                                                group.createTask(() -> {
                                                    try {
                                                        never().await();
                                                    } finally {
                                                        throwBoom();
                                                    }
                                                }))
                                        .await());
                settle();
                owner.cancel();
                assertThat(groupOf(failureOf(owner)).exceptions()).hasSize(1);
                assertThat(owner.isCancelled()).isFalse();
            });
        }

        private void throwBoom() {
            throw new Boom("cleanup");
        }

        @Test
        @Behaviour("TG-06")
        void aCrashOfTheBodyInItsCleanupWins() {
            run(() -> {
                Task<?> owner =
                        Async.createTask(() ->
                                TaskGroup.run(
                                                group -> {
                                                    group.createTask(() -> waitForEnd("child"));
                                                    try {
                                                        never().await();
                                                    } catch (CancelledError e) {
                                                        throw new Boom("body");
                                                    }
                                                })
                                        .await());
                settle();
                owner.cancel();
                assertThat(groupOf(failureOf(owner)).exceptions())
                        .extracting(Throwable::getMessage)
                        .containsExactly("body");
            });
        }

        @Test
        @Behaviour("TG-06")
        void aChildThatFailsWhileTheBodyCleansUpCutsThatShortAndWins() {
            run(() -> {
                Task<?> owner =
                        Async.createTask(() -> {
                            Throwable failure =
                                    failureOf(
                                            TaskGroup.run(group -> {
                                                group.createTask(() -> {
                                                    sleep(3);
                                                    throw new Boom("child");
                                                });
                                                try {
                                                    never().await();
                                                } finally {
                                                    sleep(50);
                                                }
                                            }));
                            assertThat(groupOf(failure).exceptions())
                                    .extracting(Throwable::getMessage)
                                    .containsExactly("child");
                            say("after " + time.millis() + ", cancelling " + self().cancelling());
                        });
                sleep(2);
                owner.cancel();
                assertThat(failureOf(owner)).isInstanceOf(CancelledError.class);
            });

            assertThat(log).containsExactly("after 3, cancelling 1");
        }

        @Tag("confined")
        @Test
        @Behaviour("TG-17")
        void inTheMomentInWhichAChildFailsTheErrorGoesFirstAndTheRequestIsKept() {
            run(() -> {
                Task<?> owner =
                        Async.createTask(() -> {
                            Throwable failure =
                                    failureOf(
                                            TaskGroup.run(group -> {
                                                group.createTask(() -> {
                                                    throw new Boom("child");
                                                });
                                                never().await();
                                            }));
                            assertThat(groupOf(failure).exceptions()).hasSize(1);
                            say("cancelling " + self().cancelling());
                            try {
                                yieldNow();
                            } catch (CancelledError e) {
                                say("cancelled");
                                throw e;
                            }
                        });
                yieldNow();
                loop.callSoon(owner::cancel);
                assertThat(failureOf(owner)).isInstanceOf(CancelledError.class);
            });

            assertThat(log).containsExactly("cancelling 1", "cancelled");
        }

        @Tag("confined")
        @Test
        void beforeItStartsNothingRuns() {
            run(() -> {
                Task<?> owner = Async.createTask(() -> TaskGroup.run(group -> say("body")).await());
                owner.cancel();
                assertThat(failureOf(owner)).isInstanceOf(CancelledError.class);
            });

            assertThat(log).isEmpty();
        }
    }

    @Nested
    class WhenNested {

        @Test
        @Behaviour("TG-10")
        void aFailureInTheOuterOnlyPassesThroughTheInner() {
            run(() -> {
                Throwable failure =
                        failureOf(
                                TaskGroup.run(outer -> {
                                    outer.createTask(() -> failAfter(1, "outer child"));
                                    try {
                                        TaskGroup.run(
                                                        inner -> {
                                                            inner.createTask(() ->
                                                                    waitForEnd("inner child"));
                                                            waitForEnd("inner body");
                                                        })
                                                .await();
                                    } catch (CancelledError e) {
                                        say("inner group passes it on");
                                        throw e;
                                    }
                                }));
                assertThat(groupOf(failure).exceptions())
                        .extracting(Throwable::getMessage)
                        .containsExactly("outer child");
            });

            assertThat(log)
                    .containsExactly(
                            "inner body ended", "inner child ended", "inner group passes it on");
        }

        @Test
        void aFailureInTheInnerLeavesTheOuterAsAGroupInAGroup() {
            run(() -> {
                Throwable failure =
                        failureOf(
                                TaskGroup.run(outer -> {
                                    outer.createTask(() -> waitForEnd("outer child"));
                                    TaskGroup.run(inner ->
                                                    inner.createTask(
                                                            () -> failAfter(1, "inner child")))
                                            .await();
                                }));
                assertThat(groupOf(groupOf(failure).exceptions().get(0)).exceptions())
                        .extracting(Throwable::getMessage)
                        .containsExactly("inner child");
            });

            assertThat(log).containsExactly("outer child ended");
        }

        @Test
        void aFailureInTheInnerThatIsHandledDoesNotDisturbTheOuter() {
            run(() -> {
                TaskGroup.run(
                                outer -> {
                                    outer.createTask(() -> {
                                        sleep(10);
                                        say("outer child finished");
                                    });
                                    groupOf(
                                            failureOf(
                                                    TaskGroup.run(inner ->
                                                            inner.createTask(
                                                                    () -> failAfter(1, "inner")))));
                                })
                        .await();
                assertThat(self().cancelling()).isZero();
            });

            assertThat(log).containsExactly("outer child finished");
        }
    }

    @Nested
    class WithAFatalError {

        /// Makes a task that runs a group.
        private Task<?> ownerOf(TaskGroup.Action body) {
            return spawn(() -> TaskGroup.run(body).await());
        }

        @Test
        @Behaviour("TG-11")
        void inTheBodyItIsThrownBareEvenIfAChildFailed() {
            FatalError fatal = new FatalError("exit");
            Task<?> owner =
                    ownerOf(group -> {
                        group.createTask(() -> {
                            throw new Boom("child");
                        });
                        try {
                            never().await();
                        } catch (CancelledError e) {
                            throw fatal;
                        }
                    });

            assertThat(thrownBy(() -> loop.runUntilComplete(owner))).isSameAs(fatal);
            assertThat(owner.exception()).isSameAs(fatal);
            assertThat(takeProblems())
                    .singleElement()
                    .satisfies(lost -> assertThat(lost.exception()).hasMessage("child"));
        }

        @Test
        @Behaviour("TG-11")
        void inAChildItOvertakesTheBodysFailureWhichIsReported() {
            FatalError fatal = new FatalError("exit");
            Task<?> owner =
                    ownerOf(group -> {
                        group.createTask(() -> {
                            throw fatal;
                        });
                        try {
                            never().await();
                        } finally {
                            failAfter(0, "body's clean-up");
                        }
                    });

            assertThat(thrownBy(() -> loop.runUntilComplete(owner))).isSameAs(fatal);
            assertThat(thrownBy(() -> loop.runUntilComplete(owner))).isSameAs(fatal);
            assertThat(takeProblems())
                    .singleElement()
                    .satisfies(lost -> assertThat(lost.exception()).hasMessage("body's clean-up"));
        }

        @Tag("confined")
        @Test
        @Behaviour("TG-11")
        void inAChildItEndsTheRunAndThenLeavesTheGroupBare() {
            FatalError fatal = new FatalError("exit");
            Task<?> owner =
                    ownerOf(group -> {
                        group.createTask(() -> waitForEnd("sibling"));
                        group.createTask(() -> {
                            throw fatal;
                        });
                        never().await();
                    });

            assertThat(thrownBy(() -> loop.runUntilComplete(owner))).isSameAs(fatal);
            assertThat(owner.isDone()).isFalse();
            assertThat(thrownBy(() -> loop.runUntilComplete(owner))).isSameAs(fatal);

            assertThat(owner.exception()).isSameAs(fatal);
            assertThat(log).containsExactly("sibling ended");
        }

        @Test
        @Behaviour("TG-11")
        void anOrdinaryErrorIsGroupedWithTheRest() {
            run(() -> {
                AssertionError error = new AssertionError();
                Throwable failure =
                        failureOf(
                                TaskGroup.run(group -> {
                                    group.createTask(() -> {
                                        throw error;
                                    });
                                    never().await();
                                }));
                assertThat(groupOf(failure).exceptions()).containsExactly(error);
            });
        }
    }

    @Nested
    class Misuse {

        @Test
        @Behaviour("TG-14")
        void enteringOutsideATaskIsRefused() {
            assertThatThrownBy(() -> TaskGroup.run(_ -> say("ran")).await())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("outside a coroutine");
            assertThat(log).isEmpty();
        }

        @Test
        @Behaviour("TG-14")
        void runningItTwiceIsRefused() {
            run(() -> {
                Coroutine<?> group = TaskGroup.run(_ -> say("ran"));
                group.await();
                assertThat(failureOf(group)).isInstanceOf(IllegalStateException.class);
            });

            assertThat(log).containsExactly("ran");
        }

        @Test
        void creatingATaskAfterTheEndIsRefused() {
            run(() -> {
                TaskGroup escaped = TaskGroup.<TaskGroup>call(group -> group).await();
                assertThatThrownBy(() -> escaped.createTask(() -> say("ran")))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("finished");
                yieldNow();
            });

            assertThat(log).isEmpty();
        }
    }

    @Nested
    class WhenTheGroupIsCancelled {

        @Tag("confined")
        @Test
        @Behaviour("TG-19")
        void byItsBodyChildrenAndBodyEndAndNothingIsThrown() {
            run(() -> {
                String value =
                        TaskGroup.<String>call(
                                        group -> {
                                            group.createTask(() -> waitForEnd("child"));
                                            yieldNow();
                                            group.cancel();
                                            group.cancel();
                                            say("still running");
                                            try {
                                                never().await();
                                            } finally {
                                                say("body ended");
                                            }
                                            return "value";
                                        })
                                .await();
                assertThat(value).isNull();
                assertThat(self().cancelling()).isZero();
                yieldNow();
                say("after");
            });

            assertThat(log).containsExactly("still running", "child ended", "body ended", "after");
        }

        @Test
        @Behaviour("TG-19")
        void byAChildTheOthersEndAndNothingIsThrown() {
            run(() -> {
                TaskGroup.run(
                                group -> {
                                    group.createTask(() -> waitForEnd("sibling"));
                                    group.createTask(() -> {
                                        sleep(10);
                                        group.cancel();
                                    });
                                    waitForEnd("body");
                                })
                        .await();
                assertThat(self().cancelling()).isZero();
                assertThat(time.millis()).isEqualTo(10);
            });

            assertThat(log).containsExactlyInAnyOrder("body ended", "sibling ended");
        }

        @Test
        @Behaviour("TG-19")
        void whileItWaitsAtTheEndItEndsEarly() {
            run(() -> {
                TaskGroup.run(
                                group -> {
                                    group.createTask(() -> waitForEnd("child"));
                                    loop.callLater(ms(10), group::cancel);
                                })
                        .await();
                say("left at " + time.millis());
                assertThat(self().cancelling()).isZero();
            });

            assertThat(log).containsExactly("child ended", "left at 10");
        }

        @Test
        @Behaviour("TG-19")
        void afterItsEndNothingHappens() {
            run(() -> {
                List<TaskGroup> groups = new ArrayList<>();
                TaskGroup.run(groups::add).await();
                groups.get(0).cancel();
                assertThat(self().cancelling()).isZero();
                yieldNow();
            });
        }

        @Test
        @Behaviour("TG-19")
        void aBodyThatDoesNotSuspendKeepsItsValue() {
            String value =
                    run(() ->
                            TaskGroup.call(
                                            group -> {
                                                group.cancel();
                                                return "value";
                                            })
                                    .await());

            assertThat(value).isEqualTo("value");
        }

        @Tag("confined")
        @Test
        void aFailureOfAChildIsThrownAllTheSame() {
            run(() -> {
                Throwable thrown =
                        failureOf(
                                TaskGroup.run(group -> {
                                    group.createTask(() -> {
                                        try {
                                            never().await();
                                        } finally {
                                            failAfter(5, "clean-up");
                                        }
                                    });
                                    yieldNow();
                                    group.cancel();
                                }));
                assertThat(groupOf(thrown).exceptions())
                        .singleElement()
                        .satisfies(e -> assertThat(e).hasMessage("clean-up"));
                assertThat(self().cancelling()).isZero();
            });
        }

        @Test
        void aFailureOfTheBodyIsThrownAllTheSame() {
            run(() -> {
                Throwable thrown =
                        failureOf(
                                TaskGroup.run(group -> {
                                    group.cancel();
                                    throw new Boom("body");
                                }));
                assertThat(groupOf(thrown).exceptions()).hasSize(1);
                yieldNow();
            });
        }

        @Test
        @Behaviour("TG-20")
        void beforeItIsEnteredItIsCancelledOnEntry() {
            run(() -> {
                TaskGroup group = TaskGroup.create();
                group.cancel();
                group.enter(
                                () -> {
                                    say("body");
                                    waitForEnd("body");
                                })
                        .await();
                assertThat(self().cancelling()).isZero();
            });

            assertThat(log).containsExactly("body", "body ended");
        }

        @Test
        @Behaviour("TG-20")
        void itTakesNoMoreChildren() {
            run(() -> {
                Coroutine<Integer> refused = Coroutine.of(() -> 1);
                TaskGroup.run(
                                group -> {
                                    group.cancel();
                                    assertThatThrownBy(() ->
                                                    group.createTask(
                                                            refused, TaskOptions.defaults()))
                                            .isInstanceOf(IllegalStateException.class)
                                            .hasMessageContaining("shutting down");
                                })
                        .await();
                assertThat(failureOf(refused)).hasMessageContaining("cannot reuse");
            });
        }

        @Test
        @Behaviour("TG-20")
        void anEagerChildThatCancelsItIsCancelledToo() {
            run(() -> {
                List<Task<?>> children = new ArrayList<>();
                TaskGroup.run(group ->
                                children.add(
                                        group.createTask(
                                                () -> {
                                                    group.cancel();
                                                    waitForEnd("child");
                                                },
                                                TaskOptions.eager())))
                        .await();
                assertThat(children.get(0).isCancelled()).isTrue();
            });

            assertThat(log).containsExactly("child ended");
        }

        @Tag("confined")
        @Test
        @Behaviour("TG-21")
        void aCancellationFromOutsideMeanwhileIsKept() {
            Task<?> task =
                    spawn(() ->
                            TaskGroup.run(
                                            group -> {
                                                group.createTask(() -> {
                                                    try {
                                                        never().await();
                                                    } finally {
                                                        sleep(20);
                                                    }
                                                });
                                                yieldNow();
                                                group.cancel();
                                            })
                                    .await());
            run(() -> {
                sleep(10);
                task.cancel("from outside");
                assertThat(failureOf(task))
                        .isInstanceOfSatisfying(
                                CancelledError.class,
                                e -> assertThat(e.reason()).isEqualTo("from outside"));
                assertThat(time.millis()).isEqualTo(20);
            });
        }

        @Tag("confined")
        @Test
        @Behaviour("TG-21")
        void aTimeLimitAroundItStillSpeaks() {
            run(() -> {
                Throwable thrown =
                        failureOf(
                                Async.timeout(
                                        ms(10),
                                        () ->
                                                TaskGroup.run(
                                                                group -> {
                                                                    group.createTask(() -> {
                                                                        try {
                                                                            never().await();
                                                                        } finally {
                                                                            sleep(20);
                                                                        }
                                                                    });
                                                                    yieldNow();
                                                                    group.cancel();
                                                                })
                                                        .await()));
                assertThat(thrown).isInstanceOf(TimeoutError.class);
                assertThat(self().cancelling()).isZero();
            });
        }
    }

    @Nested
    class MadeBeforeItIsEntered {

        @Test
        void takesChildrenOnceItIsEntered() {
            run(() -> {
                TaskGroup group = TaskGroup.create();
                assertThatThrownBy(() -> group.createTask(() -> 1))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("has not been entered");
                int sum =
                        group.enter(
                                        () -> {
                                            Task<Integer> child = group.createTask(() -> 1);
                                            return child.await() + 1;
                                        })
                                .await();
                assertThat(sum).isEqualTo(2);
            });
        }

        @Test
        @Behaviour("TG-14")
        void isEnteredOnce() {
            run(() -> {
                TaskGroup group = TaskGroup.create();
                group.enter(
                                () -> {
                                    assertThat(failureOf(group.enter(() -> say("nested"))))
                                            .isInstanceOf(IllegalStateException.class)
                                            .hasMessageContaining("already been entered");
                                })
                        .await();
                assertThat(failureOf(group.enter(() -> say("again"))))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("already been entered");
            });

            assertThat(log).isEmpty();
        }
    }
}
