package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Coroutine;
import dev.treadle.Future;
import dev.treadle.GeneratorExit;
import dev.treadle.Promise;
import dev.treadle.Task;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What may be done with a coroutine, and when.
///
/// Python's `send` and `throw` of a coroutine object have no counterpart: a coroutine that is
/// suspended has a stack, which belongs to its task. Its loop resumes it; who wants to throw into
/// it cancels the task; and closing the loop closes it.
@NullUnmarked
class CoroutineOnLoopTest extends OnVirtualLoop {

    @Nested
    class UsedOnce {

        @Test
        @Behaviour("COR-04")
        void oneThatHasEndedIsRefusedEverywhereAndClosingItIsNothing() {
            run(() -> {
                Coroutine<String> coroutine = Coroutine.of(() -> "value");
                assertThat(coroutine.await()).isEqualTo("value");

                assertThat(failureOf(coroutine))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("cannot reuse already awaited coroutine");
                assertThat(failureOf(Async.createTask(coroutine)))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("cannot reuse already awaited coroutine");
                coroutine.close();
                coroutine.close();
            });
        }

        @Tag("confined")
        @Test
        @Behaviour("COR-05")
        void oneThatATaskRunsCannotBeAwaitedBesides() {
            run(() -> {
                Coroutine<String> coroutine = Async.sleep(ms(10), "value");
                Task<String> task = Async.createTask(coroutine);
                yieldNow();
                assertThat(failureOf(coroutine))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("coroutine is being awaited already");
                assertThat(task.await()).isEqualTo("value");
            });
        }

        @Tag("confined")
        @Test
        @Behaviour("COR-05")
        void oneThatIsAwaitedCannotBeAwaitedBesides() {
            run(() -> {
                Coroutine<String> coroutine = Async.sleep(ms(10), "value");
                Task<String> first = Async.createTask(() -> coroutine.await());
                Task<String> second = Async.createTask(() -> coroutine.await());
                assertThat(first.await()).isEqualTo("value");
                assertThat(failureOf(second))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("coroutine is being awaited already");
            });
        }

        @Test
        @Behaviour("COR-01")
        void oneThatWasClosedNeverRuns() {
            run(() -> {
                Coroutine<Void> coroutine = Coroutine.of(() -> say("body"));
                coroutine.close();
                assertThat(failureOf(coroutine)).hasMessageContaining("cannot reuse");
            });

            assertThat(log).isEmpty();
        }

        @Tag("confined")
        @Test
        void oneThatIsSuspendedCannotBeClosedByHand() {
            run(() -> {
                Coroutine<Object> coroutine = Coroutine.of(() -> never().await());
                Task<?> task = Async.createTask(coroutine);
                yieldNow();
                assertThatThrownBy(coroutine::close)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("cancel the task that runs it");
                task.cancel();
                assertThat(failureOf(task)).isInstanceOf(CancelledError.class);
                coroutine.close();
            });
        }
    }

    @Nested
    class ClosedWithItsLoop {

        private Coroutine<Void> inner() {
            return Coroutine.of(() -> {
                try {
                    never().await();
                } catch (GeneratorExit e) {
                    say("innermost");
                    throw e;
                } finally {
                    say("innermost's finally");
                }
            });
        }

        @Tag("confined")
        @Test
        @Behaviour("COR-06")
        void theExitIsDeliveredOnceAtTheInnermostAwait() {
            Coroutine<Void> outer =
                    Coroutine.of(() -> {
                        try {
                            Coroutine.of(() -> inner().await()).await();
                        } finally {
                            say("outermost's finally");
                        }
                    });
            Task<?> task = loop.createTask(outer);
            runOneIteration();

            loop.close();
            loop.close();
            outer.close();
            outer.close();

            assertThat(log)
                    .containsExactly("innermost", "innermost's finally", "outermost's finally");
            assertThat(task.isCancelled()).isTrue();
            assertThat(takeProblems())
                    .singleElement()
                    .satisfies(problem ->
                            assertThat(problem.message()).contains("destroyed but it is pending"));
        }

        @Tag("confined")
        @Test
        @Behaviour("COR-07")
        void oneThatAwaitsInAnswerIsTold() {
            Task<?> task =
                    spawn(() -> {
                        try {
                            never().await();
                        } catch (GeneratorExit e) {
                            never().await();
                        }
                    });
            runOneIteration();

            loop.close();

            assertThat(task.exception())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("coroutine ignored GeneratorExit");
            assertThat(takeProblems()).hasSize(2);
        }
    }

    @Nested
    class ThrownInto {

        @Tag("confined")
        @Test
        @Behaviour("COR-08")
        void anErrorSurfacesAtTheLeafAndMayBeTranslatedOnItsWay() {
            Promise<String> leaf = never();
            run(() -> {
                Coroutine<String> inner =
                        Coroutine.of(() -> {
                            try {
                                return leaf.await();
                            } catch (CancelledError e) {
                                say("at the leaf: " + e.getMessage());
                                throw new IllegalArgumentException("translated", e);
                            }
                        });
                Task<String> task =
                        Async.createTask(() -> {
                            try {
                                return inner.await();
                            } catch (IllegalArgumentException e) {
                                say("outside: " + e.getMessage());
                                return "handled";
                            }
                        });
                yieldNow();
                task.cancel("thrown in");
                assertThat(task.await()).isEqualTo("handled");
                assertThat(leaf.isCancelled()).isTrue();
            });

            assertThat(log).containsExactly("at the leaf: thrown in", "outside: translated");
        }
    }

    @Nested
    class CheckedExceptions {

        @Test
        void arriveBareWhereTheyAreExpected() {
            IOException failure = new FileNotFoundException("x");
            run(() -> {
                Future<String> future = Future.from(CompletableFuture.failedFuture(failure));
                assertThatThrownBy(() -> future.throwing(IOException.class).await())
                        .isSameAs(failure);
                try {
                    future.throwing(IOException.class).await();
                } catch (IOException e) { // which the compiler knows of
                    say("caught");
                }
            });

            assertThat(log).containsExactly("caught");
        }

        @Test
        void otherOnesStayWrapped() {
            TimeoutException failure = new TimeoutException();
            run(() -> {
                Coroutine<String> coroutine =
                        Coroutine.of(() -> {
                            throw failure;
                        });
                assertThatThrownBy(() -> coroutine.throwing(IOException.class).await())
                        .isInstanceOf(CompletionException.class)
                        .hasCause(failure);
            });
        }

        @Test
        void uncheckedOnesAndResultsPass() {
            IllegalArgumentException failure = new IllegalArgumentException();
            run(() -> {
                assertThat(Async.sleep(ms(1), "value").throwing(IOException.class).await())
                        .isEqualTo("value");
                Coroutine<String> failing =
                        Coroutine.of(() -> {
                            throw failure;
                        });
                assertThatThrownBy(() -> failing.throwing(IOException.class).await())
                        .isSameAs(failure);
            });
        }
    }
}
