package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Handle;
import dev.treadle.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@NullUnmarked
class TimerTest extends OnVirtualLoop {

    private Promise<String> done() {
        return loop.createPromise();
    }

    @Nested
    class Order {

        @Test
        @Behaviour("LOOP-03")
        void isByDueTimeNegativeDelaysIncluded() {
            loop.callLater(ms(2), saying("2"));
            loop.callLater(ms(-1), saying("-1"));
            loop.callLater(ms(1), saying("1"));
            loop.callLater(ms(-2), saying("-2"));
            loop.callLater(Duration.ZERO, saying("0"));

            run(() -> sleep(5));

            assertThat(log).containsExactly("-2", "-1", "0", "1", "2");
        }

        @Test
        void ofEqualTimesIsThatOfArming() {
            long when = loop.time() + ms(5).toNanos();
            for (int i = 0; i < 100; i++) {
                loop.callAt(when + (i % 2), saying("" + i));
            }

            run(() -> sleep(10));

            List<String> expected = new ArrayList<>();
            IntStream.range(0, 50).forEach(i -> expected.add("" + 2 * i));
            IntStream.range(0, 50).forEach(i -> expected.add("" + (2 * i + 1)));
            assertThat(log).isEqualTo(expected);
        }

        @Test
        void ofEqualTimesIsKeptWhenOthersWereCancelled() {
            List<Handle> handles = new ArrayList<>();
            long when = loop.time() + ms(5).toNanos();
            for (int i = 0; i < 1000; i++) {
                handles.add(loop.callAt(when, saying("" + i)));
            }
            for (int i = 0; i < 1000; i++) {
                if (i % 10 != 0) {
                    handles.get(i).cancel();
                }
            }

            run(() -> sleep(10));

            assertThat(log).isEqualTo(IntStream.range(0, 100).mapToObj(i -> "" + 10 * i).toList());
        }

        @Tag("confined")
        @Test
        void dueOnesComeAfterWhatIsReadyAlready() {
            run(() -> {
                loop.callLater(ms(1), saying("timer"));
                loop.callSoon(() -> time.pass(ms(1).toNanos()));
                yieldNow();
                loop.callSoon(saying("ready"));
                yieldNow();
            });

            assertThat(log).containsExactly("ready", "timer");
        }

        @Tag("confined")
        @Test
        void aTimerArmedByATimerForNowRunsInTheNextIteration() {
            run(() -> {
                try (Iterations iterations = iterations()) {
                    loop.callLater(
                            Duration.ZERO,
                            () -> {
                                int first = iterations.count();
                                loop.callLater(
                                        Duration.ZERO,
                                        () -> say("" + (iterations.count() - first)));
                            });
                    yieldTimes(5);
                }
            });

            assertThat(log).containsExactly("1");
        }
    }

    @Nested
    class Time {

        @Tag("confined")
        @Test
        @Behaviour("LOOP-05")
        void aTimerNeverRunsEarlyAndTheLoopWaitsOnceForEach() {
            run(() -> {
                for (long nanos : new long[] {100_000, 10_000, 1_000, 100, 1}) {
                    long before = loop.time();
                    dev.treadle.Async.sleep(Duration.ofNanos(nanos)).await();
                    assertThat(loop.time() - before).isEqualTo(nanos);
                }
            });

            assertThat(time.waits()).containsExactly(100_000L, 10_000L, 1_000L, 100L, 1L);
        }

        @Test
        void aDelayBeyondAllBoundsIsClampedAndDoesNotDisturbOthers() {
            loop.callLater(Duration.ofSeconds(Long.MAX_VALUE), saying("never"));
            loop.callAt(Long.MAX_VALUE - 1, saying("never either"));
            loop.callLater(ms(1), saying("soon"));

            run(() -> sleep(5));

            assertThat(log).containsExactly("soon");
        }

        @Test
        void anInfiniteDelayIntoThePastIsDueAtOnce() {
            loop.callLater(Duration.ofSeconds(Long.MIN_VALUE), saying("past"));
            loop.callAt(Long.MIN_VALUE, saying("past too"));

            runOneIteration();

            assertThat(log).containsExactly("past", "past too");
        }

        @Test
        void anAbsoluteTimeIsAReadingOfTheClock() {
            run(() -> {
                Promise<String> done = done();
                loop.callAt(loop.time() + ms(7).toNanos(), () -> done.complete("x"));
                done.await();
                assertThat(time.millis()).isEqualTo(7);
            });
        }
    }

    @Nested
    class ItsHandle {

        @Test
        void tellsWhenItIsDueAlsoAfterwards() {
            Handle timer = loop.callLater(ms(20), () -> {});
            Handle cancelled = loop.callAt(loop.time() + 5, () -> {});
            long begin = loop.time();
            cancelled.cancel();

            run(() -> sleep(30));

            assertThat(timer.when()).hasValue(begin + 20_000_000);
            assertThat(cancelled.when()).hasValue(begin + 5);
        }

        @Test
        void ofACallbackThatWaitsForNoTimeTellsNothing() {
            assertThat(loop.callSoon(() -> {}).when()).isEmpty();
            assertThat(loop.callSoonThreadsafe(() -> {}).when()).isEmpty();
        }
    }

    @Nested
    class Cancelled {

        @Tag("confined")
        @Test
        @Behaviour("LOOP-06")
        void oneAtTheHeadIsDroppedBeforeTheWait() {
            Handle head = loop.callLater(ms(1), saying("head"));
            loop.callLater(ms(10), saying("second"));
            head.cancel();
            head.cancel();

            run(() -> sleep(20));

            assertThat(log).containsExactly("second");
            assertThat(time.waits()).containsExactly(ms(10).toNanos(), ms(10).toNanos());
        }

        @Test
        @Behaviour("LOOP-06")
        void allLeaveNothingToWaitFor() {
            loop.callLater(ms(1), saying("x")).cancel();

            assertThatThrownBy(loop::runForever).isInstanceOf(VirtualTime.Deadlock.class);
            assertThat(time.elapsed()).isZero();
        }

        @Test
        void inTheIterationThatArmedThemLeaveTheOthersInOrder() {
            List<Handle> handles = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                handles.add(loop.callLater(ms(5), saying("" + i)));
            }
            for (int cancelled : new int[] {0, 6, 3, 3}) {
                handles.get(cancelled).cancel();
            }
            assertThat(loop.dispatcher.timers().size()).isEqualTo(4);
            handles.add(loop.callLater(ms(5), saying("7")));
            handles.add(loop.callLater(ms(4), saying("first")));

            run(() -> sleep(10));

            assertThat(log).containsExactly("first", "1", "2", "4", "5", "7");
        }

        @Test
        void afterItCameDueButBeforeItRanItDoesNot() {
            List<Handle> handles = new ArrayList<>();
            loop.callLater(ms(1), () -> handles.get(0).cancel());
            handles.add(loop.callLater(ms(1), saying("cancelled")));

            run(() -> sleep(5));

            assertThat(log).isEmpty();
        }

        @Test
        void fromAnotherThreadItDoesNotRun() {
            Handle handle = loop.callLater(ms(10), saying("cancelled"));

            run(() -> {
                onForeignThread(
                                () -> {
                                    handle.cancel();
                                    return null;
                                })
                        .join();
                sleep(20);
            });

            assertThat(handle.isCancelled()).isTrue();
            assertThat(log).isEmpty();
        }
    }

    @Nested
    class InGreatNumbers {

        @Tag("confined")
        @Test
        void aMillionRunInOrder() {
            int count = 1_000_000;
            List<Integer> delays = new ArrayList<>(IntStream.range(0, count).boxed().toList());
            Collections.shuffle(delays, new Random(5));
            int[] next = {0};
            for (int delay : delays) {
                loop.callLater(
                        Duration.ofNanos(delay),
                        () -> {
                            if (next[0] == delay) {
                                next[0]++;
                            }
                        });
            }

            time.pass(count);
            runOneIteration();

            assertThat(next[0]).isEqualTo(count);
        }

        @Test
        void armedAndCancelledAtOnceDoNotPileUp() {
            int most = 0;
            for (int i = 0; i < 1_000_000; i++) {
                loop.callLater(ms(1 + i % 1000), () -> {}).cancel();
                most = Math.max(most, loop.dispatcher.timers().size());
            }

            assertThat(most).isEqualTo(0);
        }

        @Test
        void cancelledAmongLiveOnesNeverMakeUpMuchMoreThanHalf() {
            List<Handle> live = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) {
                live.add(loop.callLater(ms(1_000_000), () -> {}));
            }
            int most = 0;
            for (int i = 0; i < 1_000; i++) {
                List<Handle> others = new ArrayList<>();
                for (int j = 0; j < 100; j++) {
                    others.add(loop.callLater(ms(1_000 + j), () -> {}));
                }
                runOneIteration();
                others.forEach(Handle::cancel);
                most = Math.max(most, loop.dispatcher.timers().size());
            }

            assertThat(most).isBetween(10_000, 20_100);
            live.forEach(Handle::cancel);
            assertThat(loop.dispatcher.timers().size()).isLessThan(1000);
        }

        @Test
        void thatPassLeaveNothingBehind() {
            for (int i = 0; i < 1000; i++) {
                loop.callLater(ms(i), () -> {});
            }

            run(() -> sleep(2000));

            assertThat(loop.dispatcher.timers().size()).isZero();
        }
    }
}
