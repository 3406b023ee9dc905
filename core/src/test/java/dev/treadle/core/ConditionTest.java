package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Coroutine;
import dev.treadle.Task;
import dev.treadle.TimeoutError;
import dev.treadle.sync.Condition;
import dev.treadle.sync.Lock;
import dev.treadle.sync.Permit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@NullUnmarked
class ConditionTest extends OnVirtualLoop {

    private final Condition condition = new Condition();

    /// A task that waits for a signal, says its name, and keeps the lock.
    private Task<?> keeper(String name) {
        return Async.createTask(() -> {
            condition.acquire().await();
            condition.await().await();
            say(name);
        });
    }

    /// A task that waits for a signal, says its name, and gives the lock back.
    private Task<?> passer(String name) {
        return Async.createTask(() -> {
            try (var _ = condition.acquire().await()) {
                condition.await().await();
                say(name);
            }
        });
    }

    private void signalling(int count) {
        try (var _ = condition.acquire().await()) {
            condition.signal(count);
        }
    }

    @Nested
    class Signals {

        @Tag("confined")
        @Test
        @Behaviour("CND-01")
        void letWaitersGoOnOneAfterTheOtherAsTheLockIsReleased() {
            run(() -> {
                keeper("1");
                keeper("2");
                keeper("3");
                yieldNow();
                assertThat(condition.isLocked()).isFalse();

                condition.acquire().await();
                condition.signal();
                yieldNow();
                assertThat(log).isEmpty();
                assertThat(condition.isLocked()).isTrue();

                condition.release();
                yieldNow();
                assertThat(log).containsExactly("1");
                assertThat(condition.isLocked()).isTrue();

                condition.signal(2);
                yieldNow();
                assertThat(log).containsExactly("1");

                condition.release();
                yieldNow();
                assertThat(log).containsExactly("1", "2");
                assertThat(condition.isLocked()).isTrue();

                condition.release();
                yieldNow();
                assertThat(log).containsExactly("1", "2", "3");
                assertThat(condition.isLocked()).isTrue();
            });
        }

        @Tag("confined")
        @Test
        @Behaviour("CND-01")
        void toMoreThanThereAreWakeAll() {
            run(() -> {
                passer("1");
                passer("2");
                passer("3");
                yieldNow();
                signalling(1);
                yieldNow();
                assertThat(log).containsExactly("1");
                signalling(2048);
                yieldNow();
            });

            assertThat(log).containsExactly("1", "2", "3");
        }

        @Tag("confined")
        @Test
        @Behaviour("CND-01")
        void toAllWakeAllInOrder() {
            run(() -> {
                passer("1");
                passer("2");
                yieldNow();
                try (var _ = condition.acquire().await()) {
                    condition.signalAll();
                }
                yieldNow();
            });

            assertThat(log).containsExactly("1", "2");
        }

        @Test
        void toNobodyAreForgotten() {
            run(() -> {
                signalling(1);
                Task<?> waiter = passer("late");
                settle();
                assertThat(waiter.isDone()).isFalse();
                signalling(0);
                settle();
                assertThat(waiter.isDone()).isFalse();
                signalling(1);
                waiter.await();
            });
        }

        @Test
        void passOverWaitersThatWereCancelled() {
            run(() -> {
                Task<?> cancelled = passer("cancelled");
                passer("other");
                settle();
                try (var _ = condition.acquire().await()) {
                    cancelled.cancel();
                    condition.signal();
                }
                settle();
            });

            assertThat(log).containsExactly("other");
        }
    }

    @Nested
    class WithoutTheLock {

        @Test
        @Behaviour("CND-02")
        void waitingIsRefused() {
            run(() ->
                    assertThat(failureOf(condition.await()))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("cannot wait on Condition[unlocked, waiters=0]")
                            .hasMessageContaining("acquire()"));
        }

        @Test
        @Behaviour("CND-02")
        void signallingIsRefused() {
            assertThatThrownBy(condition::signal)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("cannot signal");
            assertThatThrownBy(condition::signalAll).isInstanceOf(IllegalStateException.class);
        }

        @Tag("confined")
        @Test
        @Behaviour("CND-02")
        void aPredicateThatIsTrueNeedsNone() {
            run(() -> {
                loop.callSoon(saying("callback"));
                condition.await(() -> true).await();
                say("passed");
                yieldNow();
                assertThat(failureOf(condition.await(() -> false)))
                        .isInstanceOf(IllegalStateException.class);
            });

            assertThat(log).containsExactly("passed", "callback");
        }
    }

    @Nested
    class Predicates {
        private boolean ready;

        @Tag("confined")
        @Test
        @Behaviour("CND-06")
        void areAskedAgainAfterEachSignal() {
            int[] asked = {0};

            run(() -> {
                Task<?> waiter =
                        Async.createTask(() -> {
                            try (var _ = condition.acquire().await()) {
                                condition
                                        .await(() -> {
                                            asked[0]++;
                                            assertThat(condition.isLocked()).isTrue();
                                            return ready;
                                        })
                                        .await();
                                say("ready");
                            }
                        });
                yieldNow();
                assertThat(asked[0]).isEqualTo(1);
                signalling(1);
                yieldNow();
                assertThat(asked[0]).isEqualTo(2);
                assertThat(log).isEmpty();
                ready = true;
                signalling(1);
                yieldNow();
                assertThat(asked[0]).isEqualTo(3);
                assertThat(waiter.isDone()).isTrue();
            });

            assertThat(log).containsExactly("ready");
        }

        @Test
        void thatFailEndTheWaitWithTheLockHeld() {
            IllegalArgumentException failure = new IllegalArgumentException();

            run(() -> {
                try (var _ = condition.acquire().await()) {
                    assertThat(
                                    failureOf(
                                            condition.await(() -> {
                                                throw failure;
                                            })))
                            .isSameAs(failure);
                    assertThat(condition.isLocked()).isTrue();
                }
            });
        }
    }

    @Nested
    class WhenAWaiterIsCancelled {

        @Test
        @Behaviour("CND-03")
        void itHoldsTheLockWhenItLeaves() {
            run(() -> {
                condition.acquire().await();
                Task<?> waiter = Async.createTask(condition.await());
                loop.callSoon(waiter::cancel);
                assertThat(failureOf(waiter)).isInstanceOf(CancelledError.class);
                assertThat(condition.toString()).isEqualTo("Condition[locked, waiters=0]");
            });
        }

        @Tag("confined")
        @Test
        @Behaviour("CND-03")
        void itWaitsForTheLockFirst() {
            run(() -> {
                Task<?> waiter = passer("never");
                yieldNow();
                Permit permit = condition.acquire().await();
                waiter.cancel();
                yieldTimes(5);
                assertThat(waiter.isDone()).isFalse();
                permit.close();
                assertThat(failureOf(waiter)).isInstanceOf(CancelledError.class);
                assertThat(condition.isLocked()).isFalse();
            });

            assertThat(log).isEmpty();
        }

        @Tag("confined")
        @Test
        @Behaviour("CND-03")
        void whileSignalAndReleaseAreUnderWayTheLockIsStillHeldOnExit() {
            run(() -> {
                condition.acquire().await();
                Task<?> waiter = Async.createTask(condition.await());
                yieldNow();
                assertThat(condition.isLocked()).isFalse();
                condition.acquire().await();
                condition.signal();
                loop.callSoon(waiter::cancel);
                loop.callSoon(condition::release);
                assertThat(failureOf(waiter)).isInstanceOf(CancelledError.class);
                assertThat(condition.isLocked()).isTrue();
            });
        }

        @Tag("confined")
        @Test
        @Behaviour("CND-04")
        void afterItsSignalTheCancellationComesWithTheLock() {
            run(() -> {
                Task<?> waiter = passer("never");
                yieldNow();
                condition.acquire().await();
                condition.signal();
                yieldNow(); // now it waits for the lock
                waiter.cancel();
                yieldNow();
                assertThat(waiter.isDone()).isFalse();
                condition.release();
                yieldNow();
                assertThat(waiter.isCancelled()).isTrue();
                assertThat(condition.isLocked()).isFalse();
            });

            assertThat(log).isEmpty();
        }

        @Tag("confined")
        @Test
        @Behaviour("CND-04")
        void onWakeUpItSeesTheVeryErrorWithItsMessage() {
            run(() -> {
                Throwable[] raised = new Throwable[1];
                Task<?> waiter = catching(raised);
                yieldNow();
                waiter.cancel("foo");
                assertThat(failureOf(waiter)).isSameAs(raised[0]).hasMessage("foo");
            });
        }

        @Tag("confined")
        @Test
        @Behaviour("CND-04")
        void whileItTakesTheLockItSeesTheVeryErrorWithItsMessage() {
            run(() -> {
                Throwable[] raised = new Throwable[1];
                Task<?> waiter = catching(raised);
                yieldNow();
                condition.acquire().await();
                condition.signal();
                yieldNow();
                waiter.cancel("foo");
                condition.release();
                assertThat(failureOf(waiter)).isSameAs(raised[0]).hasMessage("foo");
            });
        }

        @Tag("confined")
        @Test
        void severalTimesItSeesTheLastErrorAndTheFirstIsKept() {
            run(() -> {
                Throwable[] raised = new Throwable[1];
                Task<?> waiter = catching(raised);
                yieldNow();
                Permit permit = condition.acquire().await();
                waiter.cancel("first");
                yieldNow();
                waiter.cancel("second");
                yieldNow();
                waiter.cancel("third");
                yieldNow();
                permit.close();
                assertThat(failureOf(waiter)).isSameAs(raised[0]).hasMessage("third");
                assertThat(raised[0].getSuppressed())
                        .extracting(Throwable::getMessage)
                        .containsExactly("first");
            });
        }

        private Task<?> catching(Throwable[] raised) {
            return Async.createTask(() -> {
                try (var _ = condition.acquire().await()) {
                    raised[0] = failureOf(condition.await(() -> false));
                    throw (Error) raised[0];
                }
            });
        }

        @Tag("confined")
        @Test
        void asItIsWokenTheSignalIsPassedOn() {
            run(() -> consumeOneOfTwo(false));
        }

        @Tag("confined")
        @Test
        void asItTakesTheLockTheSignalIsPassedOn() {
            run(() -> consumeOneOfTwo(true));
        }

        /// One item, two consumers, and the one that is signalled is cancelled.
        private void consumeOneOfTwo(boolean whenItTakesTheLock) {
            int[] items = {0};
            List<Task<?>> consumers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                consumers.add(Async.createTask(consumer(items)));
            }
            yieldNow();
            try (var _ = condition.acquire().await()) {
                items[0]++;
                condition.signal();
                if (whenItTakesTheLock) {
                    yieldNow();
                }
                consumers.get(0).cancel();
                Async.waitFor(condition.await(() -> items[0] == 0), ms(10)).await();
                items[0] = -1;
                condition.signalAll();
            }
            consumers.get(1).await();
            assertThat(consumers.get(0).isCancelled()).isTrue();
        }

        private Coroutine<?> consumer(int[] items) {
            return Coroutine.of(() -> {
                try (var _ = condition.acquire().await()) {
                    while (true) {
                        condition.await(() -> items[0] != 0).await();
                        if (items[0] < 0) {
                            return;
                        }
                        items[0]--;
                        condition.signalAll();
                    }
                }
            });
        }

        @Test
        @Behaviour("CND-07")
        void byATimeLimitItHoldsTheLockAgain() {
            run(() -> {
                try (var _ = condition.acquire().await()) {
                    assertThat(failureOf(Async.waitFor(condition.await(), ms(500))))
                            .isInstanceOf(TimeoutError.class);
                    assertThat(condition.isLocked()).isTrue();
                }
                assertThat(condition.isLocked()).isFalse();
            });

            assertThat(time.millis()).isEqualTo(500);
        }
    }

    @Nested
    class OnALockOfItsUser {

        @Test
        @Behaviour("CND-07")
        void sharesItsState() {
            Lock lock = new Lock();
            Condition shared = new Condition(lock);

            run(() -> {
                try (var _ = shared.acquire().await()) {
                    assertThat(lock.isLocked()).isTrue();
                    assertThat(shared.isLocked()).isTrue();
                }
                try (var _ = lock.acquire().await()) {
                    assertThat(shared.isLocked()).isTrue();
                }
                assertThat(lock.isLocked()).isFalse();
                assertThat(shared.isLocked()).isFalse();
            });
        }

        @Tag("confined")
        @Test
        void twoConditionsOfOneLockWakeTheirOwn() {
            Lock lock = new Lock();
            Condition one = new Condition(lock);
            Condition two = new Condition(lock);

            run(() -> {
                Task<?> waitsForOne = Async.createTask(() -> awaitOn(lock, one));
                Task<?> waitsForTwo = Async.createTask(() -> awaitOn(lock, two));
                yieldNow();
                try (var _ = lock.acquire().await()) {
                    two.signalAll();
                }
                yieldTimes(3);
                assertThat(waitsForOne.isDone()).isFalse();
                assertThat(waitsForTwo.isDone()).isTrue();
                waitsForOne.cancel();
            });
        }

        private static void awaitOn(Lock lock, Condition condition) {
            try (var _ = lock.acquire().await()) {
                condition.await().await();
            }
        }
    }

    @Nested
    class UnderAnotherLoop {

        @Test
        @Behaviour("LCK-05")
        void itIsRefusedOnceSomebodyWaitedUnderOneAndTheLockIsKept() {
            run(() -> {
                Task<?> waiter = passer("never");
                settle();
                waiter.cancel();
                failureOf(waiter);
            });

            try (CoreEventLoop other = TestLoops.virtual("other", new VirtualTime())) {
                other.runUntilComplete(
                        Coroutine.of(() -> {
                            try (var _ = condition.acquire().await()) {
                                assertThat(failureOf(condition.await()))
                                        .isInstanceOf(IllegalStateException.class)
                                        .hasMessageContaining("bound to a different event loop");
                                assertThat(condition.isLocked()).isTrue();
                            }
                        }));
            }
        }
    }

    @Nested
    class WhenTheLoopIsClosed {

        @Tag("confined")
        @Test
        void aWaiterUnwindsWithTheLockIfItIsFree() {
            spawn(() -> {
                try (var _ = condition.acquire().await()) {
                    condition.await().await();
                } finally {
                    say("unwound");
                }
            });
            runOneIteration();

            loop.close();

            assertThat(takeProblems())
                    .hasSize(1)
                    .allSatisfy(problem -> assertThat(problem.message()).contains("pending"));
            assertThat(log).containsExactly("unwound");
            assertThat(condition.isLocked()).isFalse();
        }
    }
}
