package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.Coroutine;
import dev.treadle.Handle;
import dev.treadle.LoopStatistics;
import dev.treadle.LoopStatistics.Offload;
import dev.treadle.LoopStatistics.Queued;
import dev.treadle.LoopStatistics.Rejected;
import dev.treadle.LoopStatistics.State;
import dev.treadle.LoopStatistics.Submitted;
import dev.treadle.LoopStatistics.Tasks;
import dev.treadle.LoopStatistics.Timers;
import dev.treadle.LoopStatistics.Wakeups;
import dev.treadle.LoopStatistics.Worker;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.TaskOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@NullUnmarked
class StatisticsTest extends OnVirtualLoop {

    Worker worker() {
        return loop.statistics().workers().getFirst();
    }

    @Nested
    class ANewLoop {

        @Test
        void hasDoneNothing() {
            LoopStatistics statistics = loop.statistics();

            assertThat(statistics.running()).isFalse();
            assertThat(statistics.workers())
                    .containsExactly(
                            new Worker(
                                    0,
                                    State.STOPPED,
                                    0,
                                    new Queued(0, 0),
                                    new Submitted(0, 0),
                                    new Wakeups(0, 0),
                                    0,
                                    0,
                                    0,
                                    0,
                                    Duration.ZERO,
                                    Duration.ZERO));
            assertThat(statistics.tasks()).isEqualTo(new Tasks(0, 0, 0, 0, 0, 0));
            assertThat(statistics.timers()).isEqualTo(new Timers(0, 0, 0));
            assertThat(statistics.offload().active()).isZero();
            assertThat(statistics.offload().queued()).isZero();
            assertThat(statistics.offload().limit()).isPositive();
            assertThat(statistics.rejected()).isEqualTo(new Rejected(0, 0));
            assertThat(statistics.unhandled()).isZero();
            assertThat(statistics.internalErrors()).isZero();
        }
    }

    @Nested
    class Callbacks {

        @Test
        void areCountedWhenTheyAreQueuedAndWhenTheyBegin() {
            for (int i = 0; i < 3; i++) {
                loop.callSoon(() -> loop.callSoon(() -> {}));
            }
            assertThat(worker().submitted()).isEqualTo(new Submitted(0, 3));
            assertThat(worker().queued()).isEqualTo(new Queued(0, 3));

            runOneIteration();

            assertThat(worker().submitted()).isEqualTo(new Submitted(3, 3));
            assertThat(worker().queued()).isEqualTo(new Queued(3, 0));
            assertThat(worker().callbacks()).isEqualTo(3);
            assertThat(worker().iterations()).isEqualTo(1);

            runOneIteration();

            assertThat(worker().queued()).isEqualTo(new Queued(0, 0));
            assertThat(worker().callbacks()).isEqualTo(6);
            assertThat(worker().sequence()).isEqualTo(6);
            assertThat(worker().iterations()).isEqualTo(2);
        }

        @Test
        void thatAreCancelledNeverBegin() {
            loop.callSoon(() -> {}).cancel();

            runOneIteration();

            assertThat(worker().submitted().total()).isEqualTo(1);
            assertThat(worker().callbacks()).isZero();
            assertThat(loop.statistics().queueDepth()).isZero();
        }
    }

    @Nested
    class OfTasks {

        @Test
        void areCountedByHowTheyEnd() {
            run(() -> {
                Async.createTask(() -> {});
                Async.createTask(() -> {});
                Task<?> failed =
                        Async.createTask(() -> {
                            throw new IllegalStateException("failed");
                        });
                Async.createTask(() -> never().await()).cancel();
                Async.createTask(() -> sleep(1000));
                yieldNow();
                yieldNow();
                failed.exception();

                Tasks tasks = loop.statistics().tasks();
                assertThat(tasks).isEqualTo(new Tasks(6, 2, 1, 1, 2, 0));
                assertThat(tasks.live()).isEqualTo(loop.tasks().size()).isEqualTo(2);
            });

            loop.close();

            assertThat(takeProblems()).hasSize(1); // the one that was pending
            assertThat(loop.statistics().tasks()).isEqualTo(new Tasks(6, 3, 1, 2, 2, 0));
            assertThat(loop.statistics().tasks().live()).isZero();
        }

        @Test
        void stepsAreCountedFromResumptionToSuspension() {
            spawn(() -> yieldTimes(5));

            run(() -> sleep(1));

            assertThat(worker().steps()).isEqualTo(6 + 2);
            assertThat(loop.statistics().tasks().yields()).isEqualTo(5);
            // The timer of the sleep, and the callback that ends the run.
            assertThat(worker().callbacks()).isEqualTo(2);
            assertThat(worker().sequence()).isEqualTo(10);
        }

        @Test
        void anEagerStartIsAStep() {
            run(() -> {
                loop.createTask(Coroutine.of(() -> {}), TaskOptions.eager());

                assertThat(worker().steps()).isEqualTo(2);
                assertThat(loop.statistics().tasks().succeeded()).isEqualTo(1);
            });
        }

        @Test
        void whoAwaitsATaskSeesThatItHasFinished() {
            run(() -> {
                Async.createTask(() -> sleep(1)).await();

                assertThat(loop.statistics().tasks().succeeded()).isEqualTo(1);
            });
        }
    }

    @Nested
    class OfTimers {

        @Test
        void balance() {
            loop.callLater(ms(1), () -> {});
            loop.callLater(ms(2), () -> {}).cancel();
            Handle later = loop.callLater(ms(1000), () -> {});
            loop.callLater(ms(1001), () -> {});
            assertThat(loop.statistics().timers()).isEqualTo(new Timers(4, 0, 1));

            run(() -> sleep(10));

            assertThat(loop.statistics().timers()).isEqualTo(new Timers(5, 2, 1));
            assertThat(loop.statistics().timers().pending()).isEqualTo(2);

            loop.close();
            later.cancel();

            assertThat(loop.statistics().timers()).isEqualTo(new Timers(5, 2, 3));
        }

        @Test
        void thatAnotherThreadCancelsAreCounted() {
            run(() -> {
                Handle timer = loop.callLater(ms(1000), () -> {});
                onForeignThread(
                                () -> {
                                    timer.cancel();
                                    return null;
                                })
                        .join();
                yieldNow();

                assertThat(loop.statistics().timers()).isEqualTo(new Timers(1, 0, 1));
            });
        }
    }

    @Nested
    class Waiting {

        @Test
        void aWakeupIsUsefulIfItFindsSomething() {
            run(() -> {
                sleep(5);
                sleep(5);
            });

            assertThat(worker().wakeups()).isEqualTo(new Wakeups(2, 0));
        }

        @Test
        void aWakeupIsEmptyIfItFindsNothing() {
            run(() -> {
                time.wakeup();
                sleep(5);
            });

            assertThat(worker().wakeups()).isEqualTo(new Wakeups(1, 1));
        }

        @Test
        void aParkedLoopIsSeenFromOutside() {
            run(() -> {
                Promise<State> seen = loop.createPromise();
                var watching =
                        onForeignThread(() -> {
                            while (worker().state() != State.PARKED) {
                                Thread.onSpinWait();
                            }
                            seen.complete(worker().state());
                            return null;
                        });

                assertThat(seen.await()).isEqualTo(State.PARKED);
                assertThat(worker().state()).isEqualTo(State.RUNNING);
                watching.join();
            });
            assertThat(worker().state()).isEqualTo(State.STOPPED);
        }
    }

    @Nested
    class AStuckLoop {

        @Test
        void isSeenFromOutside() {
            CountDownLatch stuck = new CountDownLatch(1);
            CountDownLatch freed = new CountDownLatch(1);
            List<LoopStatistics> seen = new ArrayList<>();
            var watching =
                    onForeignThread(() -> {
                        stuck.await();
                        loop.callSoonThreadsafe(() -> {});
                        seen.add(loop.statistics());
                        loop.callSoonThreadsafe(() -> {});
                        seen.add(loop.statistics());
                        freed.countDown();
                        return null;
                    });

            run(() -> {
                loop.callSoon(() -> {});
                loop.callSoon(() -> {});
                loop.callSoon(() -> {});
                stuck.countDown();
                freed.await();
            });
            watching.join();

            Worker first = seen.getFirst().workers().getFirst();
            Worker second = seen.getLast().workers().getFirst();
            assertThat(seen.getFirst().running()).isTrue();
            assertThat(first.state()).isEqualTo(State.RUNNING);
            assertThat(second.state()).isEqualTo(State.RUNNING);
            assertThat(second.sequence()).isEqualTo(first.sequence());
            assertThat(first.queued()).isEqualTo(new Queued(3, 1));
            assertThat(second.queued()).isEqualTo(new Queued(3, 2));
            assertThat(second.submitted().remote()).isEqualTo(first.submitted().remote() + 1);
            assertThat(seen.getLast().queueDepth()).isEqualTo(5);
            assertThat(worker().sequence()).isGreaterThan(second.sequence());
        }
    }

    @Nested
    class Refusals {

        @Test
        void areCounted() {
            loop.close();

            assertThatThrownBy(() -> loop.callSoon(() -> {}))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> loop.callSoonThreadsafe(() -> {}))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> loop.callAt(0, () -> {}))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> spawn(() -> {})).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> loop.offload(() -> 1))
                    .isInstanceOf(IllegalStateException.class);

            assertThat(loop.statistics().rejected()).isEqualTo(new Rejected(5, 0));
            assertThat(loop.statistics().tasks().spawned()).isZero();
            assertThat(loop.statistics().queueDepth()).isZero();
        }

        @Test
        void byAPoolThatWasShutDownAreCounted() {
            run(() -> {
                loop.shutdownOffload(ms(1)).await();

                assertThat(thrownBy(() -> loop.offload(() -> 1)))
                        .isInstanceOf(IllegalStateException.class);
            });

            assertThat(loop.statistics().rejected()).isEqualTo(new Rejected(1, 0));
        }

        @Test
        void aRunThatIsRefusedIsNone() {
            loop.close();

            assertThatThrownBy(loop::runForever).isInstanceOf(IllegalStateException.class);

            assertThat(loop.statistics().rejected()).isEqualTo(new Rejected(0, 0));
        }
    }

    @Nested
    class BlockingWork {

        @Test
        void isActiveOrQueued() {
            int limit = loop.statistics().offload().limit();
            CountDownLatch busy = new CountDownLatch(limit);
            CountDownLatch freed = new CountDownLatch(1);
            run(() -> {
                for (int i = 0; i < limit + 2; i++) {
                    loop.offload(() -> {
                        busy.countDown();
                        freed.await();
                        return null;
                    });
                }
                busy.await();
                assertThat(loop.statistics().offload()).isEqualTo(new Offload(limit, 2, limit));

                freed.countDown();
                loop.shutdownOffload(Duration.ofMinutes(1)).await();
            });

            assertThat(loop.statistics().offload()).isEqualTo(new Offload(0, 0, limit));
        }
    }

    @Nested
    class Problems {

        @Test
        void failuresThatNobodyHandlesAreCounted() {
            loop.callSoon(() -> {
                throw new IllegalStateException("failed");
            });

            runOneIteration();

            assertThat(takeProblems()).hasSize(1);
            assertThat(loop.statistics().unhandled()).isEqualTo(1);
        }

        @Test
        void aHandlerThatFailsIsOneMore() {
            loop.exceptionHandler((_, _) -> {
                throw new IllegalStateException("failed too");
            });
            loop.callSoon(() -> {
                throw new IllegalStateException("failed");
            });

            RecordedLog.during(StatisticsTest.this::runOneIteration);

            assertThat(loop.statistics().unhandled()).isEqualTo(2);
        }

        @Test
        void aFailureOfTheLoopsOwnPartsIsCounted() {
            assertThatThrownBy(() -> run(() -> never().await()))
                    .isInstanceOf(VirtualTime.Deadlock.class);
            takeProblems();

            assertThat(loop.statistics().internalErrors()).isEqualTo(1);
            loop.close();
            takeProblems();
        }
    }

    @Nested
    class Concurrently {

        @Test
        void countsOnlyGrowAndWhatBeganIsAccountedFor() {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch looked = new CountDownLatch(1);
            List<String> wrong = new ArrayList<>();
            var watching =
                    onForeignThread(() -> {
                        begun.await();
                        LoopStatistics before = loop.statistics();
                        for (int i = 0; i < 20_000; i++) {
                            if (i % 8 == 0) {
                                loop.callSoonThreadsafe(() -> {});
                            }
                            LoopStatistics after = loop.statistics();
                            compare(before, after, wrong);
                            before = after;
                        }
                        looked.countDown();
                        return null;
                    });

            run(() -> {
                begun.countDown();
                while (looked.getCount() > 0) {
                    Async.createTask(StatisticsTest::yieldNow);
                    loop.callLater(ms(1), () -> {});
                    loop.callLater(ms(1), () -> {}).cancel();
                    yieldNow();
                }
            });
            watching.join();

            assertThat(wrong).isEmpty();
            assertThat(loop.statistics().workers().getFirst().submitted().remote())
                    .isEqualTo(2500 + 1); // and the coroutine, which was made outside
        }

        private void compare(LoopStatistics before, LoopStatistics after, List<String> wrong) {
            Worker was = before.workers().getFirst();
            Worker is = after.workers().getFirst();
            if (is.sequence() < was.sequence()
                    || is.submitted().local() < was.submitted().local()
                    || is.submitted().remote() < was.submitted().remote()
                    || is.iterations() < was.iterations()
                    || after.tasks().spawned() < before.tasks().spawned()
                    || after.tasks().finished() < before.tasks().finished()
                    || after.timers().armed() < before.timers().armed()) {
                wrong.add("shrunk: " + before + "\n" + after);
            }
            if (after.tasks().live() < 0 || after.timers().pending() < 0) {
                wrong.add("ended before it began: " + after);
            }
        }
    }
}
