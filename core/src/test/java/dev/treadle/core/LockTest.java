package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.sync.Lock;
import dev.treadle.sync.Permit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@NullUnmarked
class LockTest extends OnVirtualLoop {

    private final Lock lock = new Lock();

    /// A task that takes the lock, says so, and gives it back when the gate opens.
    private Task<?> holder(String name, Promise<?> gate) {
        return Async.createTask(() -> {
            try (var _ = lock.acquire().await()) {
                say(name);
                gate.await();
            }
        });
    }

    private Task<?> taker(String name) {
        return Async.createTask(() -> {
            lock.acquire().await();
            say(name);
        });
    }

    @Nested
    class WhenFree {

        @Test
        void takingItDoesNotSuspend() {
            run(() -> {
                loop.callSoon(saying("callback"));
                try (var _ = lock.acquire().await()) {
                    say("taken");
                    assertThat(lock.isLocked()).isTrue();
                }
                assertThat(lock.isLocked()).isFalse();
                yieldNow();
            });

            assertThat(log).containsExactly("taken", "callback");
        }

        @Test
        void releasingItIsRefused() {
            assertThatThrownBy(lock::release)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("not acquired");
        }
    }

    @Nested
    class WhenHeld {

        @Tag("confined")
        @Test
        @Behaviour("LCK-01")
        void aReleaseLetsExactlyTheLongestWaitingIn() {
            run(() -> {
                lock.acquire().await();
                taker("b");
                taker("c");
                yieldNow();
                lock.release();
                yieldTimes(5);
                assertThat(log).containsExactly("b");
                lock.release();
                yieldTimes(5);
                assertThat(log).containsExactly("b", "c");
            });
        }

        @Tag("confined")
        @Test
        @Behaviour("LCK-01")
        void aNewcomerDoesNotOvertakeWhoHasBeenWokenButHasNotRun() {
            run(() -> {
                lock.acquire().await();
                taker("waiting");
                yieldNow();
                Task<?> newcomer = taker("newcomer");
                lock.release();
                assertThat(lock.isLocked()).isFalse();
                yieldTimes(5);
                assertThat(log).containsExactly("waiting");
                newcomer.cancel();
            });
        }

        @Test
        @Behaviour("LCK-01")
        void theReleasingTaskDoesNotOvertakeEither() {
            run(() -> {
                lock.acquire().await();
                Task<?> waiting =
                        Async.createTask(() -> {
                            lock.acquire().await();
                            say("waiting");
                            lock.release();
                        });
                settle();
                lock.release();
                lock.acquire().await();
                say("releasing");
                waiting.await();
            });

            assertThat(log).containsExactly("waiting", "releasing");
        }

        @Tag("confined")
        @Test
        void oneIterationPassesBetweenReleaseAndEntry() {
            run(() -> {
                lock.acquire().await();
                taker("b");
                yieldNow();
                loop.callSoon(saying("before"));
                lock.release();
                loop.callSoon(saying("after"));
                yieldNow();
            });

            assertThat(log).containsExactly("before", "b", "after");
        }

        @Test
        void aPermitClosesOnce() {
            run(() -> {
                Permit permit = lock.acquire().await();
                permit.close();
                Permit next = lock.acquire().await();
                permit.close();
                assertThat(lock.isLocked()).isTrue();
                next.close();
                assertThat(lock.isLocked()).isFalse();
            });
        }

        @Test
        void anotherTaskMayReleaseIt() {
            run(() -> {
                lock.acquire().await();
                Async.createTask(() -> lock.release()).await();
                assertThat(lock.isLocked()).isFalse();
            });
        }

        @Test
        void itIsGivenBackWhenTheBodyFails() {
            run(() -> {
                IllegalArgumentException failure = new IllegalArgumentException();
                assertThat(
                                thrownBy(() -> {
                                    try (var _ = lock.acquire().await()) {
                                        throw failure;
                                    }
                                }))
                        .isSameAs(failure);
                assertThat(lock.isLocked()).isFalse();
            });
        }
    }

    @Nested
    class WhenAWaiterIsCancelled {

        @Tag("confined")
        @Test
        @Behaviour("LCK-02")
        void inTheIterationOfTheReleaseTheNextGetsIt() {
            run(() -> {
                Promise<String> gateOfA = loop.createPromise();
                Promise<String> open = loop.createPromise();
                open.complete("");
                Task<?> a = holder("a", gateOfA);
                Task<?> b = holder("b", open);
                Task<?> c = holder("c", open);
                yieldNow();
                b.cancel();
                gateOfA.complete("");
                assertThat(failureOf(b)).isInstanceOf(CancelledError.class);
                a.await();
                c.await();
                assertThat(lock.isLocked()).isFalse();
            });

            assertThat(log).containsExactly("a", "c");
        }

        @Tag("confined")
        @Test
        @Behaviour("LCK-02")
        void afterItWasWokenTheNextGetsIt() {
            run(() -> {
                lock.acquire().await();
                Task<?> b = taker("b");
                taker("c");
                yieldNow();
                lock.release();
                b.cancel();
                yieldTimes(5);
                assertThat(b.isCancelled()).isTrue();
                assertThat(lock.isLocked()).isTrue();
            });

            assertThat(log).containsExactly("c");
        }

        @Tag("confined")
        @Test
        @Behaviour("LCK-03")
        void atTheMomentOfAReleaseExactlyOneOtherGetsIt() {
            run(() -> {
                lock.acquire().await();
                List<Task<?>> waiters = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    waiters.add(taker("waiter " + i));
                }
                yieldNow();
                lock.release();
                waiters.get(0).cancel();
                yieldTimes(5);
                assertThat(log).containsExactly("waiter 1");
                assertThat(waiters.get(2).isDone()).isFalse();
            });

            assertThat(lock.isLocked()).isTrue();
            loop.tasks().forEach(Task::cancel);
            runOneIteration();
            runOneIteration();
        }

        @Tag("confined")
        @Test
        void andNobodyElseWaitsANewcomerNeedNotWait() {
            run(() -> {
                lock.acquire().await();
                Task<?> b = taker("b");
                yieldNow();
                b.cancel();
                lock.release();
                assertThat(lock.toString()).isEqualTo("Lock[unlocked, waiters=1]");
                loop.callSoon(saying("callback"));
                lock.acquire().await(); // before b has left the line
                say("taken");
                yieldNow();
                assertThat(b.isCancelled()).isTrue();
                assertThat(lock.toString()).isEqualTo("Lock[locked, waiters=0]");
            });

            assertThat(log).containsExactly("taken", "callback");
        }

        @Tag("confined")
        @Test
        void beforeTheReleaseANewcomerComesAfterTheNext() {
            run(() -> {
                lock.acquire().await();
                Task<?> b = taker("b");
                yieldNow();
                Task<?> c = taker("c");
                b.cancel();
                lock.release();
                yieldNow();
                assertThat(lock.isLocked()).isTrue();
                assertThat(b.isCancelled()).isTrue();
                c.await();
            });

            assertThat(log).containsExactly("c");
        }

        @Tag("confined")
        @Test
        void inTheMiddleOfTheLineItLeavesTheLine() {
            run(() -> {
                lock.acquire().await();
                taker("b");
                Task<?> c = taker("c");
                taker("d");
                yieldNow();
                c.cancel();
                yieldNow();
                lock.release();
                yieldTimes(3);
                lock.release();
                yieldTimes(3);
            });

            assertThat(log).containsExactly("b", "d");
        }

        @Test
        void theLockOfSomebodyElseStaysLocked() {
            run(() -> {
                lock.acquire().await();
                Task<?> b = taker("b");
                yieldNow();
                b.cancel();
                failureOf(b);
                assertThat(lock.isLocked()).isTrue();
                lock.release();
                assertThat(lock.isLocked()).isFalse();
            });
        }
    }

    @Nested
    class UnderAnotherLoop {

        @Test
        @Behaviour("LCK-05")
        void itIsRefusedOnceItWasContendedUnderOne() {
            run(() -> {
                lock.acquire().await();
                Task<?> waiting = taker("waiting");
                settle();
                waiting.cancel();
                failureOf(waiting);
            });

            try (CoreEventLoop other = TestLoops.virtual("other", new VirtualTime())) {
                assertThatThrownBy(() -> other.runUntilComplete(lock.acquire()))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("bound to a different event loop");
            }
        }

        @Test
        @Behaviour("LCK-05")
        void itWorksIfItWasNeverContended() {
            run(() -> lock.acquire().await().close());

            try (CoreEventLoop other = TestLoops.virtual("other", new VirtualTime())) {
                other.runUntilComplete(lock.acquire()).close();
            }
            assertThat(lock.isLocked()).isFalse();
        }
    }
}
