package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.AsyncIterator;
import dev.treadle.CancelledError;
import dev.treadle.Completions;
import dev.treadle.Coroutine;
import dev.treadle.Future;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.TimeoutError;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@NullUnmarked
class CompletionsTest extends OnVirtualLoop {

    private static Task<String> after(long millis, String value) {
        return Async.createTask(() -> Async.sleep(ms(millis), value).await());
    }

    @Nested
    class OneCoroutineAfterTheOther {

        @Test
        @Behaviour("ACO-01")
        void resultsComeInTheOrderOfCompletion() {
            run(() -> {
                var three = List.of(after(20, "b"), after(30, "c"), after(10, "a"));
                for (Coroutine<String> next : Async.asCompleted(three)) {
                    say(next.await() + " at " + time.millis());
                }
            });

            assertThat(log).containsExactly("a at 10", "b at 20", "c at 30");
        }

        @Test
        @Behaviour("ACO-01")
        void whicheverIsAwaitedFirstGetsTheFirst() {
            run(() -> {
                Iterator<Coroutine<String>> all =
                        Async.asCompleted(List.of(after(20, "b"), after(10, "a"))).iterator();
                Coroutine<String> first = all.next();
                Coroutine<String> second = all.next();
                assertThat(second.await()).isEqualTo("a");
                assertThat(first.await()).isEqualTo("b");
                assertThat(all.hasNext()).isFalse();
                assertThatThrownBy(all::next).isInstanceOf(NoSuchElementException.class);
            });
        }

        @Test
        @Behaviour("ACO-02")
        void whatIsHandedOutIsNoneOfTheTasks() {
            run(() -> {
                Task<String> task = after(10, "a");
                for (Object next : Async.asCompleted(List.of(task))) {
                    assertThat(next).isInstanceOf(Coroutine.class);
                    assertThat(((Coroutine<?>) next).await()).isEqualTo("a");
                }
            });
        }

        @Test
        void coroutinesRunAsTasksAndFailuresAreThrownWhereTheyAreAwaited() {
            run(() -> {
                Iterator<Coroutine<String>> all =
                        Async.<String>asCompleted(
                                        List.of(
                                                Async.sleep(ms(20), "late"),
                                                Coroutine.of(() -> {
                                                    sleep(10);
                                                    throw new IllegalArgumentException("x");
                                                })))
                                .iterator();
                assertThat(failureOf(all.next())).hasMessage("x");
                assertThat(all.next().await()).isEqualTo("late");
            });
        }

        @Test
        @Behaviour("ACO-03")
        void atTheTimeLimitThePendingOnesThrowAndTheMembersRunOn() {
            run(() -> {
                Task<String> quick = after(10, "a");
                Task<String> slow = after(30, "b");
                List<Object> seen = new ArrayList<>();
                for (Coroutine<String> next : Async.asCompleted(List.of(quick, slow), ms(20))) {
                    try {
                        seen.add(next.await());
                    } catch (TimeoutError e) {
                        seen.add("timeout at " + time.millis());
                    }
                }
                assertThat(seen).containsExactly("a", "timeout at 20");
                assertThat(slow.isDone()).isFalse();
                assertThat(slow.await()).isEqualTo("b");
            });
        }

        @Test
        @Behaviour("ACO-03")
        void everyoneWhoWaitsIsToldOfTheTimeLimit() {
            run(() -> {
                Completions<Object> all = Async.asCompleted(List.of(never(), never()), ms(20));
                List<Task<Object>> waiting = new ArrayList<>();
                all.forEach(next -> waiting.add(Async.createTask(next)));
                List<Future<Object>> ended = Async.gatherSettled(waiting).await();
                assertThat(ended)
                        .allSatisfy(future ->
                                assertThat(future.exception()).isInstanceOf(TimeoutError.class));
                assertThat(time.millis()).isEqualTo(20);
            });
        }

        @Test
        @Behaviour("ACO-03")
        void anUnusedTimeLimitLeavesNoTimer() {
            run(() -> {
                for (Coroutine<String> next :
                        Async.asCompleted(List.of(after(10, "a")), ms(1000))) {
                    next.await();
                }
            });
            assertThatThrownBy(loop::runForever).isInstanceOf(VirtualTime.Deadlock.class);

            assertThat(time.millis()).isEqualTo(10);
        }

        @Test
        @Behaviour("ACO-04")
        void itMayStopAndBeTakenUpAgain() {
            run(() -> {
                Completions<String> all =
                        Async.asCompleted(List.of(after(20, "b"), after(10, "a"), after(30, "c")));
                for (Coroutine<String> next : all) {
                    say(next.await());
                    break;
                }
                for (Coroutine<String> next : all) {
                    say(next.await());
                }
            });

            assertThat(log).containsExactly("a", "b", "c");
        }

        @Test
        @Behaviour("ACO-04")
        void oneThatIsGivenTwiceCountsOnce() {
            run(() -> {
                Task<String> task = after(10, "a");
                Coroutine<String> coroutine = Async.sleep(ms(20), "b");
                for (Coroutine<String> next :
                        Async.asCompleted(List.of(task, coroutine, task, coroutine))) {
                    say(next.await());
                }
            });

            assertThat(log).containsExactly("a", "b");
        }

        @Test
        void nothingGivesNothing() {
            run(() -> {
                Completions<Object> none = Async.asCompleted(List.of(), ms(10));
                assertThat(none).isEmpty();
                assertThat(none.futures().hasNext().await()).isFalse();
            });
            assertThat(time.millis()).isZero();
        }

        @Test
        @Tag("confined") // between two awaits, the first must not run
        void oneWhoIsCancelledWhileItIsBeingToldTellsTheNext() {
            run(() -> {
                Promise<String> only = never();
                Promise<String> other = never();
                Iterator<Coroutine<String>> all =
                        Async.asCompleted(List.of(only, other)).iterator();
                Task<String> first = Async.createTask(all.next());
                Task<String> second = Async.createTask(all.next());
                settle();
                only.complete("value");
                yieldNow(); // the first is woken, and has not run yet
                first.cancel();
                assertThat(second.await()).isEqualTo("value");
                assertThat(failureOf(first)).isInstanceOf(CancelledError.class);
                other.cancel();
            });
        }
    }

    @Nested
    class TheFuturesThemselves {

        @Test
        @Behaviour("ACO-02")
        void tasksComeOutAsTheyWentInAndCoroutinesAsNewTasks() {
            run(() -> {
                Task<String> task = after(20, "b");
                AsyncIterator<Future<String>> done =
                        Async.<String>asCompleted(List.of(task, Async.sleep(ms(10), "a")))
                                .futures();
                Future<String> first = done.anext().await();
                assertThat(first).isInstanceOf(Task.class);
                assertThat(first.result()).isEqualTo("a");
                assertThat(done.hasNext().await()).isTrue();
                assertThat(done.next()).isSameAs(task);
                assertThat(done.hasNext().await()).isFalse();
                assertThatThrownBy(done::next).isInstanceOf(NoSuchElementException.class);
            });
        }

        @Test
        @Behaviour("ACO-03")
        void atTheTimeLimitTheIterationThrows() {
            run(() -> {
                AsyncIterator<Future<String>> done =
                        Async.asCompleted(List.of(after(10, "a"), after(30, "b")), ms(20))
                                .futures();
                assertThat(done.hasNext().await()).isTrue();
                assertThat(done.next().result()).isEqualTo("a");
                assertThat(failureOf(done.hasNext())).isInstanceOf(TimeoutError.class);
                assertThat(done.hasNext().await()).isFalse();
                sleep(10);
            });
        }

        @Test
        void aFailedOneIsGivenAndNotThrown() {
            run(() -> {
                Promise<String> failing = never();
                failing.fail(new IllegalArgumentException("x"));
                Future<String> given =
                        Async.asCompleted(List.of(failing)).futures().anext().await();
                assertThat(given.exception()).hasMessage("x");
            });
        }

        @Test
        @Behaviour("ACO-04")
        void bothWaysShareOneSupply() {
            run(() -> {
                Completions<String> all =
                        Async.asCompleted(List.of(after(20, "b"), after(10, "a"), after(30, "c")));
                say(all.iterator().next().await());
                say(all.futures().anext().await().result());
                say(all.iterator().next().await());
                assertThat(all.futures().hasNext().await()).isFalse();
            });

            assertThat(log).containsExactly("a", "b", "c");
        }

        @Test
        void aCancelledWaitLosesNothing() {
            run(() -> {
                AsyncIterator<Future<String>> done =
                        Async.asCompleted(List.of(after(20, "a"))).futures();
                assertThat(failureOf(Async.waitFor(done.hasNext(), ms(10))))
                        .isInstanceOf(TimeoutError.class);
                assertThat(done.hasNext().await()).isTrue();
                assertThat(done.next().result()).isEqualTo("a");
            });
        }

        @Test
        void whoeverWaitsForOneHasItsPlace() {
            run(() -> {
                Completions<String> all = Async.asCompleted(List.of(after(10, "a")));
                Task<Boolean> waiting = Async.createTask(() -> all.futures().hasNext().await());
                settle();
                assertThat(all.iterator().hasNext()).isFalse();
                assertThat(waiting.await()).isTrue();
                assertThat(all.futures().next().result()).isEqualTo("a");
            });
        }

        @Test
        void nextWithoutHasNextIsRefused() {
            run(() -> {
                AsyncIterator<Future<String>> done =
                        Async.asCompleted(List.of(after(10, "a"))).futures();
                assertThatThrownBy(done::next)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("await hasNext() before");
                assertThat(done.toList().await()).hasSize(1);
            });
        }
    }
}
