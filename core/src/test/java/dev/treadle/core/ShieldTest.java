package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Coroutine;
import dev.treadle.Future;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.TimeoutError;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@NullUnmarked
class ShieldTest extends OnVirtualLoop {

    @Nested
    class WhenNobodyCancels {

        @Test
        void itEndsAsTheInnerOneDoes() {
            IllegalArgumentException failure = new IllegalArgumentException();
            run(() -> {
                assertThat(Async.shield(Async.sleep(ms(5), "value")).await()).isEqualTo("value");
                assertThat(
                                failureOf(
                                        Async.shield(
                                                Coroutine.of(() -> {
                                                    sleep(5);
                                                    throw failure;
                                                }))))
                        .isSameAs(failure);
            });
        }

        @Test
        void aCancelledInnerOneCancelsIt() {
            run(() -> {
                Task<?> inner = Async.createTask(() -> never().await());
                Future<?> shield = Async.shield(inner);
                yieldNow();
                inner.cancel();
                assertThat(failureOf(shield)).isInstanceOf(CancelledError.class);
                assertThat(shield.isCancelled()).isTrue();
            });
        }

        @Test
        void oneThatIsDoneIsReturnedItself() {
            run(() -> {
                Promise<String> inner = never();
                inner.complete("value");
                assertThat(Async.shield(inner)).isSameAs(inner);
            });
        }
    }

    @Nested
    class WhenTheWaiterIsCancelled {

        @Test
        @Behaviour("SHD-01")
        void theInnerOneGoesOnAndTakesEffect() {
            run(() -> {
                Task<Void> inner =
                        Async.createTask(() -> {
                            sleep(20);
                            say("effect");
                        });
                Task<?> outer = Async.createTask(() -> Async.shield(inner).await());
                sleep(10);
                outer.cancel();
                assertThat(failureOf(outer)).isInstanceOf(CancelledError.class);
                assertThat(log).isEmpty();
                assertThat(inner.isDone()).isFalse();
                inner.await();
                assertThat(log).containsExactly("effect");
            });
        }

        @Test
        @Behaviour("SHD-03")
        void aLaterFailureIsReported() {
            run(() -> {
                Promise<String> inner = never();
                Future<String> shield = Async.shield(inner);
                shield.cancel();
                settle();
                inner.fail(new IllegalArgumentException("late"));
                settle();
            });

            assertThat(takeProblems())
                    .singleElement()
                    .satisfies(problem -> {
                        assertThat(problem.message()).contains("shielded future");
                        assertThat(problem.exception()).hasMessage("late");
                    });
        }

        @Test
        @Behaviour("SHD-03")
        void aLaterFailureIsReportedOnceForSeveralShields() {
            run(() -> {
                Promise<String> inner = never();
                Async.shield(inner).cancel();
                settle();
                Async.shield(inner).cancel();
                settle();
                inner.fail(new IllegalArgumentException("late"));
                settle();
            });

            assertThat(takeProblems()).hasSize(1);
        }

        @Test
        @Behaviour("SHD-03")
        void aLaterResultOrCancellationIsNotReported() {
            run(() -> {
                Promise<String> succeeding = never();
                Promise<String> cancelled = never();
                Async.shield(succeeding).cancel();
                Async.shield(cancelled).cancel();
                yieldNow();
                succeeding.complete("late");
                cancelled.cancel();
                yieldTimes(2);
            });

            assertThat(takeProblems()).isEmpty();
        }

        @Test
        void aShieldThatIsCancelledInTheVeryIterationStaysCancelled() {
            run(() -> {
                Promise<String> inner = never();
                Future<String> shield = Async.shield(inner);
                inner.complete("value");
                assertThat(shield.cancel()).isTrue();
                yieldTimes(2);
                assertThat(shield.isCancelled()).isTrue();
                assertThat(inner.await()).isEqualTo("value");
            });
        }
    }

    @Nested
    class InsideOthers {

        @Test
        @Behaviour("SHD-05")
        void cancellingAGatheringCancelsTheShieldsAlone() {
            run(() -> {
                Promise<String> first = never();
                Promise<String> second = never();
                Future<String> shieldOfFirst = Async.shield(first);
                Future<String> shieldOfSecond = Async.shield(second);
                Future<List<String>> all = Async.gather(List.of(shieldOfFirst, shieldOfSecond));
                all.cancel();
                assertThat(failureOf(all)).isInstanceOf(CancelledError.class);
                assertThat(shieldOfFirst.isCancelled()).isTrue();
                assertThat(shieldOfSecond.isCancelled()).isTrue();
                assertThat(first.isDone()).isFalse();
                assertThat(second.isDone()).isFalse();
                first.complete("one");
                second.complete("two");
                yieldNow();
            });
        }

        @Test
        @Behaviour("WFR-07")
        void atTheTimeLimitOnlyTheShieldIsCancelled() {
            run(() -> {
                Task<String> inner = Async.createTask(() -> Async.sleep(ms(50), "value").await());
                assertThat(failureOf(Async.waitFor(Async.shield(inner), ms(10))))
                        .isInstanceOf(TimeoutError.class);
                assertThat(inner.isDone()).isFalse();
                assertThat(inner.await()).isEqualTo("value");
                assertThat(time.millis()).isEqualTo(50);
            });
        }

        @Test
        @Behaviour("WFR-07")
        void withNoTimeAtAllOnlyTheShieldIsCancelled() {
            run(() -> {
                Task<String> inner = Async.createTask(() -> Async.sleep(ms(50), "value").await());
                assertThat(failureOf(Async.waitFor(Async.shield(inner), ms(0))))
                        .isInstanceOf(TimeoutError.class);
                assertThat(inner.isDone()).isFalse();
                assertThat(inner.await()).isEqualTo("value");
            });
        }
    }
}
