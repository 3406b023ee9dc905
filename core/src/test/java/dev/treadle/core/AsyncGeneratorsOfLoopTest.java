package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.AsyncGenerator;
import dev.treadle.EventLoop;
import dev.treadle.EventLoop.Problem;
import dev.treadle.Generator;
import dev.treadle.GeneratorExit;
import dev.treadle.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// How a loop looks after the asynchronous generators that it has seen start.
@NullUnmarked
class AsyncGeneratorsOfLoopTest extends OnVirtualLoop {

    private AsyncGenerator<Integer> endless(String name) {
        return AsyncGenerator.of(y -> {
            try {
                for (int i = 1; ; i++) {
                    y.yield(i);
                }
            } finally {
                sleep(10);
                say(name + " closed at " + time.millis());
            }
        });
    }

    private AsyncGenerator<Integer> failing() {
        return AsyncGenerator.of(y -> {
            try {
                y.yield(1);
            } finally {
                fail();
            }
        });
    }

    private static void fail() {
        throw new IllegalArgumentException("clean-up failed");
    }

    @Nested
    class AtTheEnd {

        @Tag("confined")
        @Test
        void shutdownClosesWhatIsLeftOldestFirst() {
            run(() -> {
                AsyncGenerator<Integer> first = endless("first");
                AsyncGenerator<Integer> second = endless("second");
                first.anext().await();
                second.anext().await();
                loop.shutdownGenerators().await();
                assertThat(first.state()).isEqualTo(Generator.State.CLOSED);
                assertThat(second.state()).isEqualTo(Generator.State.CLOSED);
            });

            assertThat(log).containsExactly("first closed at 10", "second closed at 10");
        }

        @Test
        void thatOfACancelledTaskRanToItsEndAlready() {
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(y -> {
                        try {
                            sleep(1000);
                            y.yield(1);
                        } finally {
                            yieldNow();
                            say("closed");
                        }
                    });
            Task<?> task = spawn(() -> generator.forEach(_ -> {}).await());
            run(() -> {
                sleep(100);
                task.cancel();
                Async.wait(List.of(task)).await();
                loop.shutdownGenerators().await();
            });

            assertThat(log).containsExactly("closed");
        }

        @Test
        void aFailureIsReportedAndTheOthersAreClosedAllTheSame() {
            run(() -> {
                AsyncGenerator<Integer> bad = failing();
                AsyncGenerator<Integer> good = endless("good");
                bad.anext().await();
                good.anext().await();
                loop.shutdownGenerators().await();
            });

            assertThat(log).hasSize(1);
            assertThat(takeProblems())
                    .singleElement()
                    .satisfies(problem -> {
                        assertThat(problem.message()).contains("closing of asynchronous generator");
                        assertThat(problem.exception()).hasMessage("clean-up failed");
                    });
        }

        @Test
        void oneThatEndedOrNeverStartedIsNoneOfItsBusiness() {
            run(() -> {
                AsyncGenerator<Integer> ended = endless("ended");
                ended.anext().await();
                ended.aclose().await();
                endless("never").anext(); // not awaited
                log.clear();
                loop.shutdownGenerators().await();
            });

            assertThat(log).isEmpty();
        }

        @Test
        void oneStartedLaterIsWarnedOf() {
            List<RecordedLog.Line> lines =
                    RecordedLog.during(() ->
                            run(() -> {
                                loop.shutdownGenerators().await();
                                AsyncGenerator<Integer> late = endless("late");
                                late.anext().await();
                                late.aclose().await();
                            }));

            assertThat(lines)
                    .filteredOn(line -> line.message().contains("started after loop"))
                    .singleElement()
                    .satisfies(line -> assertThat(line.message()).contains("shut down"));
        }

        @Test
        @Behaviour("AG-16")
        void aRunClosesWhatABreakHasLeft() {
            List<String> seen = new ArrayList<>();
            List<Problem> problems = new CopyOnWriteArrayList<>();

            Async.run(() -> {
                EventLoop.running().exceptionHandler((_, problem) -> problems.add(problem));
                AsyncGenerator<Integer> generator =
                        AsyncGenerator.of(y -> {
                            try {
                                y.yield(1);
                                y.yield(2);
                            } finally {
                                sleep(10);
                                seen.add("closed");
                            }
                        });
                while (generator.hasNext().await()) {
                    seen.add("" + generator.next());
                    break;
                }
            });

            assertThat(seen).containsExactly("1", "closed");
            assertThat(problems).isEmpty();
        }
    }

    @Nested
    class WhenDropped {
        private static final int ATTEMPTS = 1500;
        private static final long PAUSE_MILLIS = 10;

        private void start(AsyncGenerator<Integer> generator) {
            run(() -> {
                assertThat(generator.anext().await()).isEqualTo(1);
            });
        }

        /// Collects garbage, and runs the loop, until something has been said.
        private void collectUntilSaid(int lines) throws InterruptedException {
            CountDownLatch pause = new CountDownLatch(1); // never opened
            for (int i = 0; i < ATTEMPTS && log.size() < lines; i++) {
                System.gc();
                assertThat(pause.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)).isFalse();
                run(() -> sleep(20));
            }
            assertThat(log).hasSize(lines);
        }

        @Tag("confined")
        @Test
        @Behaviour("AG-14")
        void itsLoopClosesItInATask() throws InterruptedException {
            start(endless("dropped"));

            collectUntilSaid(1);

            assertThat(log.get(0)).startsWith("dropped closed");
        }

        @Tag("confined")
        @Test
        @Behaviour("AG-14")
        void oneThatIsStillHeldStaysOpen() throws InterruptedException {
            AsyncGenerator<Integer> held = endless("held");
            start(held);
            start(endless("dropped"));

            collectUntilSaid(1);

            assertThat(log.get(0)).startsWith("dropped closed");
            assertThat(held.state()).isEqualTo(Generator.State.SUSPENDED);
            run(() -> held.aclose().await());
        }

        /// The exit that it refused is not repeated by the loop: it has had its chance.
        @Tag("confined")
        @Test
        @Behaviour("AG-14")
        void oneThatHasRefusedToCloseIsNoProblem() throws InterruptedException {
            startAndRefuse();

            collectUntilSaid(1);

            assertThat(log).containsExactly("finally");
            runOneIteration();
            assertThat(takeProblems()).isEmpty();
        }

        private void startAndRefuse() {
            AsyncGenerator<Integer> stubborn =
                    AsyncGenerator.of(y -> {
                        try {
                            y.yield(1);
                        } catch (GeneratorExit e) {
                            y.yield(2);
                        } finally {
                            say("finally");
                        }
                    });
            start(stubborn);
            run(() -> {
                assertThat(failureOf(stubborn.aclose())).hasMessageContaining("ignored");
            });
        }

        @Tag("confined")
        @Test
        void aFailingCleanUpIsReported() throws InterruptedException {
            start(failing());
            start(endless("other"));

            collectUntilSaid(1);
            CountDownLatch pause = new CountDownLatch(1);
            List<Problem> problems = new ArrayList<>();
            for (int i = 0; i < ATTEMPTS && problems.isEmpty(); i++) {
                System.gc();
                assertThat(pause.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)).isFalse();
                runOneIteration();
                problems.addAll(takeProblems());
            }

            assertThat(problems)
                    .singleElement()
                    .satisfies(problem ->
                            assertThat(problem.exception()).hasMessage("clean-up failed"));
        }
    }
}
