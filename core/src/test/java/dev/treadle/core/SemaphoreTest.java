package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Task;
import dev.treadle.sync.BoundedSemaphore;
import dev.treadle.sync.Permit;
import dev.treadle.sync.Semaphore;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@NullUnmarked
class SemaphoreTest extends OnVirtualLoop {

    private static Task<?> taker(Semaphore semaphore, Runnable then) {
        return Async.createTask(() -> {
            semaphore.acquire().await();
            then.run();
        });
    }

    private Task<?> taker(Semaphore semaphore, String name) {
        return taker(semaphore, saying(name));
    }

    @Nested
    class Permits {

        @Test
        @Behaviour("SEM-01")
        void cannotBeNegative() {
            assertThatThrownBy(() -> new Semaphore(-1))
                    .isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        @Behaviour("SEM-01")
        void zeroOfThemMeanLocked() {
            assertThat(new Semaphore(0).isLocked()).isTrue();
            assertThat(new Semaphore(1).isLocked()).isFalse();
        }

        @Test
        void areTakenWithoutSuspendingWhileThereAreAny() {
            Semaphore semaphore = new Semaphore(2);

            run(() -> {
                loop.callSoon(saying("callback"));
                semaphore.acquire().await();
                semaphore.acquire().await();
                say("taken");
                assertThat(semaphore.isLocked()).isTrue();
                yieldNow();
            });

            assertThat(log).containsExactly("taken", "callback");
        }

        @Test
        void closeOnce() {
            Semaphore semaphore = new Semaphore(1);

            run(() -> {
                Permit permit = semaphore.acquire().await();
                permit.close();
                permit.close();
                semaphore.acquire().await();
                assertThat(semaphore.isLocked()).isTrue();
            });
        }

        @Test
        void releasedByHandAddUp() {
            Semaphore semaphore = new Semaphore(0);
            semaphore.release();
            semaphore.release();

            run(() -> {
                semaphore.acquire().await();
                semaphore.acquire().await();
                assertThat(semaphore.isLocked()).isTrue();
            });
        }

        @Test
        void neverLetMoreInThanThereAre() {
            Semaphore semaphore = new Semaphore(3);
            int[] inside = {0};
            int[] most = {0};

            run(() -> {
                List<Task<?>> tasks = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    int delay = i % 4;
                    tasks.add(
                            Async.createTask(() -> {
                                try (var _ = semaphore.acquire().await()) {
                                    most[0] = Math.max(most[0], ++inside[0]);
                                    sleep(delay);
                                    inside[0]--;
                                }
                            }));
                }
                for (Task<?> task : tasks) {
                    task.await();
                }
            });

            assertThat(most[0]).isEqualTo(3);
        }
    }

    @Nested
    class ABoundedOne {
        private final BoundedSemaphore semaphore = new BoundedSemaphore(2);

        @Test
        @Behaviour("SEM-01")
        void refusesMoreReleasesThanAcquisitions() {
            assertThatThrownBy(semaphore::release)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("too many times")
                    .hasMessageContaining("BoundedSemaphore[permits=2, waiters=0]");
        }

        @Test
        @Behaviour("SEM-01")
        void cannotBeNegative() {
            assertThatThrownBy(() -> new BoundedSemaphore(-1))
                    .isInstanceOf(IllegalArgumentException.class);
        }

        @Tag("confined")
        @Test
        void isASemaphoreOtherwise() {
            run(() -> {
                Semaphore any = semaphore;
                Permit first = any.acquire().await();
                try (var _ = any.acquire().await()) {
                    assertThat(any.isLocked()).isTrue();
                    taker(any, "waiting");
                    yieldNow();
                    first.close();
                    yieldNow();
                }
                assertThat(log).containsExactly("waiting");
                any.release();
                assertThatThrownBy(any::release).isInstanceOf(IllegalStateException.class);
            });
        }

        @Tag("confined")
        @Test
        void keepsAPermitThatACancelledWaiterGivesBack() {
            BoundedSemaphore one = new BoundedSemaphore(1);

            run(() -> {
                one.acquire().await();
                Task<?> waiting = taker(one, "never");
                yieldNow();
                one.release();
                waiting.cancel();
                failureOf(waiting);
                one.acquire().await();
                one.release();
                assertThatThrownBy(one::release).isInstanceOf(IllegalStateException.class);
            });
        }

        @Test
        void withoutBoundOverflowsNever() {
            Semaphore full = new Semaphore(Integer.MAX_VALUE);

            assertThatThrownBy(full::release).isInstanceOf(IllegalStateException.class);
        }
    }

    @Nested
    class Waiters {
        private final Semaphore semaphore = new Semaphore(0);

        @Tag("confined")
        @Test
        void areServedInOrder() {
            run(() -> {
                taker(semaphore, "a");
                taker(semaphore, "b");
                taker(semaphore, "c");
                yieldNow();
                semaphore.release();
                semaphore.release();
                semaphore.release();
                yieldNow();
            });

            assertThat(log).containsExactly("a", "b", "c");
        }

        @Tag("confined")
        @Test
        @Behaviour("SEM-03")
        void thatWereCancelledArePassedOver() {
            run(() -> {
                Task<?> first = taker(semaphore, "first");
                Task<?> second = taker(semaphore, "second");
                taker(semaphore, "third");
                Task<?> fourth = taker(semaphore, "fourth");
                yieldNow();
                first.cancel();
                second.cancel();
                semaphore.release();
                yieldTimes(5);
                assertThat(log).containsExactly("third");
                assertThat(fourth.isDone()).isFalse();
                assertThat(semaphore.isLocked()).isTrue();
                fourth.cancel();
            });
        }

        @Tag("confined")
        @Test
        @Behaviour("SEM-04")
        void thatAreCancelledInTheIterationOfAReleasePassThePermitOn() {
            run(() -> {
                Task<?> first = taker(semaphore, "first");
                taker(semaphore, "second");
                yieldNow();
                semaphore.release();
                first.cancel();
                yieldTimes(5);
                assertThat(first.isCancelled()).isTrue();
            });

            assertThat(log).containsExactly("second");
        }

        @Test
        @Behaviour("SEM-04")
        void thatAreCancelledJustBeforeAReleaseDoNotTakeThePermit() {
            run(() -> {
                Task<?> first = taker(semaphore, "first");
                taker(semaphore, "second");
                settle();
                first.cancel();
                semaphore.release();
                settle();
            });

            assertThat(log).containsExactly("second");
        }

        @Test
        @Behaviour("SEM-05")
        void thatAreCancelledAfterTheGrantGiveItBack() {
            run(() -> {
                Task<?> waiting = taker(semaphore, "waiting");
                yieldNow();
                semaphore.release();
                waiting.cancel();
                assertThat(failureOf(waiting)).isInstanceOf(CancelledError.class);
                assertThat(semaphore.isLocked()).isFalse();
                loop.callSoon(saying("callback"));
                semaphore.acquire().await();
                say("acquired");
                yieldNow();
            });

            assertThat(log).containsExactly("acquired", "callback");
        }

        @Tag("confined")
        @Test
        @Behaviour("SEM-06")
        void thatHaveNotResumedKeepNewcomersOut() {
            Semaphore two = new Semaphore(0);

            run(() -> {
                Task<?> first = taker(two, "first");
                yieldNow();
                two.release();
                two.release();
                assertThat(two.isLocked()).isTrue();
                Task<?> newcomer = taker(two, "newcomer");
                first.await();
                newcomer.await();
                assertThat(two.isLocked()).isTrue();
            });

            assertThat(log).containsExactly("first", "newcomer");
        }

        @Test
        @Behaviour("SEM-06")
        void comeBeforeATaskThatReleasesAndAcquiresAgain() {
            Semaphore one = new Semaphore(1);

            run(() -> {
                one.acquire().await();
                Task<?> waiting =
                        Async.createTask(() -> {
                            one.acquire().await();
                            say("waiting");
                            one.release();
                        });
                settle();
                one.release();
                one.acquire().await();
                say("again");
                waiting.await();
            });

            assertThat(log).containsExactly("waiting", "again");
        }

        @Tag("confined")
        @Test
        void areWokenTogetherByTheFirstOfThemIfThereArePermits() {
            run(() -> {
                Task<?> first = taker(semaphore, "first");
                Task<?> second =
                        Async.createTask(() -> {
                            semaphore.release();
                            semaphore.release();
                            semaphore.release();
                            assertThat(semaphore.isLocked()).isTrue();
                            semaphore.acquire().await();
                            say("second");
                        });
                Task<?> third = taker(semaphore, "third");
                first.await();
                loop.callSoon(saying("callback"));
                second.await();
                third.await();
                assertThat(semaphore.isLocked()).isTrue();
            });

            // The second and the third wait because the first has not run; when it has, both go
            // on in the next iteration.
            assertThat(log).containsExactly("first", "second", "third", "callback");
        }

        @Tag("confined")
        @Test
        void takeTurns() {
            Semaphore one = new Semaphore(1);

            run(() -> {
                List<Task<?>> tasks = new ArrayList<>();
                for (String name : List.of("a", "b", "c")) {
                    tasks.add(
                            Async.createTask(() -> {
                                for (int round = 1; round <= 2; round++) {
                                    try (var _ = one.acquire().await()) {
                                        say(name + round);
                                        sleep(10);
                                    }
                                }
                            }));
                }
                for (Task<?> task : tasks) {
                    task.await();
                }
            });

            assertThat(log).containsExactly("a1", "b1", "c1", "a2", "b2", "c2");
        }

        @Test
        @Behaviour("LCK-05")
        void bindTheSemaphoreToTheirLoop() {
            run(() -> {
                Task<?> waiting = taker(semaphore, "waiting");
                settle();
                waiting.cancel();
                failureOf(waiting);
            });

            try (CoreEventLoop other = TestLoops.virtual("other", new VirtualTime())) {
                assertThatThrownBy(() -> other.runUntilComplete(semaphore.acquire()))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("bound to a different event loop");
            }
        }
    }
}
