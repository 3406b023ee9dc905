package dev.treadle.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.treadle.Async;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.Promise;
import dev.treadle.Task;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// A load that is known, on virtual time: what each meter shows of it.
class MetersTest {
    private static final Duration TENTH = Duration.ofMillis(100);

    private final LoopOnVirtualTime on = new LoopOnVirtualTime();
    private final EventLoop loop = on.loop;

    @AfterEach
    void close() {
        on.close();
    }

    private double seconds(Timer timer) {
        return timer.totalTime(TimeUnit.SECONDS);
    }

    @Nested
    class Lag {
        private final Timer lag = on.registry.get("treadle.loop.lag").timer();

        @Test
        void isTheTimeFromSendingAProbeToItsArrival() {
            on.runOnLoop(() -> {
                on.look();
                on.pass(Duration.ofMillis(30));
            });

            assertThat(lag.count()).isEqualTo(1);
            assertThat(seconds(lag)).isCloseTo(0.030, within(1e-9));
        }

        @Test
        void ofAStallWeighsWhatItLasted() {
            on.runOnLoop(() -> {
                on.look();
                on.passWatched(Duration.ofMillis(350));
            });

            // 350 ms, and 250, 150 and 50 for those that could not be sent.
            assertThat(lag.count()).isEqualTo(4);
            assertThat(seconds(lag)).isCloseTo(0.8, within(1e-9));
            assertThat(lag.max(TimeUnit.SECONDS)).isCloseTo(0.35, within(1e-9));
        }

        @Test
        void isCountedInBucketsFrom50MicrosecondsOn() {
            on.runOnLoop(() -> {
                on.look();
                on.pass(Duration.ofNanos(70_000));
            });

            CountAtBucket[] buckets = lag.takeSnapshot().histogramCounts();
            assertThat(buckets)
                    .extracting(bucket -> bucket.bucket(TimeUnit.MICROSECONDS))
                    .containsExactly(
                            50.0, 100.0, 250.0, 500.0, 1e3, 2.5e3, 5e3, 1e4, 2.5e4, 5e4, 1e5, 2.5e5,
                            5e5, 1e6, 5e6);
            assertThat(Arrays.stream(buckets).mapToDouble(CountAtBucket::count))
                    .startsWith(0.0, 1.0)
                    .endsWith(1.0);
        }

        @Test
        void isNotWhatALoopWaitsBetweenTwoRuns() {
            loop.callSoon(() -> {
                on.look();
                loop.stop();
            });
            loop.runForever(); // stops with the probe in its queue
            on.pass(Duration.ofHours(1));
            on.look();
            on.runOnLoop(() -> {});

            assertThat(lag.count()).isZero();
        }

        @Test
        void isFilledInForHalfAnHourAtMost() {
            on.runOnLoop(() -> {
                on.look();
                on.pass(Duration.ofHours(1));
            });

            assertThat(lag.count()).isEqualTo(18_001);
            assertThat(on.count("treadle.metrics.dropped")).isEqualTo(36_000 - 18_000);
        }
    }

    @Nested
    class ALoopThatStandsStill {

        @Test
        void isSeenWhileItDoes() {
            on.runOnLoop(() -> {
                on.look();
                assertThat(on.timeGauge("treadle.loop.blocked")).isZero();
                on.passWatched(Duration.ofMillis(300));
                on.pass(Duration.ofMillis(20));
                assertThat(on.timeGauge("treadle.loop.blocked")).isCloseTo(0.32, within(1e-9));
            });

            assertThat(on.timeGauge("treadle.loop.blocked")).isZero();
        }

        @Test
        void isCountedOnce() {
            on.runOnLoop(() -> {
                on.look();
                on.passWatched(Duration.ofSeconds(3));
            });

            assertThat(on.count("treadle.loop.stalls", "cause", "code")).isEqualTo(1);
            assertThat(on.count("treadle.loop.stalls", "cause", "jvm")).isZero();
        }

        @Test
        void isNotToBlameIfTheWatchdogStoodStillToo() {
            on.runOnLoop(() -> {
                on.look();
                on.pass(Duration.ofMillis(500));
                on.look(Duration.ofMillis(400));
            });

            assertThat(on.count("treadle.loop.stalls", "cause", "code")).isZero();
            assertThat(on.count("treadle.loop.stalls", "cause", "jvm")).isEqualTo(1);
        }

        @Test
        void mayTakeAsLongAsTheLoopIsTold() {
            loop.slowCallback(Duration.ofSeconds(2));
            on.runOnLoop(() -> {
                on.look();
                on.passWatched(Duration.ofMillis(1900));
                assertThat(on.count("treadle.loop.stalls", "cause", "code")).isZero();
                on.passWatched(Duration.ofMillis(100));
                assertThat(on.count("treadle.loop.stalls", "cause", "code")).isEqualTo(1);
            });
        }

        @Test
        void isNotOneThatIsBusyWithManyShortSteps() {
            on.runOnLoop(() -> {
                for (int i = 0; i < 10; i++) {
                    loop.callSoon(() -> {
                        on.pass(Duration.ofMillis(90));
                        on.look();
                    });
                }
            });
            on.runOnLoop(() -> {});

            assertThat(on.timeGauge("treadle.loop.blocked")).isZero();
            assertThat(on.count("treadle.loop.stalls", "cause", "code")).isZero();
        }
    }

    @Nested
    class Time {

        @Test
        void isSplitIntoIterationsAndWaits() {
            loop.runUntilComplete(
                    Async.sleep(Duration.ofSeconds(2))); // one iteration arms it, one ends it
            on.runOnLoop(() -> on.pass(Duration.ofMillis(300)));

            FunctionTimer iteration = on.meter("treadle.loop.iteration").functionTimer();
            FunctionTimer park = on.meter("treadle.loop.park").functionTimer();
            assertThat(iteration.totalTime(TimeUnit.SECONDS)).isCloseTo(0.3, within(1e-9));
            assertThat(iteration.count())
                    .isEqualTo((double) loop.statistics().workers().get(0).iterations())
                    .isGreaterThanOrEqualTo(3);
            assertThat(park.totalTime(TimeUnit.SECONDS)).isCloseTo(2, within(1e-9));
            assertThat(park.count()).isEqualTo(1);
            assertThat(on.count("treadle.loop.wakeups", "kind", "useful")).isEqualTo(1);
            assertThat(on.count("treadle.loop.wakeups", "kind", "empty")).isZero();
        }

        @Test
        void inUseIsToldOfTheLastWholeSecond() {
            assertThat(on.gauge("treadle.loop.utilization")).isNaN();

            loop.runUntilComplete(Async.sleep(Duration.ofMillis(750)));
            on.runOnLoop(() -> on.pass(Duration.ofMillis(250)));
            on.look();
            assertThat(on.gauge("treadle.loop.utilization")).isCloseTo(0.25, within(1e-9));

            loop.runUntilComplete(Async.sleep(Duration.ofSeconds(1)));
            assertThat(on.gauge("treadle.loop.utilization")).isCloseTo(0.25, within(1e-9));
            on.look();
            assertThat(on.gauge("treadle.loop.utilization")).isZero();
            assertThat(on.gauge("treadle.loop.utilization.max")).isCloseTo(0.25, within(1e-9));
        }
    }

    @Nested
    class TheQueue {

        @Test
        void isAsDeepAsWhatIsReadyAndHasNotBegun() {
            on.runOnLoop(() -> {
                for (int i = 0; i < 5; i++) {
                    loop.callSoon(() -> {});
                }
                // and the callback that has the loop stopped
                assertThat(on.gauge("treadle.loop.queue.depth", "queue", "local")).isEqualTo(6);
            });

            assertThat(on.gauge("treadle.loop.queue.depth", "queue", "local")).isZero();
        }

        @Test
        void tellsOfWhatOtherThreadsHaveQueued() throws InterruptedException {
            Thread other =
                    Thread.ofPlatform()
                            .start(() -> {
                                loop.callSoonThreadsafe(() -> {});
                                loop.callSoonThreadsafe(() -> {});
                            });
            other.join();

            assertThat(on.gauge("treadle.loop.queue.depth", "queue", "inject")).isEqualTo(2);
            assertThat(on.count("treadle.loop.submissions", "source", "remote")).isEqualTo(2);
        }

        @Test
        void remembersForAMinuteHowDeepItWas() {
            on.runOnLoop(() -> {
                for (int i = 0; i < 7; i++) {
                    loop.callSoon(() -> {});
                }
            });

            String name = "treadle.loop.queue.depth.max";
            assertThat(on.gauge(name, "queue", "local")).isGreaterThanOrEqualTo(7);
            for (int i = 0; i < 2; i++) {
                on.pass(Duration.ofSeconds(20));
                on.look();
            }
            assertThat(on.gauge(name, "queue", "local")).isGreaterThanOrEqualTo(7);
            on.pass(Duration.ofSeconds(20));
            on.look();
            assertThat(on.gauge(name, "queue", "local")).isZero();
        }
    }

    @Nested
    class Tasks {

        @Test
        void areCountedFromTheFirstToTheLast() {
            Promise<String> never = loop.createPromise();
            on.runOnLoop(() -> {
                loop.createTask(Coroutine.of(() -> "done"));
                Task<?> failing =
                        loop.createTask(
                                Coroutine.of(() -> {
                                    throw new IllegalStateException("as planned");
                                }));
                failing.addDoneCallback(done -> done.exception()); // somebody asks
                Task<String> cancelled = loop.createTask(Coroutine.of(() -> never.await()));
                cancelled.cancel();
                loop.createTask(
                        Coroutine.of(() -> {
                            Async.yieldNow().await();
                            Async.yieldNow().await();
                            return never.await();
                        }));
            });
            for (int i = 0; i < 3; i++) {
                on.runOnLoop(() -> {});
            }

            assertThat(on.count("treadle.task.spawned")).isEqualTo(4);
            assertThat(on.count("treadle.task.finished", "outcome", "success")).isEqualTo(1);
            assertThat(on.count("treadle.task.finished", "outcome", "failure")).isEqualTo(1);
            assertThat(on.count("treadle.task.finished", "outcome", "cancelled")).isEqualTo(1);
            assertThat(on.gauge("treadle.task.live")).isEqualTo(1);
            assertThat(on.count("treadle.task.yields", "kind", "voluntary")).isEqualTo(2);
            assertThat(on.count("treadle.task.yields", "kind", "budget")).isZero();
            // One for each that ends at once, and three for the last.
            assertThat(on.count("treadle.task.steps")).isBetween(5.0, 6.0);
            assertThat(on.count("treadle.carrier.steals")).isZero();
            never.cancel();
            on.runOnLoop(() -> {});
        }

        @Test
        void areSampledOneStepIn64() {
            loop.runUntilComplete(
                    Coroutine.of(() -> {
                        for (int i = 0; i < 160; i++) {
                            on.pass(Duration.ofMillis(2));
                            Async.yieldNow().await();
                        }
                    }));
            on.look();

            Timer step = on.meter("treadle.task.step").timer();
            Timer queueTime = on.meter("treadle.task.queue.time").timer();
            assertThat(step.count()).isEqualTo(2);
            assertThat(seconds(step)).isCloseTo(0.004, within(1e-9));
            assertThat(queueTime.count()).isEqualTo(2);
            assertThat(seconds(queueTime)).isZero(); // nobody else was there
        }

        @Test
        void thatFailUnseenAreToldOf() {
            loop.exceptionHandler((_, _) -> {});
            on.runOnLoop(() -> {
                throw new IllegalStateException("as planned");
            });

            assertThat(on.count("treadle.task.unhandled")).isEqualTo(1);
        }
    }

    @Nested
    class Timers {

        @Test
        void arePendingUntilTheyFireOrAreCancelled() {
            on.runOnLoop(() -> {
                loop.callLater(TENTH, () -> {});
                loop.callLater(Duration.ofHours(1), () -> {}).cancel();
                loop.callLater(Duration.ofHours(2), () -> {});
            });
            loop.runUntilComplete(Async.sleep(Duration.ofSeconds(1))); // one more, which fires

            assertThat(on.count("treadle.timer.fired")).isEqualTo(2);
            assertThat(on.count("treadle.timer.cancelled")).isEqualTo(1);
            assertThat(on.gauge("treadle.timer.pending")).isEqualTo(1);
        }

        @Test
        void thatAreLateSayHowMuch() {
            on.runOnLoop(() -> {
                for (int i = 0; i < 64; i++) { // one of which is measured
                    loop.callLater(TENTH, () -> {});
                }
            });
            on.runOnLoop(() -> on.pass(Duration.ofMillis(150)));

            Timer lateness = on.meter("treadle.timer.lateness").timer();
            assertThat(lateness.count()).isEqualTo(1);
            assertThat(seconds(lateness)).isCloseTo(0.05, within(1e-9));
        }
    }

    @Nested
    class BlockingWork {

        @Test
        void isActiveThenDone() {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch end = new CountDownLatch(1);
            loop.runUntilComplete(
                    Coroutine.of(() -> {
                        var work =
                                loop.offload(() -> {
                                    begun.countDown();
                                    end.await();
                                    on.pass(Duration.ofMillis(40));
                                    return "done";
                                });
                        begun.await();
                        assertThat(on.gauge("treadle.offload.active")).isEqualTo(1);
                        assertThat(on.gauge("treadle.offload.queued")).isZero();
                        end.countDown();
                        return work.await();
                    }));

            Timer time = on.meter("treadle.offload.time").timer();
            assertThat(time.count()).isEqualTo(1);
            assertThat(seconds(time)).isCloseTo(0.04, within(1e-9));
            assertThat(on.gauge("treadle.offload.active")).isZero();
            assertThat(on.gauge("treadle.offload.limit"))
                    .isEqualTo(Math.min(32, Runtime.getRuntime().availableProcessors() + 4));
            assertThat(on.meter("treadle.offload.time").meter().getId().getTag("pool"))
                    .isEqualTo("default");
        }
    }

    @Nested
    class TheLoopItself {

        @Test
        void runsOrNot() {
            assertThat(on.gauge("treadle.loop.running")).isZero();
            on.runOnLoop(() -> assertThat(on.gauge("treadle.loop.running")).isEqualTo(1));
            assertThat(on.gauge("treadle.loop.running")).isZero();
        }

        @Test
        void saysWhatItIs() {
            assertThat(on.gauge("treadle.info")).isEqualTo(1);
            assertThat(on.meter("treadle.info").meter().getId().getTag("java"))
                    .isEqualTo(Runtime.version().toString());
            assertThat(on.count("treadle.loop.errors")).isZero();
            assertThat(on.count("treadle.loop.rejected", "reason", "full")).isZero();
            assertThat(on.count("treadle.loop.rejected", "reason", "closed")).isZero();
        }
    }
}
