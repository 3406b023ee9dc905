package dev.treadle.scheduler.virtual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.Generator;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.TaskGroup;
import dev.treadle.TimeoutError;
import dev.treadle.Yielder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Requests for cancellation that come in the midst of a step: what the contract's K2.10 and K2.11
/// say.
///
/// Steps spin until the request was made. Who spins lets nobody else have its processor, so all
/// that is to wait does so before anybody spins.
@NullUnmarked
class CancelInStepTest {
    private final AtomicBoolean reached = new AtomicBoolean();
    private final AtomicBoolean mayGoOn = new AtomicBoolean();

    /// What a step does that is to be met in its midst.
    private void spin() {
        reached.set(true);
        spinUntil(mayGoOn::get);
    }

    private static void spinUntil(BooleanSupplier condition) {
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static void letAwait(Task<?> task) {
        while (!task.toString().contains("awaits")) {
            Async.yieldNow().await();
        }
    }

    private void letSpin() {
        while (!reached.get()) {
            Async.yieldNow().await();
        }
    }

    /// Cancels a task, has the one go on that spins, and waits for the former.
    private void cancelInStep(Task<?> task) {
        assertThat(task.cancel("by somebody else")).isTrue();
        mayGoOn.set(true);
        Async.wait(Set.of(task)).await();
    }

    /// The error, which goes to the first who asks.
    private static CancelledError errorOf(Task<?> task) {
        CancelledError error = catchThrowableOfType(CancelledError.class, task::result);
        assertThat(error.reason()).isEqualTo("by somebody else");
        return error;
    }

    private static Task<?> self() {
        return Objects.requireNonNull(Async.currentTask());
    }

    private static Promise<String> never() {
        return EventLoop.running().createPromise();
    }

    private static void limited(Coroutine.Action action) {
        Async.timeout(Duration.ofMillis(1), action).await();
    }

    @Nested
    class OfATaskThatEnds {

        private Task<String> spinningBehind(Promise<?> gate, Coroutine.Body<String> end) {
            Task<String> task =
                    Async.createTask(() -> {
                        gate.await();
                        spin();
                        return end.run();
                    });
            letAwait(task);
            return task;
        }

        /// Cancels a task that awaits one that is in its last step.
        private CancelledError cancelWhoAwaits(Task<?> task, Promise<String> gate) {
            letAwait(task);
            gate.complete("open");
            spinUntil(reached::get);
            cancelInStep(task);
            return errorOf(task);
        }

        @Test
        void takesNoResultAwayAndIsSeenByWhoHasPassedItOn() {
            Async.run(() -> {
                Promise<String> gate = never();
                Task<String> ending = spinningBehind(gate, () -> "result");
                Task<?> waiting = Async.createTask(() -> ending.await());
                assertThat(cancelWhoAwaits(waiting, gate)).isNotNull();
                assertThat(ending.await()).isEqualTo("result");
            });
        }

        @Test
        void strikesOnceWhereACircleIsLeftAndThenTheRequestIsRefused() {
            AtomicBoolean left = new AtomicBoolean();
            List<Task<?>> waiting = new ArrayList<>();
            Async.run(() -> {
                Promise<String> refusing =
                        EventLoop.running()
                                .createPromise(_ -> {
                                    waiting.get(0).cancel(); // a circle
                                    spinUntil(left::get);
                                    return false;
                                });
                Task<String> awaited = Async.createTask(() -> refusing.await());
                letAwait(awaited);
                Promise<String> cleanUp = never();
                Task<String> task =
                        Async.createTask(() -> {
                            try {
                                return awaited.await();
                            } catch (CancelledError e) {
                                left.set(true);
                                return cleanUp.await();
                            }
                        });
                waiting.add(task);
                letAwait(task);

                try {
                    assertThat(task.cancel()).isTrue();
                    cleanUp.complete("cleaned up");
                    assertThat(task.await()).isEqualTo("cleaned up");
                    assertThat(task.cancelling()).isEqualTo(1);
                } finally {
                    refusing.complete("at last");
                }
                Async.wait(Set.of(awaited)).await();
                assertThat(awaited.isCancelled()).isTrue();
            });
        }

        @Test
        void isSeenByWhoHasPassedItToAGatheringThatFailsThen() {
            IllegalStateException failure = new IllegalStateException("member");
            Async.run(() -> {
                Promise<String> gate = never();
                Task<String> other = Async.createTask(() -> "result");
                Task<String> failing =
                        spinningBehind(
                                gate,
                                () -> {
                                    throw failure;
                                });
                Task<?> task = Async.createTask(() -> Async.gather(failing, other).await());
                assertThat(cancelWhoAwaits(task, gate)).hasSuppressedException(failure);
            });
        }

        @Test
        void doesNotReviveOneThatItHasRefused() {
            Async.run(() -> {
                Promise<String> never = never();
                Task<String> refusing =
                        Async.createTask(() -> {
                            try {
                                return never.await();
                            } catch (CancelledError e) {
                                spin();
                                return "result";
                            }
                        });
                Task<String> waiting = Async.createTask(() -> refusing.await());
                letAwait(refusing);
                letAwait(waiting);
                waiting.cancel();
                spinUntil(reached::get);
                cancelInStep(refusing);
                assertThat(waiting.await()).isEqualTo("result");
            });
        }
    }

    @Nested
    class ByAScope {

        /// Cancels a task whose clean-up takes some time; returns how many requests it then sees.
        private static int requestsAfter(Coroutine.Action cleanUp) {
            return Async.run(() -> {
                Promise<String> never = never();
                Task<Integer> task =
                        Async.createTask(() -> {
                            try {
                                never.await();
                                return -1;
                            } catch (CancelledError e) {
                                cleanUp.run();
                                assertThat(Thread.currentThread().isInterrupted()).isFalse();
                                Async.yieldNow().await();
                                return self().cancelling();
                            }
                        });
                letAwait(task);
                task.cancel();
                return task.await();
            });
        }

        @Test
        void endsWithTheTimeLimit() {
            int requests =
                    requestsAfter(() -> limited(() -> spinUntil(() -> self().cancelling() == 2)));

            assertThat(requests).isEqualTo(1);
        }

        @Test
        void endsWithTheGroupThatItsBodyHasCancelled() {
            int requests = requestsAfter(() -> TaskGroup.run(group -> group.cancel()).await());

            assertThat(requests).isEqualTo(1);
        }

        @Test
        void interruptsABodyOfAGeneratorAndNoLongerThanItsScope() {
            List<Object> values =
                    Async.run(() -> {
                        List<Object> seen = new ArrayList<>();
                        Generator<Object> generator = Generator.of(y -> interrupted(y));
                        assertThat(generator.engine().toString()).startsWith("stackful");
                        while (generator.hasNext()) {
                            seen.add(generator.next());
                        }
                        return seen;
                    });

            assertThat(values).containsExactly("timed out", "went on", false);
        }

        private static void interrupted(Yielder<Object, @Nullable Void> y) {
            CountDownLatch never = new CountDownLatch(1);
            try {
                limited(() -> never.await());
            } catch (TimeoutError e) {
                y.yield("timed out");
            }
            limited(() -> spinUntil(() -> Thread.currentThread().isInterrupted()));
            y.yield("went on");
            y.yield(Thread.currentThread().isInterrupted());
        }
    }

    @Nested
    class ByOthersBesideAScope {

        @Test
        void isNotHiddenByATimeLimitThatIsHeeded() {
            Async.run(() -> {
                Promise<String> never = never();
                Task<?> task =
                        Async.createTask(() -> {
                            limited(() -> {
                                try {
                                    never.await();
                                } catch (CancelledError e) {
                                    spin();
                                }
                            });
                            Async.yieldNow().await();
                        });
                letSpin();
                cancelInStep(task);
                assertThat(errorOf(task)).isNotNull();
            });
        }

        @Test
        void strikesOnceTogetherWithATimeLimit() {
            AtomicBoolean cleanedUp = new AtomicBoolean();
            Async.run(() -> {
                Promise<String> never = never();
                Task<?> task =
                        Async.createTask(() -> {
                            try {
                                limited(() -> {
                                    try {
                                        never.await();
                                    } finally {
                                        spin();
                                    }
                                });
                            } finally {
                                Async.yieldNow().await();
                                cleanedUp.set(true);
                            }
                        });
                letSpin();
                cancelInStep(task);
                assertThat(task.isCancelled()).isTrue();
            });

            assertThat(cleanedUp).isTrue();
        }

        @Test
        void isNotTakenForTheExpiryOfATimeLimitThatCameLater() {
            Async.run(() -> {
                Promise<String> never = never();
                Task<?> task =
                        Async.createTask(() -> {
                            Async.yieldNow().await();
                            spin();
                            limited(() -> {
                                spinUntil(() -> self().cancelling() == 2);
                                never.await();
                            });
                        });
                letSpin();
                cancelInStep(task);
                assertThat(task.isCancelled()).isTrue();
            });
        }
    }
}
