package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.AsyncExitStack;
import dev.treadle.AsyncScope;
import dev.treadle.Awaitable;
import dev.treadle.CancelledError;
import dev.treadle.Coroutine;
import dev.treadle.StopAsyncIteration;
import dev.treadle.StopIteration;
import dev.treadle.Task;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@NullUnmarked
class AsyncScopeTest extends OnVirtualLoop {

    private static final class Foo extends RuntimeException {
        private static final long serialVersionUID = 1;

        Foo(String text) {
            super(text);
        }
    }

    /// A scope that says what is done with it.
    private final class Spoken implements AsyncScope<String> {
        private final String name;
        private final @Nullable RuntimeException onEnter;
        private final @Nullable RuntimeException onExit;
        private final boolean handles;

        Spoken(
                String name,
                @Nullable RuntimeException onEnter,
                @Nullable RuntimeException onExit,
                boolean handles) {
            this.name = name;
            this.onEnter = onEnter;
            this.onExit = onExit;
            this.handles = handles;
        }

        @Override
        public Awaitable<String> enter() {
            return Coroutine.of(() -> {
                sleep(10);
                say("enter " + name);
                if (onEnter != null) {
                    throw onEnter;
                }
                return name;
            });
        }

        @Override
        public Awaitable<Boolean> exit(@Nullable Throwable error) {
            return Coroutine.of(() -> {
                sleep(10);
                say("exit " + name + (error == null ? "" : " with " + error.getMessage()));
                if (onExit != null) {
                    throw onExit;
                }
                return handles;
            });
        }
    }

    private Spoken plain(String name) {
        return new Spoken(name, null, null, false);
    }

    private Spoken handling(String name) {
        return new Spoken(name, null, null, true);
    }

    private Spoken failing(String name) {
        return new Spoken(name, null, new Foo(name + "'s exit"), false);
    }

    @Nested
    class OneScope {

        @Test
        void isEnteredAndLeftAroundTheBodyAndMayAwait() {
            String value =
                    run(() ->
                            plain("a")
                                    .call(name -> {
                                        sleep(10);
                                        say("body of " + name);
                                        return "value";
                                    })
                                    .await());

            assertThat(value).isEqualTo("value");
            assertThat(log).containsExactly("enter a", "body of a", "exit a");
            assertThat(time.millis()).isEqualTo(30);
        }

        @Test
        @Behaviour("COR-11")
        void aFailedEntryRunsNeitherBodyNorExit() {
            Foo failure = new Foo("enter");
            run(() -> {
                AsyncScope<String> scope = new Spoken("a", failure, null, false);
                assertThat(failureOf(scope.run(_ -> say("body")))).isSameAs(failure);
            });

            assertThat(log).containsExactly("enter a");
        }

        @Test
        @Behaviour("COR-11")
        void anExitThatHandlesMakesTheErrorDisappear() {
            run(() -> {
                String value =
                        handling("a")
                                .<String>call(_ -> {
                                    throw new Foo("body");
                                })
                                .await();
                assertThat(value).isNull();
            });

            assertThat(log).containsExactly("enter a", "exit a with body");
        }

        @Test
        @Behaviour("COR-11")
        void anExitThatRaisesReplacesTheErrorAndKeepsItInSight() {
            Foo inBody = new Foo("body");
            run(() -> {
                Throwable thrown =
                        failureOf(
                                failing("a")
                                        .run(_ -> {
                                            throw inBody;
                                        }));
                assertThat(thrown).hasMessage("a's exit");
                assertThat(thrown.getSuppressed()).containsExactly(inBody);
            });
        }

        @Test
        @Behaviour("COR-11")
        void anExitThatRaisesAfterAGoodBodyFailsTheScope() {
            run(() -> assertThat(failureOf(failing("a").run(_ -> {}))).hasMessage("a's exit"));
        }

        @Test
        void anUnhandledErrorPassesAsItIs() {
            IOException checked = new IOException("x");
            run(() ->
                    assertThat(
                                    failureOf(
                                            plain("a")
                                                    .run(_ -> {
                                                        throw checked;
                                                    })))
                            .hasCause(checked));
        }

        @Test
        void aCancellationIsSeenByTheExit() {
            Task<?> task = spawn(() -> plain("a").run(_ -> never().await()).await());
            run(() -> {
                sleep(15);
                task.cancel("enough");
                assertThat(failureOf(task)).isInstanceOf(CancelledError.class);
            });

            assertThat(log).containsExactly("enter a", "exit a with enough");
        }
    }

    @Nested
    class WrittenAsAGenerator {

        private AsyncScope<Integer> tidy() {
            return AsyncScope.of(y -> {
                say("enter");
                try {
                    sleep(10);
                    y.yield(42);
                } finally {
                    sleep(10);
                    say("exit");
                }
            });
        }

        @Test
        void runsAroundTheBody() {
            assertThat(run(() -> tidy().call(value -> value + 1).await())).isEqualTo(43);
            assertThat(log).containsExactly("enter", "exit");
        }

        @Test
        void theBodysErrorIsThrownFromTheYieldAndPasses() {
            Foo foo = new Foo("body");
            IOException checked = new IOException("checked");
            run(() -> {
                assertThat(
                                failureOf(
                                        tidy().run(_ -> {
                                            throw foo;
                                        })))
                        .isSameAs(foo);
                assertThat(
                                failureOf(
                                        tidy().run(_ -> {
                                            throw checked;
                                        })))
                        .hasCause(checked);
            });

            assertThat(log).containsExactly("enter", "exit", "enter", "exit");
        }

        @Test
        void aGeneratorThatCatchesHandles() {
            run(() ->
                    AsyncScope.<Integer>of(
                                    y -> {
                                        try {
                                            y.yield(1);
                                        } catch (Foo e) {
                                            say("handled " + e.getMessage());
                                        }
                                    })
                            .run(_ -> {
                                throw new Foo("body");
                            })
                            .await());

            assertThat(log).containsExactly("handled body");
        }

        @Test
        void aGeneratorThatThrowsAnotherReplaces() {
            Foo other = new Foo("other");
            run(() ->
                    assertThat(
                                    failureOf(
                                            AsyncScope.<Integer>of(
                                                            y -> {
                                                                try {
                                                                    y.yield(1);
                                                                } catch (Foo e) {
                                                                    throw other;
                                                                }
                                                            })
                                                    .run(_ -> {
                                                        throw new Foo("body");
                                                    })))
                            .isSameAs(other));
        }

        @Test
        void endsOfIterationsThatLeaveTheBodyStayWhatTheyAre() {
            StopIteration stop = new StopIteration();
            StopAsyncIteration stopAsync = new StopAsyncIteration();
            run(() -> {
                for (RuntimeException end : List.of(stop, stopAsync)) {
                    Throwable thrown =
                            failureOf(
                                    tidy().run(_ -> {
                                        throw end;
                                    }));
                    // A coroutine that StopIteration leaves says so; StopAsyncIteration may leave
                    // one.
                    assertThat(thrown == end || thrown.getCause() == end).isTrue();
                }
            });
        }

        @Test
        @Behaviour("COR-12")
        void oneThatDoesNotYieldIsRefused() {
            run(() ->
                    assertThat(failureOf(AsyncScope.<Integer>of(_ -> {}).run(_ -> say("body"))))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("generator didn't yield"));

            assertThat(log).isEmpty();
        }

        @Test
        @Behaviour("COR-12")
        void oneThatYieldsTwiceIsRefusedAndClosed() {
            run(() ->
                    assertThat(failureOf(twice().run(_ -> say("body"))))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("generator didn't stop"));

            assertThat(log).containsExactly("body", "closed");
        }

        @Test
        @Behaviour("COR-12")
        void oneThatYieldsAfterTheBodysErrorIsRefusedAndClosed() {
            run(() ->
                    assertThat(
                                    failureOf(
                                            twice().run(_ -> {
                                                throw new Foo("body");
                                            })))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining(
                                    "didn't stop after the body's exception was thrown into it"));

            assertThat(log).containsExactly("closed");
        }

        private AsyncScope<Integer> twice() {
            return AsyncScope.of(y -> {
                try {
                    try {
                        y.yield(1);
                    } catch (Foo e) {
                        y.yield(3);
                    }
                    y.yield(2);
                } finally {
                    sleep(10);
                    say("closed");
                }
            });
        }

        @Test
        void isUsedOnce() {
            run(() -> {
                AsyncScope<Integer> scope = tidy();
                scope.run(_ -> {}).await();
                assertThat(failureOf(scope.run(_ -> {})))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("used once");
            });
        }
    }

    @Nested
    class Stacked {

        @Test
        void areLeftInReverseOrder() {
            run(() ->
                    new AsyncExitStack()
                            .run(stack -> {
                                say(stack.enter(plain("a")).await() + " entered");
                                stack.use(() -> say("closed"));
                                stack.onExit(() -> {
                                    sleep(10);
                                    say("action");
                                });
                                stack.enter(plain("b")).await();
                                say("body");
                            })
                            .await());

            assertThat(log)
                    .containsExactly(
                            "enter a",
                            "a entered",
                            "enter b",
                            "body",
                            "exit b",
                            "action",
                            "closed",
                            "exit a");
        }

        @Test
        void oneThatFailsToEnterIsNotLeft() {
            run(() ->
                    assertThat(
                                    failureOf(
                                            new AsyncExitStack()
                                                    .run(stack -> {
                                                        stack.enter(plain("a")).await();
                                                        stack.enter(
                                                                        new Spoken(
                                                                                "b",
                                                                                new Foo("no"),
                                                                                null,
                                                                                false))
                                                                .await();
                                                    })))
                            .hasMessage("no"));

            assertThat(log).containsExactly("enter a", "enter b", "exit a with no");
        }

        @Test
        void anErrorMayBeHandledOnTheWayAndIsThenGone() {
            run(() ->
                    new AsyncExitStack()
                            .run(stack -> {
                                stack.enter(plain("outer")).await();
                                stack.enter(handling("middle")).await();
                                stack.enter(plain("inner")).await();
                                log.clear();
                                throw new Foo("body");
                            })
                            .await());

            assertThat(log)
                    .containsExactly("exit inner with body", "exit middle with body", "exit outer");
        }

        @Test
        void anErrorMayBeReplacedOnTheWay() {
            Foo inBody = new Foo("body");
            run(() -> {
                Throwable thrown =
                        failureOf(
                                new AsyncExitStack()
                                        .run(stack -> {
                                            stack.enter(plain("outer")).await();
                                            stack.use(() -> {
                                                throw new IOException("close");
                                            });
                                            log.clear();
                                            throw inBody;
                                        }));
                assertThat(thrown).hasCauseInstanceOf(IOException.class);
                assertThat(thrown.getCause().getSuppressed()).containsExactly(inBody);
            });

            assertThat(log).containsExactly("exit outer with close");
        }

        @Test
        void entriesCanBeHandedOn() {
            run(() -> {
                AsyncExitStack kept =
                        new AsyncExitStack()
                                .call(stack -> {
                                    stack.enter(plain("a")).await();
                                    stack.enter(plain("b")).await();
                                    return stack.moveAll();
                                })
                                .await();
                say("handed on");
                kept.run(_ -> {}).await();
            });

            assertThat(log).containsExactly("enter a", "enter b", "handed on", "exit b", "exit a");
        }
    }
}
