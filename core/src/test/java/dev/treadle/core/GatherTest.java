package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Coroutine;
import dev.treadle.Future;
import dev.treadle.Promise;
import dev.treadle.Task;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@NullUnmarked
class GatherTest extends OnVirtualLoop {

    private final Promise<String> a = loop.createPromise();
    private final Promise<String> b = loop.createPromise();
    private final Promise<String> c = loop.createPromise();

    @Nested
    class OnAForeignThread {

        @Test
        void itIsNotCancelledWhileTheLoopRuns() {
            run(() -> {
                Future<List<Future<String>>> gathered = Async.gatherSettled(List.of(a, b));
                Throwable refused = onForeignThread(() -> thrownBy(gathered::cancel)).join();
                assertThat(refused)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("callSoonThreadsafe");
                assertThat(a.isDone()).isFalse();
                onForeignThread(() -> loop.callSoonThreadsafe(gathered::cancel)).join();
                assertThat(failureOf(gathered)).isInstanceOf(CancelledError.class);
            });
        }
    }

    @Nested
    class WhenAllSucceed {

        @Test
        @Behaviour("GAT-01")
        void theResultsFollowTheArgumentsAndComeAfterTheLast() {
            run(() -> {
                Future<List<String>> gathered = Async.gather(a, b, c);
                b.complete("2");
                yieldTimes(3);
                a.complete("1");
                yieldTimes(3);
                assertThat(gathered.isDone()).isFalse();
                c.complete("3");

                assertThat(gathered.await()).containsExactly("1", "2", "3");
            });
        }

        @Tag("confined")
        @Test
        @Behaviour("GAT-01")
        void coroutinesStartInOrderAndRunAtOnce() {
            run(() -> {
                List<Coroutine<Integer>> coroutines = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    int number = i;
                    coroutines.add(
                            Coroutine.of(() -> {
                                say("start " + number);
                                return Async.sleep(ms(30 - 10 * number), number).await();
                            }));
                }
                assertThat(Async.gather(coroutines).await()).containsExactly(0, 1, 2);
                assertThat(time.millis()).isEqualTo(30);
            });

            assertThat(log).containsExactly("start 0", "start 1", "start 2");
        }

        @Tag("confined")
        @Test
        void membersStartEvenIfNobodyAwaitsTheResult() {
            run(() -> {
                Async.gather(List.of(Coroutine.of(() -> say("ran"))));
                yieldNow();
            });

            assertThat(log).containsExactly("ran");
        }

        @Test
        void membersThatAreDoneAlreadyCount() {
            run(() -> {
                a.complete("1");
                b.complete("2");
                Future<List<String>> gathered = Async.gather(a, b);
                assertThat(gathered.await()).containsExactly("1", "2");
            });
        }

        @Test
        void theListMayHoldNulls() {
            run(() ->
                    assertThat(
                                    Async.gather(
                                                    List.of(
                                                            Coroutine.of(() -> {}),
                                                            Coroutine.of(() -> {})))
                                            .await())
                            .containsExactly(null, null));
        }
    }

    @Nested
    class OfNothing {

        @Test
        @Behaviour("GAT-08")
        void isDoneAndEmpty() {
            run(() -> {
                Future<List<String>> gathered = Async.gather(List.<Future<String>>of());
                Future<List<Future<String>>> settled =
                        Async.gatherSettled(List.<Future<String>>of());
                assertThat(gathered.isDone()).isTrue();
                assertThat(gathered.await()).isEmpty();
                assertThat(settled.await()).isEmpty();
            });
        }
    }

    @Nested
    class WithDuplicates {

        @Test
        @Behaviour("GAT-08")
        void aCoroutineGivenThreeTimesRunsOnceAndFillsThreePlaces() {
            run(() -> {
                Coroutine<String> coroutine =
                        Coroutine.of(() -> {
                            say("ran");
                            yieldNow();
                            return "x";
                        });
                assertThat(Async.gather(coroutine, coroutine, coroutine).await())
                        .containsExactly("x", "x", "x");
            });

            assertThat(log).containsExactly("ran");
        }

        @Test
        @Behaviour("GAT-08")
        void aFutureGivenTwiceFillsTwoPlaces() {
            run(() -> {
                Future<List<String>> gathered = Async.gather(a, b, a);
                a.complete("1");
                b.complete("2");
                assertThat(gathered.await()).containsExactly("1", "2", "1");
            });
        }
    }

    @Nested
    class WhenAMemberFails {

        @Test
        @Behaviour("GAT-02")
        void theFutureFailsAtOnceWithThatErrorAndTheOthersRunOn() {
            run(() -> {
                IllegalArgumentException failure = new IllegalArgumentException();
                Task<String> other = Async.createTask(() -> Async.sleep(ms(20), "other").await());
                Future<List<String>> gathered =
                        Async.gather(
                                other,
                                Coroutine.<String>of(() -> {
                                    sleep(10);
                                    throw failure;
                                }));
                assertThat(failureOf(gathered)).isSameAs(failure);
                assertThat(time.millis()).isEqualTo(10);
                assertThat(other.isDone()).isFalse();
                assertThat(other.await()).isEqualTo("other");
            });
        }

        @Test
        @Behaviour("GAT-02")
        void theFirstFailureInTimeCounts() {
            run(() -> {
                Future<List<String>> gathered = Async.gather(a, b);
                b.fail(new IllegalArgumentException("b"));
                a.fail(new IllegalArgumentException("a"));
                assertThat(failureOf(gathered)).hasMessage("b");
            });
        }

        @Test
        void aCancelledMemberFailsTheFutureButDoesNotCancelIt() {
            run(() -> {
                Future<List<String>> gathered = Async.gather(a, b);
                a.cancel("a");
                assertThat(failureOf(gathered)).isInstanceOf(CancelledError.class).hasMessage("a");
                assertThat(gathered.isCancelled()).isFalse();
                assertThat(b.isDone()).isFalse();
            });
        }

        @Test
        void settledItIsFoundAtItsPlace() {
            run(() -> {
                IllegalArgumentException failure = new IllegalArgumentException();
                Future<List<Future<String>>> settled = Async.gatherSettled(List.of(a, b, c));
                b.fail(failure);
                yieldTimes(3);
                assertThat(settled.isDone()).isFalse();
                c.cancel("c");
                a.complete("1");

                List<Future<String>> members = settled.await();
                assertThat(members.get(0).result()).isEqualTo("1");
                assertThat(members.get(1).exception()).isSameAs(failure);
                assertThat(members.get(2).isCancelled()).isTrue();
                assertThat(members).isEqualTo(List.of(a, b, c));
            });
        }

        @Test
        @Behaviour("GAT-03")
        void settledNothingIsThrownEvenIfAllAreCancelled() {
            run(() -> {
                Future<List<Future<String>>> settled = Async.gatherSettled(List.of(a, b));
                a.cancel();
                b.cancel();
                assertThat(settled.await())
                        .extracting(Future::isCancelled)
                        .containsExactly(true, true);
            });
        }
    }

    @Nested
    class WhenCancelled {

        @Tag("confined")
        @Test
        @Behaviour("GAT-05")
        void theAwaitingTaskAllMembersAre() {
            run(() -> {
                Task<String> one = Async.createTask(() -> a.await());
                Task<String> two = Async.createTask(() -> b.await());
                Future<List<String>> gathered = Async.gather(one, two);
                Task<?> awaiting = Async.createTask(() -> gathered.await());
                yieldNow();
                awaiting.cancel("enough");

                assertThat(failureOf(awaiting))
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("enough");
                assertThat(awaiting.isCancelled()).isTrue();
                assertThat(one.isCancelled()).isTrue();
                assertThat(two.isCancelled()).isTrue();
                assertThat(a.isCancelled()).isTrue();
                assertThat(gathered.cancel()).isFalse();
            });
        }

        @Test
        @Behaviour("GAT-05")
        void theFutureAllMembersAre() {
            run(() -> {
                Future<List<String>> gathered = Async.gather(a, b);
                assertThat(gathered.cancel("enough")).isTrue();
                assertThat(gathered.isDone()).isFalse();
                assertThat(failureOf(gathered))
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("enough");
                assertThat(a.isCancelled()).isTrue();
                assertThat(b.isCancelled()).isTrue();
            });
        }

        @Test
        @Behaviour("GAT-06")
        void theAwaitingTaskOfSettledOnesGetsTheMessageWhenAllHaveEnded() {
            run(() -> {
                Task<?> slow =
                        Async.createTask(() -> {
                            try {
                                never().await();
                            } finally {
                                sleep(10);
                                say("cleaned up");
                            }
                        });
                Task<?> awaiting =
                        Async.createTask(() -> Async.gatherSettled(List.of(slow)).await());
                settle();
                awaiting.cancel("enough");
                assertThat(failureOf(awaiting))
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("enough");
            });

            assertThat(log).containsExactly("cleaned up");
        }

        @Test
        @Behaviour("GAT-06")
        void settledMembersThatRefuseDoNotSwallowIt() {
            run(() -> {
                Task<String> stubborn =
                        Async.createTask(() -> {
                            try {
                                never().await();
                            } catch (CancelledError e) {
                                say("refused");
                            }
                            return "value";
                        });
                Task<?> awaiting =
                        Async.createTask(() -> Async.gatherSettled(List.of(stubborn)).await());
                settle();
                awaiting.cancel("enough");
                assertThat(failureOf(awaiting))
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("enough");
                assertThat(stubborn.result()).isEqualTo("value");
            });
        }

        @Test
        void andAllMembersAreDoneItIsRefused() {
            run(() -> {
                Future<List<String>> gathered = Async.gather(a);
                a.complete("1");
                assertThat(gathered.cancel()).isFalse();
                assertThat(gathered.await()).containsExactly("1");
            });
        }
    }

    @Nested
    class Misuse {

        @Test
        @Behaviour("GAT-08")
        void aFutureOfAnotherLoopIsRefused() {
            try (CoreEventLoop other = TestLoops.virtual("other", new VirtualTime())) {
                Promise<String> foreign = other.createPromise();

                run(() ->
                        assertThatThrownBy(() -> Async.gather(a, foreign))
                                .isInstanceOf(IllegalArgumentException.class)
                                .hasMessageContaining("other"));
            }
        }

        @Test
        void outsideALoopItIsRefused() {
            assertThatThrownBy(() -> Async.gather(a)).isInstanceOf(IllegalStateException.class);
        }
    }
}
