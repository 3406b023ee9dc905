package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.AsyncGenerator;
import dev.treadle.AsyncScope;
import dev.treadle.CancelledError;
import dev.treadle.ContextVar;
import dev.treadle.Coroutine;
import dev.treadle.DuplexAsyncGenerator;
import dev.treadle.Generator;
import dev.treadle.GeneratorExit;
import dev.treadle.Promise;
import dev.treadle.Step;
import dev.treadle.StopAsyncIteration;
import dev.treadle.StopIteration;
import dev.treadle.Task;
import dev.treadle.TaskGroup;
import dev.treadle.TimeoutError;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@NullUnmarked
class AsyncGeneratorTest extends OnVirtualLoop {

    private static final class Foo extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /// Yields numbers from 1 on, sleeping before each.
    private static AsyncGenerator<Integer> numbers(int count) {
        return AsyncGenerator.of(y -> {
            for (int i = 1; i <= count; i++) {
                sleep(10);
                y.yield(i);
            }
        });
    }

    /// Yields 1 and, whatever happens there, cleans up with awaits.
    private AsyncGenerator<Integer> tidy() {
        return AsyncGenerator.of(y -> {
            try {
                y.yield(1);
                say("went on");
                y.yield(2);
            } finally {
                sleep(10);
                sleep(10);
                say("cleaned up");
            }
            say("after");
        });
    }

    @Nested
    class Iterating {

        @Test
        void yieldsAndAwaitsInTurn() {
            run(() -> {
                AsyncGenerator<Integer> generator = numbers(3);
                while (generator.hasNext().await()) {
                    say(generator.next() + " at " + time.millis());
                }
            });

            assertThat(log).containsExactly("1 at 10", "2 at 20", "3 at 30");
        }

        @Test
        void whatEndsAnIterationMayBeAnElement() {
            List<Exception> elements = List.of(new StopIteration(1), new StopAsyncIteration());
            run(() -> {
                AsyncGenerator<Exception> generator =
                        AsyncGenerator.of(y -> elements.forEach(y::yield));
                assertThat(generator.toList().await()).isEqualTo(elements);
            });
        }

        @Test
        void nothingRunsBeforeTheFirstRequestIsAwaited() {
            run(() -> {
                AsyncGenerator<Integer> generator =
                        AsyncGenerator.of(y -> {
                            say("started");
                            y.yield(1);
                        });
                Coroutine<Integer> request = generator.anext();
                yieldTimes(3);
                assertThat(log).isEmpty();
                assertThat(generator.state()).isEqualTo(Generator.State.CREATED);

                assertThat(request.await()).isEqualTo(1);
                assertThat(generator.state()).isEqualTo(Generator.State.SUSPENDED);
                generator.aclose().await();
                assertThat(generator.state()).isEqualTo(Generator.State.CLOSED);
            });
        }

        @Test
        void othersRunWhileTheBodyAwaits() {
            run(() -> {
                Task<?> other =
                        Async.createTask(() -> {
                            sleep(15);
                            say("other");
                        });
                numbers(2).forEach(n -> say("" + n)).await();
                other.await();
            });

            assertThat(log).containsExactly("1", "other", "2");
        }

        @Test
        void hasNextKeepsTheElementUntilNextTakesIt() {
            run(() -> {
                AsyncGenerator<Integer> generator = numbers(1);
                assertThat(generator.hasNext().await()).isTrue();
                assertThat(generator.hasNext().await()).isTrue();
                assertThat(generator.anext().await()).isEqualTo(1);
                assertThat(generator.hasNext().await()).isFalse();
                assertThat(generator.hasNext().await()).isFalse();
                assertThatThrownBy(generator::next).isInstanceOf(StopAsyncIteration.class);
            });
        }

        @Test
        void nextWithoutHasNextIsRefused() {
            run(() -> {
                AsyncGenerator<Integer> generator = numbers(1);
                assertThatThrownBy(generator::next)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("await hasNext() before");
                assertThat(generator.anext().await()).isEqualTo(1);
                assertThatThrownBy(generator::next).isInstanceOf(IllegalStateException.class);
                generator.aclose().await();
            });
        }

        @Test
        void outsideATaskARequestIsRefused() {
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(y -> {
                        y.yield(1);
                    });

            assertThatThrownBy(() -> generator.hasNext().await())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("outside a coroutine");
            assertThat(generator.state()).isEqualTo(Generator.State.CREATED);
        }

        @Test
        void theEndComesAgainAndAgainAndCarriesTheResultOnce() {
            run(() -> {
                DuplexAsyncGenerator<Integer, Integer, String> generator =
                        DuplexAsyncGenerator.of(y -> {
                            y.yield(1);
                            return "result";
                        });
                generator.anext().await();
                assertThat(failureOf(generator.anext()))
                        .isInstanceOfSatisfying(
                                StopAsyncIteration.class,
                                end -> assertThat(end.value()).isEqualTo("result"));
                assertThat(failureOf(generator.anext()))
                        .isInstanceOfSatisfying(
                                StopAsyncIteration.class, end -> assertThat(end.value()).isNull());
                assertThat(generator.astep(null).await()).isEqualTo(new Step.Returned<>(null));
            });
        }

        @Test
        void whatLeavesTheBodyIsThrownAndEndsIt() {
            Foo foo = new Foo();
            run(() -> {
                AsyncGenerator<Integer> generator =
                        AsyncGenerator.of(y -> {
                            y.yield(1);
                            sleep(1);
                            throw foo;
                        });
                generator.anext().await();
                assertThat(failureOf(generator.anext())).isSameAs(foo);
                assertThat(failureOf(generator.anext())).isInstanceOf(StopAsyncIteration.class);
            });
        }

        @Test
        void endsOfIterationsThatLeaveTheBodyAreMistakes() {
            StopAsyncIteration stopAsync = new StopAsyncIteration();
            StopIteration stop = new StopIteration();
            run(() -> {
                assertThat(
                                failureOf(
                                        AsyncGenerator.<Integer>of(
                                                        _ -> {
                                                            throw stopAsync;
                                                        })
                                                .anext()))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("async generator raised StopAsyncIteration")
                        .hasCause(stopAsync);
                assertThat(
                                failureOf(
                                        AsyncGenerator.<Integer>of(
                                                        _ -> {
                                                            throw stop;
                                                        })
                                                .anext()))
                        .isInstanceOf(IllegalStateException.class)
                        .hasCause(stop);
            });
        }

        @Test
        @Behaviour("AG-17")
        void aDefaultIsGivenAtTheEndOnly() {
            List<Integer> fallback = List.of(1, 2);
            run(() -> {
                AsyncGenerator<List<Integer>> generator =
                        AsyncGenerator.of(y -> {
                            y.yield(List.of(3));
                        });
                assertThat(generator.anextOr(fallback).await()).containsExactly(3);
                assertThat(generator.anextOr(fallback).await()).isSameAs(fallback);
                assertThat(generator.anextOr(null).await()).isNull();

                assertThat(
                                failureOf(
                                        AsyncGenerator.<Integer>of(
                                                        _ -> {
                                                            throw new Foo();
                                                        })
                                                .anextOr(7)))
                        .isInstanceOf(Foo.class);
            });
        }

        @Test
        void aListIsCollectedAsAComprehensionDoes() {
            assertThat(run(() -> numbers(4).toList().await())).containsExactly(1, 2, 3, 4);
            assertThat(time.millis()).isEqualTo(40);
        }

        @Test
        void theBodySeesTheContextOfWhoeverAwaits() {
            ContextVar<String> user = ContextVar.of("user", "nobody");
            run(() -> {
                AsyncGenerator<String> generator =
                        AsyncGenerator.of(y -> {
                            while (true) {
                                yieldNow();
                                y.yield(user.get());
                            }
                        });
                user.set("ada");
                say(generator.anext().await());
                user.set("grace");
                say(Async.createTask(generator.anext()).await());
                generator.aclose().await();
            });

            assertThat(log).containsExactly("ada", "grace");
        }
    }

    @Nested
    class Requests {

        @Tag("confined")
        @Test
        @Behaviour("AG-05")
        void oneThatMeetsAnotherUnderWayIsRefusedAndSpent() {
            run(() -> {
                DuplexAsyncGenerator<Integer, Integer, Void> generator =
                        DuplexAsyncGenerator.of(y -> {
                            sleep(10);
                            y.yield(1);
                            return null;
                        });
                Task<Integer> first = Async.createTask(generator.anext());
                yieldNow();
                assertThat(generator.state()).isEqualTo(Generator.State.RUNNING);

                for (Coroutine<?> second :
                        List.of(
                                generator.anext(),
                                generator.asend(null),
                                generator.astep(null),
                                generator.athrow(new Foo()),
                                generator.aclose())) {
                    assertThat(failureOf(second))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("asynchronous generator is already running");
                    assertThat(failureOf(second))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("cannot reuse already awaited");
                }
                assertThat(failureOf(generator.hasNext()))
                        .hasMessageContaining("asynchronous generator is already running");
                assertThatThrownBy(generator::next).hasMessageContaining("already running");

                assertThat(first.await()).isEqualTo(1);
                generator.aclose().await();
            });
        }

        @Test
        @Behaviour("AG-05")
        void theBodyCannotRequestFromItself() {
            run(() -> {
                List<AsyncGenerator<Integer>> self = new ArrayList<>();
                self.add(
                        AsyncGenerator.of(y -> {
                            say(failureOf(self.get(0).anext()).getMessage());
                            y.yield(1);
                        }));
                assertThat(self.get(0).anext().await()).isEqualTo(1);
                self.get(0).aclose().await();
            });

            assertThat(log)
                    .singleElement()
                    .asString()
                    .startsWith("anext(): asynchronous generator is already running");
        }

        @Test
        @Behaviour("AG-06")
        void eachIsAwaitedOnce() {
            run(() -> {
                AsyncGenerator<Integer> generator = numbers(2);
                Coroutine<Integer> next = generator.anext();
                assertThat(next.await()).isEqualTo(1);
                assertThat(failureOf(next))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("cannot reuse already awaited");

                Coroutine<Void> close = generator.aclose();
                close.await();
                assertThat(failureOf(close))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("cannot reuse already awaited");
            });
        }

        @Test
        void oneCanBeGivenATimeLimit() {
            run(() -> {
                AsyncGenerator<Integer> generator = tidySlow();
                assertThat(failureOf(Async.waitFor(generator.anext(), ms(5))))
                        .isInstanceOf(TimeoutError.class);
                assertThat(failureOf(generator.anext())).isInstanceOf(StopAsyncIteration.class);
            });

            assertThat(log).containsExactly("cleaned up at 15");
        }

        private AsyncGenerator<Integer> tidySlow() {
            return AsyncGenerator.of(y -> {
                try {
                    sleep(100);
                    y.yield(1);
                } finally {
                    sleep(10);
                    say("cleaned up at " + time.millis());
                }
            });
        }

        @Test
        void severalTasksMayTakeTurns() {
            run(() -> {
                AsyncGenerator<Integer> generator = numbers(3);
                int first = generator.anext().await();
                int second = Async.createTask(generator.anext()).await();
                int third = Async.createTask(() -> generator.anext().await()).await();
                assertThat(List.of(first, second, third)).containsExactly(1, 2, 3);
                generator.aclose().await();
            });
        }
    }

    @Nested
    class Sending {

        private DuplexAsyncGenerator<Integer, Integer, String> doubling() {
            return DuplexAsyncGenerator.of(y -> {
                try {
                    sleep(10);
                    int v = y.yield(1);
                    sleep(10);
                    y.yield(v * 2);
                    sleep(10);
                    return "done";
                } finally {
                    sleep(10);
                    sleep(10);
                    say("cleaned up");
                }
            });
        }

        @Test
        @Behaviour("AG-04")
        void aValueCannotBeSentToABodyThatHasNotStarted() {
            run(() -> {
                var generator = doubling();
                assertThat(failureOf(generator.asend(7)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("non-null value");
                assertThat(generator.asend(null).await()).isEqualTo(1);
                generator.aclose().await();
            });
        }

        @Test
        @Behaviour("AG-07")
        void whatIsSentIsWhatYieldReturns() {
            run(() -> {
                var generator = doubling();
                assertThat(generator.asend(null).await()).isEqualTo(1);
                assertThat(generator.asend(100).await()).isEqualTo(200);
                assertThat(failureOf(generator.asend(null)))
                        .isInstanceOfSatisfying(
                                StopAsyncIteration.class,
                                end -> assertThat(end.value()).isEqualTo("done"));
                assertThat(log).containsExactly("cleaned up");
            });
        }

        @Test
        void astepTellsYieldingFromReturning() {
            run(() -> {
                var generator = doubling();
                assertThat(generator.astep(null).await()).isEqualTo(new Step.Yielded<>(1));
                assertThat(generator.astep(4).await()).isEqualTo(new Step.Yielded<>(8));
                assertThat(generator.astep(null).await()).isEqualTo(new Step.Returned<>("done"));
            });
        }

        @Test
        void aValueCannotBeSentPastAnElementThatWaits() {
            run(() -> {
                var generator = doubling();
                assertThat(generator.hasNext().await()).isTrue();
                assertThat(failureOf(generator.asend(7)))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("call next() first");
                assertThat(failureOf(generator.athrow(new Foo())))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("call next() first");
                assertThat(generator.asend(null).await()).isEqualTo(1);
                assertThat(generator.asend(7).await()).isEqualTo(14);
                generator.aclose().await();
            });
        }

        @Test
        @Behaviour("AG-08")
        void whatTheBodyAwaitsFailsAndTheCleanUpComesFirst() {
            run(() -> {
                DuplexAsyncGenerator<Integer, Integer, Void> generator =
                        DuplexAsyncGenerator.of(y -> {
                            try {
                                y.yield(1);
                                sleep(10);
                                throw new Foo();
                            } finally {
                                sleep(10);
                                say("cleaned up at " + time.millis());
                            }
                        });
                generator.anext().await();
                assertThat(failureOf(generator.asend(100))).isInstanceOf(Foo.class);
                assertThat(log).containsExactly("cleaned up at 20");
            });
        }

        @Test
        @Behaviour("AG-08")
        void whatTheBodyAwaitsIsCancelledAndTheCleanUpComesFirst() {
            run(() -> {
                Promise<Integer> awaited = never();
                DuplexAsyncGenerator<Integer, Integer, Void> generator =
                        DuplexAsyncGenerator.of(y -> {
                            try {
                                y.yield(1);
                                awaited.await();
                                return null;
                            } finally {
                                sleep(10);
                                say("cleaned up at " + time.millis());
                            }
                        });
                generator.anext().await();
                loop.callLater(ms(5), awaited::cancel);
                assertThat(failureOf(generator.asend(100))).isInstanceOf(CancelledError.class);
                assertThat(log).containsExactly("cleaned up at 15");
                assertThat(failureOf(generator.anext())).isInstanceOf(StopAsyncIteration.class);
            });
        }
    }

    @Nested
    class Throwing {

        @Test
        @Behaviour("AG-09")
        void aBodyThatCatchesMayYieldOn() {
            run(() -> {
                AsyncGenerator<Integer> generator =
                        AsyncGenerator.of(y -> {
                            int v = 0;
                            try {
                                y.yield(1);
                            } catch (Foo e) {
                                sleep(10);
                                v = 1000;
                            }
                            y.yield(v * 2);
                        });
                generator.anext().await();
                assertThat(generator.athrow(new Foo()).await()).isEqualTo(2000);
                assertThat(failureOf(generator.anext())).isInstanceOf(StopAsyncIteration.class);
            });
        }

        @Test
        @Behaviour("AG-09")
        void aBodyThatCatchesMayEnd() {
            run(() -> {
                AsyncGenerator<Integer> generator =
                        AsyncGenerator.of(y -> {
                            try {
                                y.yield(1);
                            } catch (Foo e) {
                                say("swallowed");
                            }
                        });
                generator.anext().await();
                assertThat(failureOf(generator.athrow(new Foo())))
                        .isInstanceOf(StopAsyncIteration.class);
                assertThat(log).containsExactly("swallowed");
            });
        }

        @Test
        @Behaviour("AG-10")
        void anExitThatIsThrownInComesBack() {
            GeneratorExit exit = new GeneratorExit();
            run(() -> {
                AsyncGenerator<Integer> generator = tidy();
                generator.anext().await();
                assertThat(failureOf(generator.athrow(exit))).isSameAs(exit);
                assertThat(log).containsExactly("cleaned up");
            });
        }

        @Test
        void oneThatHasNotStartedThrowsAndNeverRuns() {
            Foo foo = new Foo();
            run(() -> {
                AsyncGenerator<Integer> generator = tidy();
                assertThat(failureOf(generator.athrow(foo))).isSameAs(foo);
                assertThat(failureOf(generator.anext())).isInstanceOf(StopAsyncIteration.class);
                assertThat(log).isEmpty();
            });
        }

        @Test
        void oneThatHasEndedGivesNull() {
            run(() -> {
                AsyncGenerator<Integer> generator = numbers(0);
                assertThat(generator.hasNext().await()).isFalse();
                assertThat(generator.athrow(new Foo()).await()).isNull();
            });
        }

        @Test
        void aCheckedExceptionArrivesWrapped() {
            IOException checked = new IOException();
            run(() -> {
                AsyncGenerator<Integer> generator = numbers(2);
                generator.anext().await();
                assertThat(failureOf(generator.athrow(checked)))
                        .isInstanceOf(CompletionException.class)
                        .hasCause(checked);
            });
        }
    }

    @Nested
    class Closing {

        @Test
        @Behaviour("AG-11")
        void theCleanUpMayAwait() {
            run(() -> {
                AsyncGenerator<Integer> generator = tidy();
                generator.anext().await();
                generator.aclose().await();
                assertThat(log).containsExactly("cleaned up");
                assertThat(time.millis()).isEqualTo(20);
                assertThat(failureOf(generator.anext())).isInstanceOf(StopAsyncIteration.class);
            });
        }

        @Test
        @Behaviour("AG-11")
        void theCleanUpMayHandleAFailingTask() {
            run(() -> {
                AsyncGenerator<Integer> generator =
                        AsyncGenerator.of(y -> {
                            Task<?> failing =
                                    Async.createTask(() -> {
                                        sleep(10);
                                        throw new Foo();
                                    });
                            try {
                                y.yield(1);
                            } finally {
                                try {
                                    failing.await();
                                } catch (Foo e) {
                                    say("handled");
                                }
                            }
                        });
                generator.anext().await();
                generator.aclose().await();
                assertThat(log).containsExactly("handled");
            });
        }

        @Test
        @Behaviour("AG-12")
        void aBodyThatYieldsInAnswerIsTold() {
            run(() -> {
                AsyncGenerator<Integer> generator =
                        AsyncGenerator.of(y -> {
                            try {
                                y.yield(1);
                            } finally {
                                sleep(10);
                                y.yield(12);
                                say("resumed");
                            }
                        });
                generator.anext().await();
                assertThat(failureOf(generator.aclose()))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("ignored GeneratorExit");
                assertThat(failureOf(generator.aclose())).isInstanceOf(StopAsyncIteration.class);

                assertThat(failureOf(generator.anext())).isInstanceOf(GeneratorExit.class);
                assertThat(log).containsExactly("resumed");
                generator.aclose().await();
            });
        }

        @Test
        @Behaviour("AG-12")
        void aBodyThatSwallowsTheExitAndEndsIsFine() {
            run(() -> {
                AsyncGenerator<Integer> generator =
                        AsyncGenerator.of(y -> {
                            try {
                                y.yield(1);
                            } catch (GeneratorExit e) {
                                say("swallowed");
                            }
                        });
                generator.anext().await();
                generator.aclose().await();
                assertThat(log).containsExactly("swallowed");
            });
        }

        @Test
        void whatTheCleanUpThrowsIsThrown() {
            run(() -> {
                AsyncGenerator<Integer> generator =
                        AsyncGenerator.of(y -> {
                            try {
                                y.yield(1);
                            } finally {
                                sleep(1);
                                throwFoo();
                            }
                        });
                generator.anext().await();
                assertThat(failureOf(generator.aclose())).isInstanceOf(Foo.class);
            });
        }

        private static void throwFoo() {
            throw new Foo();
        }

        @Test
        void closingTwiceOrBeforeTheStartOrAfterTheEndDoesNothing() {
            run(() -> {
                AsyncGenerator<Integer> fresh = tidy();
                fresh.aclose().await();
                fresh.aclose().await();
                assertThat(failureOf(fresh.anext())).isInstanceOf(StopAsyncIteration.class);

                AsyncGenerator<Integer> ended = numbers(1);
                assertThat(ended.toList().await()).containsExactly(1);
                ended.aclose().await();
                assertThat(log).isEmpty();
            });
        }

        @Test
        void anElementThatWaitsIsDropped() {
            run(() -> {
                AsyncGenerator<Integer> generator = numbers(2);
                assertThat(generator.hasNext().await()).isTrue();
                generator.aclose().await();
                assertThat(generator.hasNext().await()).isFalse();
            });
        }

        @Test
        @Behaviour("AG-18")
        void aClosingScopeClosesBeforeTheErrorLeavesIt() {
            run(() -> {
                AsyncGenerator<Integer> generator = tidy();
                assertThat(
                                failureOf(
                                        AsyncScope.closing(generator)
                                                .run(g -> {
                                                    g.anext().await();
                                                    throw new Foo();
                                                })))
                        .isInstanceOf(Foo.class);
                assertThat(log).containsExactly("cleaned up");
            });
        }

        @Test
        @Behaviour("AG-18")
        void aClosingScopeMayBeLeftWithAValue() {
            int first = run(() -> AsyncScope.closing(tidy()).call(g -> g.anext().await()).await());

            assertThat(first).isEqualTo(1);
            assertThat(log).containsExactly("cleaned up");
        }

        @Test
        void forEachClosesWhenItsActionThrows() {
            Foo foo = new Foo();
            run(() -> {
                AsyncGenerator<Integer> generator = tidy();
                assertThat(
                                failureOf(
                                        generator.forEach(_ -> {
                                            throw foo;
                                        })))
                        .isSameAs(foo);
                assertThat(log).containsExactly("cleaned up");
                assertThat(generator.state()).isEqualTo(Generator.State.CLOSED);
            });
        }

        @Test
        @Behaviour("TG-22")
        void aGroupInsideLetsTheExitPass() {
            run(() -> {
                AsyncGenerator<Integer> generator =
                        AsyncGenerator.of(y ->
                                TaskGroup.run(
                                                group -> {
                                                    group.createTask(() -> {
                                                        try {
                                                            never().await();
                                                        } finally {
                                                            say("child ended");
                                                        }
                                                    });
                                                    y.yield(1);
                                                })
                                        .await());
                generator.anext().await();
                settle();
                generator.aclose().await();
                assertThat(log).containsExactly("child ended");
            });
        }

        @Tag("confined")
        @Test
        @Behaviour("TG-22")
        void aGroupInsideWhoseChildFailedThrowsThat() {
            run(() -> {
                AsyncGenerator<Integer> generator =
                        AsyncGenerator.of(y ->
                                TaskGroup.run(
                                                group -> {
                                                    group.createTask(() -> {
                                                        try {
                                                            never().await();
                                                        } finally {
                                                            throwFoo();
                                                        }
                                                    });
                                                    y.yield(1);
                                                })
                                        .await());
                generator.anext().await();
                yieldNow();
                assertThat(failureOf(generator.aclose()))
                        .isInstanceOfSatisfying(
                                dev.treadle.ExceptionGroup.class,
                                group ->
                                        assertThat(group.exceptions())
                                                .hasSize(2)
                                                .hasAtLeastOneElementOfType(Foo.class)
                                                .hasAtLeastOneElementOfType(GeneratorExit.class));
            });
        }
    }

    @Nested
    class Delegating {

        private DuplexAsyncGenerator<Integer, Integer, String> inner() {
            return DuplexAsyncGenerator.of(y -> {
                try {
                    int got = 0;
                    try {
                        got = y.yield(1);
                    } catch (Foo e) {
                        got = 50;
                    }
                    sleep(10);
                    y.yield(got * 2);
                    return "inner's result";
                } finally {
                    sleep(10);
                    say("inner ended");
                }
            });
        }

        private DuplexAsyncGenerator<Integer, Integer, Integer> outer(
                DuplexAsyncGenerator<Integer, Integer, String> inner) {
            return DuplexAsyncGenerator.of(y -> {
                try {
                    say("got " + y.yieldFrom(inner));
                    y.yield(9);
                    return 10;
                } finally {
                    sleep(10);
                    say("outer ended");
                }
            });
        }

        @Test
        void whatIsSentReachesTheInnerOneAndItsResultTheOuter() {
            run(() -> {
                var generator = outer(inner());
                assertThat(generator.asend(null).await()).isEqualTo(1);
                assertThat(generator.asend(4).await()).isEqualTo(8);
                assertThat(generator.asend(null).await()).isEqualTo(9);
                assertThat(generator.astep(null).await()).isEqualTo(new Step.Returned<>(10));
            });

            assertThat(log).containsExactly("inner ended", "got inner's result", "outer ended");
        }

        @Test
        void whatIsThrownReachesTheInnerOne() {
            run(() -> {
                var generator = outer(inner());
                generator.anext().await();
                assertThat(generator.athrow(new Foo()).await()).isEqualTo(100);
                generator.aclose().await();
            });

            assertThat(log).containsExactly("inner ended", "outer ended");
        }

        @Test
        void whatTheInnerOneDoesNotCatchSurfacesInTheOuter() {
            run(() -> {
                var generator = outer(inner());
                generator.anext().await();
                assertThat(failureOf(generator.athrow(new IllegalArgumentException("x"))))
                        .hasMessage("x");
            });

            assertThat(log).containsExactly("inner ended", "outer ended");
        }

        @Test
        void whatIsThrownAfterTheInnerOneWasClosedSurfacesInTheOuter() {
            run(() -> {
                var inner = inner();
                var generator = outer(inner);
                generator.anext().await();
                inner.aclose().await();
                assertThat(failureOf(generator.athrow(new Foo()))).isInstanceOf(Foo.class);
            });

            assertThat(log).containsExactly("inner ended", "outer ended");
        }

        @Test
        void theInnerOneIsClosedFirst() {
            run(() -> {
                var generator = outer(inner());
                generator.anext().await();
                generator.aclose().await();
            });

            assertThat(log).containsExactly("inner ended", "outer ended");
        }

        @Test
        void anInnerOneThatSwallowsTheExitKeepsTheOuterFromGoingOnAllTheSame() {
            run(() -> {
                AsyncGenerator<Integer> inner =
                        AsyncGenerator.of(y -> {
                            try {
                                y.yield(1);
                            } catch (GeneratorExit e) {
                                say("swallowed");
                            }
                        });
                AsyncGenerator<Integer> generator =
                        AsyncGenerator.of(y -> {
                            y.yieldFrom(inner);
                            say("went on");
                        });
                generator.anext().await();
                GeneratorExit exit = new GeneratorExit();
                assertThat(failureOf(generator.athrow(exit))).isSameAs(exit);
            });

            assertThat(log).containsExactly("swallowed");
        }

        @Test
        void plainGeneratorsAndIterablesWorkToo() {
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(y -> {
                        y.yieldFrom(List.of(1, 2));
                        y.yieldFrom(
                                Generator.<Integer>of(z -> {
                                    sleep(10);
                                    z.yield(3);
                                }));
                        y.yieldFrom(numbers(1));
                    });

            assertThat(run(() -> generator.toList().await())).containsExactly(1, 2, 3, 1);
            assertThat(time.millis()).isEqualTo(20);
        }

        @Test
        void aPlainGeneratorMayDelegateToAnAsynchronousOneIfATaskDrivesIt() {
            Generator<Integer> generator = Generator.of(y -> y.yieldFrom(numbers(2)));

            List<Integer> seen =
                    run(() -> {
                        List<Integer> all = new ArrayList<>();
                        generator.forEachRemaining(all::add);
                        return all;
                    });

            assertThat(seen).containsExactly(1, 2);
        }

        @Test
        void onAPlainThreadThatIsRefused() {
            Generator<Integer> generator = Generator.of(y -> y.yieldFrom(numbers(2)));

            assertThatThrownBy(generator::next)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("outside a coroutine");
        }
    }
}
