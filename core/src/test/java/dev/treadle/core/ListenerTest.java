package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.Coroutine;
import dev.treadle.LoopStatistics.State;
import dev.treadle.LoopStatistics.Worker;
import dev.treadle.spi.LoopListener;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@NullUnmarked
class ListenerTest extends OnVirtualLoop {

    /// Keeps what it is told, in milliseconds.
    static final class Recorder implements LoopListener {
        final List<String> told = new CopyOnWriteArrayList<>();

        @Override
        public void iterationBegins(int worker, int local, int injected) {
            told.add("iteration " + local + "+" + injected);
        }

        @Override
        public void stepBegins(int worker, long queuedNanos, int standsFor) {
            told.add("queued " + millis(queuedNanos));
        }

        @Override
        public void stepEnded(int worker, long tookNanos, int standsFor) {
            told.add("took " + millis(tookNanos));
        }

        @Override
        public void timerFires(int worker, long lateNanos) {
            told.add("late " + millis(lateNanos));
        }

        @Override
        public void offloadEnded(long tookNanos) {
            told.add("work " + millis(tookNanos));
        }

        List<String> toldOf(String... kinds) {
            return told.stream()
                    .filter(line -> List.of(kinds).contains(line.substring(0, line.indexOf(' '))))
                    .toList();
        }

        private static long millis(long nanos) {
            return nanos / 1_000_000;
        }
    }

    private final Recorder recorder = new Recorder();

    private Worker worker() {
        return loop.statistics().workers().getFirst();
    }

    private void pass(long millis) {
        time.pass(ms(millis).toNanos());
    }

    @Nested
    class BusyAndIdle {

        @Test
        void areNotMeasuredForNobody() {
            run(() -> {
                pass(5);
                sleep(20);
            });

            assertThat(worker().busy()).isZero();
            assertThat(worker().idle()).isZero();
        }

        @Test
        void addUpToTheTimeOfTheRun() {
            loop.addListener(recorder);
            run(() -> {
                pass(5);
                sleep(20);
                pass(3);
            });
            pass(1000); // not running
            run(() -> pass(2));

            assertThat(worker().busy()).isEqualTo(ms(10));
            assertThat(worker().idle()).isEqualTo(ms(20));
        }

        @Test
        void reachUpToThePresent() {
            loop.addListener(recorder);
            run(() -> {
                pass(5);
                assertThat(worker().busy()).isEqualTo(ms(5));
                pass(1);
                assertThat(worker().busy()).isEqualTo(ms(6));
            });
        }

        @Test
        void aParkedLoopBecomesMoreIdle() {
            loop.addListener(recorder);
            run(() -> {
                var done = loop.<Duration>createPromise();
                var watching =
                        onForeignThread(() -> {
                            while (worker().state() != State.PARKED) {
                                Thread.onSpinWait();
                            }
                            pass(7);
                            done.complete(worker().idle());
                            return null;
                        });
                assertThat(done.await()).isEqualTo(ms(7));
                watching.join();
            });
        }

        @Test
        void beginWithTheFirstListenerAndEndWithTheLast() {
            Recorder other = new Recorder();
            run(() -> {
                pass(5);
                loop.addListener(recorder);
                pass(3);
                sleep(10);
                loop.addListener(other);
                loop.removeListener(recorder);
                sleep(20);
                loop.removeListener(other);
                pass(4);
                sleep(30);
                loop.addListener(other);
                pass(1);
                sleep(40);
            });

            assertThat(worker().busy()).isEqualTo(ms(4));
            assertThat(worker().idle()).isEqualTo(ms(70));
        }

        @Test
        void aListenerThatComesWhileTheLoopIsParkedIsToldOfTheRest() {
            run(() -> {
                var done = loop.<Void>createPromise();
                var watching =
                        onForeignThread(() -> {
                            while (worker().state() != State.PARKED) {
                                Thread.onSpinWait();
                            }
                            pass(7);
                            loop.addListener(recorder);
                            pass(2);
                            done.complete(null);
                            return null;
                        });
                done.await();
                watching.join();
            });

            assertThat(worker().idle()).isEqualTo(ms(2));
        }
    }

    @Nested
    class Steps {

        @Test
        void oneInSixtyFourIsMeasured() {
            run(() -> {
                loop.addListener(recorder);
                for (int i = 0; i < 2 * LoopListener.SAMPLING; i++) {
                    Async.createTask(() -> pass(1));
                }
                yieldNow();
                yieldNow();
            });

            // The 64th and the 128th became ready when none had run: all before took a millisecond.
            assertThat(recorder.toldOf("queued", "took"))
                    .containsExactly("queued 63", "took 1", "queued 127", "took 1");
        }

        @Test
        void aStepEndsWhereTheTaskSuspends() {
            run(() -> {
                loop.addListener(recorder);
                for (int i = 1; i < LoopListener.SAMPLING; i++) {
                    Async.createTask(() -> {});
                }
                Async.createTask(() -> {
                    pass(3);
                    sleep(100);
                    pass(50);
                });
                sleep(1000);
            });

            assertThat(recorder.toldOf("queued", "took")).containsExactly("queued 0", "took 3");
        }

        @Test
        void aTaskThatIsWokenWhileTheLoopIsStuckWaits() {
            run(() -> {
                var done = loop.<Void>createPromise();
                List<dev.treadle.Task<?>> tasks = new ArrayList<>();
                for (int i = 0; i < LoopListener.SAMPLING; i++) {
                    tasks.add(Async.createTask(() -> done.await()));
                }
                yieldNow();
                loop.addListener(recorder);
                onForeignThread(
                                () -> {
                                    done.complete(null);
                                    return null;
                                })
                        .join();
                pass(9);
                Async.wait(tasks).await();
            });

            assertThat(recorder.toldOf("queued")).containsExactly("queued 9");
        }

        @Test
        void whatWasStampedForAnEarlierListenerIsNothingToALaterOne() {
            run(() -> {
                loop.addListener(recorder);
                for (int i = 0; i < LoopListener.SAMPLING; i++) {
                    Async.createTask(() -> sleep(100)); // the last of them is chosen
                }
                loop.removeListener(recorder);
                yieldNow();
                loop.addListener(recorder);
                sleep(200);
            });

            // Of the 64 that sleep and the one that waits for them, the 64th to wake.
            assertThat(recorder.toldOf("queued")).containsExactly("queued 0");
        }

        @Test
        void theyAreMeasuredAmongThoseThatGiveUpControl() {
            loop.addListener(recorder);
            run(() -> {
                for (int i = 0; i < 10 * LoopListener.SAMPLING; i++) {
                    pass(1);
                    yieldNow();
                }
            });

            assertThat(recorder.toldOf("queued")).hasSize(10);
            assertThat(recorder.toldOf("took")).hasSize(10);
        }

        @Test
        void fewerAreMeasuredWhereTheyAreFastAndEachStandsForMore() {
            List<Integer> standsFor = new ArrayList<>();
            loop.addListener(
                    new LoopListener() {
                        @Override
                        public void stepBegins(int worker, long queuedNanos, int many) {
                            standsFor.add(many);
                        }

                        @Override
                        public void stepEnded(int worker, long tookNanos, int many) {
                            assertThat(many).isEqualTo(standsFor.getLast());
                        }
                    });

            run(() -> yieldTimes(64 + 64 + 128 + 256 + 512 + 1024 + 1024)); // all in no time
            assertThat(standsFor).containsExactly(64, 64, 128, 256, 512, 1024, 1024);

            run(() -> {
                for (int i = 0; i < 1024 + 64 + 64; i++) {
                    pass(1);
                    yieldNow();
                }
            });
            assertThat(standsFor.subList(7, standsFor.size())).containsExactly(1024, 64, 64);
        }
    }

    @Nested
    class Iterations {

        @Test
        void areToldWithWhatIsReady() {
            loop.addListener(recorder);
            run(() -> {
                loop.callSoon(() -> {});
                loop.callSoon(() -> {});
                onForeignThread(() -> loop.callSoonThreadsafe(() -> {})).join();
                sleep(5);
            });

            assertThat(recorder.toldOf("iteration"))
                    .containsExactly(
                            "iteration 0+1", // the coroutine
                            "iteration 2+1"); // the timer and what follows are no more
        }

        @Test
        void oneInSixtyFourIsToldWhateverIsReady() {
            loop.addListener(recorder);
            run(() -> {
                yieldNow();
                loop.callSoon(() -> {});
                yieldTimes(62);
                loop.callSoon(() -> {});
                yieldNow();
            });

            assertThat(recorder.toldOf("iteration"))
                    .containsExactly(
                            "iteration 0+1", // the first
                            "iteration 1+0",
                            "iteration 2+0",
                            "iteration 1+0", // the 64th
                            "iteration 2+0");
        }
    }

    @Nested
    class OfTimers {

        @Test
        void oneInSixtyFourIsMeasured() {
            loop.addListener(recorder);
            run(() -> {
                for (int i = 0; i < 2 * LoopListener.SAMPLING; i++) {
                    loop.callLater(ms(10), () -> pass(1));
                }
                sleep(500);
            });

            assertThat(recorder.toldOf("late")).containsExactly("late 63", "late 127");
        }
    }

    @Nested
    class BlockingWork {

        @Test
        void isMeasuredEachTime() {
            loop.addListener(recorder);
            run(() -> {
                loop.offload(
                                () -> {
                                    pass(6);
                                    return null;
                                })
                        .await();
                loop.shutdownOffload(Duration.ofMinutes(1)).await();
            });

            assertThat(recorder.toldOf("work")).containsExactly("work 6");
        }
    }

    @Nested
    class Attaching {

        @Test
        void twiceIsOnce() {
            loop.addListener(recorder);
            loop.addListener(recorder);
            run(() -> {});

            assertThat(recorder.told).startsWith("iteration 0+1").hasSize(2);
        }

        @Test
        void severalAreAllTold() {
            Recorder other = new Recorder();
            loop.addListener(recorder);
            loop.addListener(other);
            run(() -> sleep(1));

            assertThat(recorder.told).isNotEmpty().isEqualTo(other.told);
        }

        @Test
        void oneThatIsRemovedIsToldNoMore() {
            loop.addListener(recorder);
            run(() -> {
                int before = recorder.told.size();
                loop.removeListener(recorder);
                sleep(5);
                assertThat(recorder.told).hasSize(before);
            });
            loop.removeListener(recorder);

            assertThat(loop.dispatcher.measuring()).isNull();
        }

        @Test
        void aClosedLoopHasNone() {
            loop.addListener(recorder);
            loop.close();
            assertThat(loop.dispatcher.measuring()).isNull();

            loop.addListener(recorder);

            assertThat(loop.dispatcher.measuring()).isNull();
        }

        @Test
        void andDetachingFromAnotherThreadWhileTheLoopRuns() {
            AtomicBoolean over = new AtomicBoolean();
            CountDownLatch begun = new CountDownLatch(1);
            AtomicLong steps = new AtomicLong();
            LoopListener counting =
                    new LoopListener() {
                        @Override
                        public void stepEnded(int worker, long tookNanos, int standsFor) {
                            steps.incrementAndGet();
                        }
                    };
            var attaching =
                    onForeignThread(() -> {
                        begun.await();
                        for (int i = 0; i < 2000; i++) {
                            loop.addListener(counting);
                            long before = steps.get();
                            while (i % 100 == 0 && steps.get() == before) {
                                Thread.onSpinWait();
                            }
                            loop.removeListener(counting);
                        }
                        over.set(true);
                        return null;
                    });

            run(() -> {
                begun.countDown();
                while (!over.get()) {
                    yieldNow();
                }
            });
            attaching.join();

            assertThat(steps.get()).isGreaterThanOrEqualTo(20);
            assertThat(loop.dispatcher.measuring()).isNull();
        }
    }

    @Nested
    class Failing {

        private final AtomicInteger calls = new AtomicInteger();
        private final LoopListener broken =
                new LoopListener() {
                    @Override
                    public void iterationBegins(int worker, int local, int injected) {
                        calls.incrementAndGet();
                        throw new StackOverflowError("broken");
                    }
                };

        @Test
        void oneIsLoggedAndToldNoMoreAndTheOthersAreToldAllTheSame() {
            loop.addListener(broken);
            loop.addListener(recorder);

            var logged =
                    RecordedLog.during(() ->
                            run(() -> {
                                sleep(1);
                                say("went on");
                            }));

            assertThat(log).containsExactly("went on");
            assertThat(calls).hasValue(1);
            assertThat(recorder.toldOf("iteration"))
                    .containsExactly("iteration 0+1", "iteration 1+0");
            assertThat(logged)
                    .filteredOn(line -> line.thrown() instanceof StackOverflowError)
                    .singleElement()
                    .satisfies(line ->
                            assertThat(line.message())
                                    .contains("loop test")
                                    .contains(broken.getClass().getName())
                                    .contains("told no more"));
        }

        @Test
        void theLastOneLeavesNothingToMeasure() {
            loop.addListener(broken);

            RecordedLog.during(() -> run(() -> sleep(1)));

            assertThat(loop.dispatcher.measuring()).isNull();
        }
    }

    @Nested
    class WithoutListeners {

        @Test
        void noClockIsRead() {
            AtomicLong reads = new AtomicLong();
            Clock clock =
                    () -> {
                        reads.incrementAndGet();
                        return time.nanoTime();
                    };
            CoreEventLoop counted = loopWith(clock);
            try {
                counted.runUntilComplete(Coroutine.of(() -> yieldTimes(1000)));
                assertThat(reads).hasValue(0);

                counted.addListener(recorder);
                reads.set(0);
                counted.runUntilComplete(
                        Coroutine.of(() -> {
                            for (int i = 0; i < 64 * 100; i++) {
                                pass(1);
                                yieldNow();
                            }
                        }));
                // Three for a step that is measured, and two for the run.
                assertThat(reads).hasValue(3 * 100 + 2);
            } finally {
                counted.close();
            }
        }

        private CoreEventLoop loopWith(Clock clock) {
            return new CoreEventLoop(
                    "counted",
                    "test",
                    new Ports(
                            clock,
                            new FifoReadyQueue(),
                            time,
                            CarrierChoice.newCarriers("treadle-test-counted"),
                            new ThreadOffload("treadle-test-counted-offload")));
        }
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES) // each has a thread of its own
    void tenThousandLoopsLeaveNothing() {
        List<WeakReference<CoreEventLoop>> loops = new ArrayList<>();
        AtomicInteger iterations = new AtomicInteger();
        LoopListener counting =
                new LoopListener() {
                    @Override
                    public void iterationBegins(int worker, int local, int injected) {
                        iterations.incrementAndGet();
                    }
                };
        for (int i = 0; i < 10_000; i++) {
            CoreEventLoop each = TestLoops.virtual("many-" + i, new VirtualTime());
            each.addListener(counting);
            each.runUntilComplete(Coroutine.of(() -> {}));
            each.close();
            loops.add(new WeakReference<>(each));
        }

        assertThat(iterations).hasValue(20_000);
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("treadle-test-many-"));
        assertThat(loops)
                .allSatisfy(each -> {
                    CoreEventLoop seen = each.get();
                    assertThat(seen == null || seen.dispatcher.measuring() == null).isTrue();
                });
        System.gc();
        assertThat(loops).filteredOn(each -> each.get() != null).hasSizeLessThan(10);
    }
}
