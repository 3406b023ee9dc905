package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.Async.Waited;
import dev.treadle.Async.When;
import dev.treadle.CancelledError;
import dev.treadle.Promise;
import dev.treadle.Task;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@NullUnmarked
class WaitTest extends OnVirtualLoop {

    private final Promise<String> a = loop.createPromise();
    private final Promise<String> b = loop.createPromise();
    private final Promise<String> c = loop.createPromise();

    @Nested
    class ForAll {

        @Test
        @Behaviour("WAIT-01")
        void givesAllAsDoneEvenIfSomeFailedAndThrowsNothing() {
            run(() -> {
                loop.callLater(ms(1), () -> a.fail(new IllegalArgumentException()));
                loop.callLater(ms(2), () -> b.cancel());
                loop.callLater(ms(3), () -> c.complete("3"));
                Waited<Promise<String>> waited = Async.wait(List.of(a, b, c)).await();

                assertThat(List.copyOf(waited.done())).isEqualTo(List.of(a, b, c));
                assertThat(waited.pending()).isEmpty();
                assertThat(time.millis()).isEqualTo(3);
                assertThat(a.exception()).isNotNull();
            });
        }

        @Test
        @Behaviour("WAIT-01")
        void aSecondWaitOnTheSameTakesNoTime() {
            run(() -> {
                Task<?> task = Async.createTask(() -> sleep(10));
                Async.wait(List.of(task)).await();
                Waited<Task<?>> again = Async.<Task<?>>wait(List.of(task)).await();
                assertThat(again.done()).hasSize(1);
                assertThat(time.millis()).isEqualTo(10);
            });
        }

        @Test
        @Behaviour("WAIT-01")
        void aDuplicateCountsOnce() {
            run(() -> {
                a.complete("1");
                Waited<Promise<String>> waited = Async.wait(List.of(a, a)).await();
                assertThat(waited.done()).hasSize(1);
            });
        }

        @Test
        void givesUpAfterATimeWithoutAnErrorOrACancellation() {
            run(() -> {
                a.complete("1");
                Waited<Promise<String>> waited =
                        Async.wait(List.of(a, b), When.ALL_COMPLETED, ms(10)).await();
                assertThat(List.copyOf(waited.done())).isEqualTo(List.of(a));
                assertThat(List.copyOf(waited.pending())).isEqualTo(List.of(b));
                assertThat(b.isDone()).isFalse();
                assertThat(time.millis()).isEqualTo(10);
            });
        }

        @Test
        void anUnusedTimeLeavesNoTimer() {
            run(() -> {
                loop.callLater(ms(1), () -> a.complete("1"));
                Async.wait(List.of(a), When.ALL_COMPLETED, ms(10)).await();
            });

            assertThatThrownBy(() -> loop.runUntilComplete(never()))
                    .isInstanceOf(VirtualTime.Deadlock.class);
            assertThat(time.millis()).isEqualTo(1);
        }
    }

    @Nested
    class ForTheFirst {

        @Test
        @Behaviour("WAIT-02")
        void returnsAtTheFirstCompletion() {
            run(() -> {
                loop.callLater(ms(5), () -> b.complete("2"));
                loop.callLater(ms(9), () -> a.complete("1"));
                Waited<Promise<String>> waited =
                        Async.wait(List.of(a, b), When.FIRST_COMPLETED).await();
                assertThat(List.copyOf(waited.done())).isEqualTo(List.of(b));
                assertThat(List.copyOf(waited.pending())).isEqualTo(List.of(a));
                assertThat(time.millis()).isEqualTo(5);
            });
        }

        @Test
        @Behaviour("WAIT-02")
        void holdsEverythingThatIsDoneByTheTimeTheWaiterRuns() {
            run(() -> {
                a.addDoneCallback(_ -> b.complete("2"));
                loop.callLater(ms(5), () -> a.complete("1"));
                Waited<Promise<String>> waited =
                        Async.wait(List.of(a, b, c), When.FIRST_COMPLETED).await();
                assertThat(List.copyOf(waited.done())).isEqualTo(List.of(a, b));
                assertThat(List.copyOf(waited.pending())).isEqualTo(List.of(c));
            });
        }

        @Test
        void aFailureIsACompletion() {
            run(() -> {
                loop.callLater(ms(5), () -> b.fail(new IllegalArgumentException()));
                Waited<Promise<String>> waited =
                        Async.wait(List.of(a, b), When.FIRST_COMPLETED).await();
                assertThat(List.copyOf(waited.done())).isEqualTo(List.of(b));
                assertThat(b.exception()).isNotNull();
            });
        }
    }

    @Nested
    class ForTheFirstFailure {

        @Test
        @Behaviour("WAIT-03")
        void returnsWhenOneFails() {
            run(() -> {
                loop.callLater(ms(1), () -> a.complete("1"));
                loop.callLater(ms(5), () -> b.fail(new IllegalArgumentException()));
                loop.callLater(ms(9), () -> c.complete("3"));
                Waited<Promise<String>> waited =
                        Async.wait(List.of(a, b, c), When.FIRST_EXCEPTION).await();
                assertThat(List.copyOf(waited.done())).isEqualTo(List.of(a, b));
                assertThat(List.copyOf(waited.pending())).isEqualTo(List.of(c));
                assertThat(time.millis()).isEqualTo(5);
            });
        }

        @Test
        @Behaviour("WAIT-03")
        void returnsAtOnceIfOneHasFailedAlready() {
            run(() -> {
                b.fail(new IllegalArgumentException());
                Waited<Promise<String>> waited =
                        Async.wait(List.of(a, b), When.FIRST_EXCEPTION).await();
                assertThat(List.copyOf(waited.done())).isEqualTo(List.of(b));
                assertThat(time.elapsed()).isZero();
            });
        }

        @Test
        @Behaviour("WAIT-03")
        void aCancelledOneHasNotFailed() {
            run(() -> {
                loop.callLater(ms(5), () -> a.cancel());
                loop.callLater(ms(9), () -> b.complete("2"));
                Waited<Promise<String>> waited =
                        Async.wait(List.of(a, b), When.FIRST_EXCEPTION).await();
                assertThat(List.copyOf(waited.done())).isEqualTo(List.of(a, b));
                assertThat(time.millis()).isEqualTo(9);
            });
        }
    }

    @Nested
    class WhenTheWaiterIsCancelled {

        @Test
        @Behaviour("WAIT-06")
        void theMembersAreNot() {
            run(() -> {
                Task<String> member = Async.createTask(() -> Async.sleep(ms(10), "x").await());
                Task<?> waiter = Async.createTask(() -> Async.wait(List.of(member)).await());
                yieldTimes(2);
                waiter.cancel();
                assertThat(failureOf(waiter)).isInstanceOf(CancelledError.class);
                assertThat(member.await()).isEqualTo("x");
                assertThat(member.cancelling()).isZero();
            });
        }
    }

    @Nested
    class Misuse {

        @Test
        @Behaviour("WAIT-05")
        void waitingForNothingIsRefused() {
            assertThatThrownBy(() -> Async.wait(List.<Promise<String>>of()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
