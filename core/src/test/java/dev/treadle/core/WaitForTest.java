package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Coroutine;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.TimeoutError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@NullUnmarked
class WaitForTest extends OnVirtualLoop {

    @Nested
    class InTime {

        @Test
        void givesTheValueAndLeavesNoTimer() {
            assertThat(run(() -> Async.waitFor(Async.sleep(ms(5), "value"), ms(10)).await()))
                    .isEqualTo("value");

            assertThatThrownBy(() -> loop.runUntilComplete(never()))
                    .isInstanceOf(VirtualTime.Deadlock.class);
            assertThat(time.millis()).isEqualTo(5);
        }

        @Test
        void throwsTheVeryFailure() {
            IllegalArgumentException failure = new IllegalArgumentException();

            run(() ->
                    assertThat(
                                    failureOf(
                                            Async.waitFor(
                                                    Coroutine.of(() -> {
                                                        sleep(5);
                                                        throw failure;
                                                    }),
                                                    ms(10))))
                            .isSameAs(failure));
        }

        @Test
        void aCoroutineRunsInTheCurrentTask() {
            run(() -> {
                Task<?> self = self();
                assertThat(
                                Async.<Object>waitFor(
                                                Coroutine.of(() -> Async.currentTask()), ms(10))
                                        .await())
                        .isSameAs(self);
            });
        }
    }

    @Nested
    class TooLate {

        @Test
        @Behaviour("WFR-01")
        void theMemberIsCancelledAndItsCleanupAwaitedBeforeTheErrorIsRaised() {
            run(() -> {
                Task<?> member =
                        Async.createTask(() -> {
                            try {
                                sleep(100);
                            } finally {
                                sleep(5);
                                say("cleaned up at " + time.millis());
                            }
                        });
                Throwable failure = failureOf(Async.waitFor(member, ms(10)));
                assertThat(failure)
                        .isInstanceOf(TimeoutError.class)
                        .hasCauseInstanceOf(CancelledError.class);
                assertThat(member.isCancelled()).isTrue();
                assertThat(time.millis()).isEqualTo(15);
            });

            assertThat(log).containsExactly("cleaned up at 15");
        }

        @Test
        @Behaviour("WFR-03")
        void aMemberThatAnswersWithAValueGivesIt() {
            run(() -> {
                Task<String> member =
                        Async.createTask(() -> {
                            try {
                                sleep(100);
                            } catch (CancelledError e) {
                                say("suppressed");
                            }
                            return "value";
                        });
                assertThat(Async.waitFor(member, ms(10)).await()).isEqualTo("value");
            });

            assertThat(log).containsExactly("suppressed");
        }

        @Test
        void aMemberThatAnswersWithAnErrorGivesThat() {
            IllegalArgumentException failure = new IllegalArgumentException();

            run(() -> {
                Task<?> member =
                        Async.createTask(() -> {
                            try {
                                sleep(100);
                            } catch (CancelledError e) {
                                throw failure;
                            }
                        });
                assertThat(failureOf(Async.waitFor(member, ms(10)))).isSameAs(failure);
            });
        }

        @Test
        void theWaiterIsNotLeftCancelled() {
            run(() -> {
                failureOf(Async.waitFor(never(), ms(10)));
                assertThat(self().cancelling()).isZero();
                yieldTimes(3);
            });
        }
    }

    @Nested
    class WithNoTimeAtAll {

        @Test
        @Behaviour("WFR-02")
        void aDoneFutureGivesItsResult() {
            run(() -> {
                Promise<String> done = loop.createPromise();
                done.complete("value");
                assertThat(Async.waitFor(done, Duration.ZERO).await()).isEqualTo("value");
                assertThat(Async.waitFor(done, ms(-1)).await()).isEqualTo("value");
            });
        }

        @Tag("confined")
        @Test
        @Behaviour("WFR-02")
        void aCoroutineNeverRuns() {
            run(() ->
                    assertThat(
                                    failureOf(
                                            Async.waitFor(
                                                    Coroutine.of(() -> say("ran")), Duration.ZERO)))
                            .isInstanceOf(TimeoutError.class));

            assertThat(log).isEmpty();
        }

        @Tag("confined")
        @Test
        @Behaviour("WFR-02")
        void aRunningTaskIsCancelledAndAwaited() {
            run(() -> {
                Task<?> member =
                        Async.createTask(() -> {
                            try {
                                never().await();
                            } finally {
                                sleep(5);
                                say("cleaned up");
                            }
                        });
                yieldNow();
                assertThat(failureOf(Async.waitFor(member, ms(-5))))
                        .isInstanceOf(TimeoutError.class)
                        .hasCauseInstanceOf(CancelledError.class);
                assertThat(time.millis()).isEqualTo(5);
            });

            assertThat(log).containsExactly("cleaned up");
        }
    }

    @Nested
    class WhenTheWaiterIsCancelled {

        @Test
        void theMemberIsToo() {
            run(() -> {
                Task<?> member = Async.createTask(() -> never().await());
                Task<?> waiter = Async.createTask(() -> Async.waitFor(member, ms(10)).await());
                settle();
                waiter.cancel("outside");
                assertThat(failureOf(waiter))
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("outside");
                assertThat(member.isCancelled()).isTrue();
            });
        }

        @Tag("confined")
        @Test
        @Behaviour("WFR-06")
        void inTheIterationInWhichTheMemberFinishesItStillIsAndTheMemberKeepsItsResult() {
            run(() -> {
                Promise<String> gate = loop.createPromise();
                Task<String> member = Async.createTask(() -> gate.await());
                List<Task<?>> waiter = new ArrayList<>();
                member.addDoneCallback(_ -> say("cancel " + waiter.get(0).cancel()));
                waiter.add(Async.createTask(() -> Async.waitFor(member, ms(10)).await()));
                yieldTimes(2);
                gate.complete("value");
                assertThat(failureOf(waiter.get(0))).isInstanceOf(CancelledError.class);
                assertThat(member.result()).isEqualTo("value");
            });

            assertThat(log).containsExactly("cancel true");
        }
    }
}
