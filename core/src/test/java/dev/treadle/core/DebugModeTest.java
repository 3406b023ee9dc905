package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop.Problem;
import dev.treadle.Promise;
import dev.treadle.TaskOptions;
import dev.treadle.usercode.Work;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@NullUnmarked
class DebugModeTest extends OnVirtualLoop {

    /// So long that the watchdog, which goes by the real clock, never reports by accident.
    private static final Duration NEVER = Duration.ofDays(1);

    private static List<String> messages(List<RecordedLog.Line> lines, String with) {
        return lines.stream().map(RecordedLog.Line::message).filter(m -> m.contains(with)).toList();
    }

    @Nested
    class TheSwitch {

        @Test
        void isOffUnlessToldOtherwise() {
            assertThat(loop.debug()).isFalse();
            assertThat(loop.slowCallback()).isEqualTo(ms(100));
        }

        @Test
        void canBeTurnedWhileTheLoopRunsFromAnyThread() {
            loop.slowCallback(NEVER);
            run(() -> {
                onForeignThread(
                                () -> {
                                    loop.debug(true);
                                    return null;
                                })
                        .join();
                assertThat(loop.debug()).isTrue();
                yieldNow();
                loop.debug(true);
                loop.debug(false);
                loop.debug(false);
                yieldNow();
                assertThat(loop.debug()).isFalse();
            });
        }

        @Test
        void isOffWhenTheLoopIsClosed() {
            loop.debug(true);
            loop.close();

            assertThat(loop.debug()).isFalse();
        }

        @Test
        void refusesANegativeThreshold() {
            assertThatThrownBy(() -> loop.slowCallback(ms(-1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("PT-0.001S");
            loop.slowCallback(Duration.ofSeconds(Long.MAX_VALUE));
            assertThat(loop.slowCallback()).isEqualTo(Duration.ofNanos(Long.MAX_VALUE));
        }
    }

    /// By the loop's own clock, which is virtual.
    @Nested
    class AStepThatTookTooLong {

        private List<String> executed(Runnable action) {
            return messages(RecordedLog.during(action), "executing");
        }

        @BeforeEach
        void watch() {
            loop.debug(true);
            loop.slowCallback(ms(100));
        }

        @Test
        @Behaviour("DBG-05")
        void isLoggedWithItsNameAndDuration() {
            loop.callSoon(named("slow one", () -> time.pass(150_000_000)));

            List<RecordedLog.Line> lines =
                    RecordedLog.during(DebugModeTest.this::runOneIteration).stream()
                            .filter(line -> line.message().contains("executing"))
                            .toList();

            assertThat(lines)
                    .singleElement()
                    .satisfies(line -> {
                        assertThat(line.level()).isEqualTo(Level.WARNING);
                        assertThat(line.message())
                                .contains("executing Handle[slow one")
                                .endsWith("took 0.150 seconds");
                    });
        }

        @Test
        @Behaviour("DBG-05")
        void isLoggedWithTheNameOfItsTask() {
            loop.createTask(
                    Coroutine.of(() -> {
                        time.pass(200_000_000);
                        return null;
                    }),
                    TaskOptions.named("slow task"));

            assertThat(executed(DebugModeTest.this::runOneIteration))
                    .singleElement()
                    .asString()
                    .contains("executing Task[slow task, result=null] took 0.200 seconds");
        }

        @Test
        @Behaviour("DBG-05")
        void isMeasuredFromItsResumption() {
            List<String> lines =
                    executed(() ->
                            run(() -> {
                                time.pass(60_000_000);
                                yieldNow();
                                time.pass(60_000_000);
                                sleep(1_000_000);
                                time.pass(100_000_000);
                                yieldNow();
                            }));

            assertThat(lines).singleElement().asString().endsWith("took 0.100 seconds");
        }

        @Test
        void isNotLoggedIfItIsJustQuickEnough() {
            loop.callSoon(() -> time.pass(99_999_999));

            assertThat(executed(DebugModeTest.this::runOneIteration)).isEmpty();
        }

        @Test
        void isNotLoggedOutsideDebugMode() {
            loop.debug(false);
            loop.callSoon(() -> time.pass(1_000_000_000));

            assertThat(executed(DebugModeTest.this::runOneIteration)).isEmpty();
        }

        private Runnable named(String name, Runnable action) {
            return new Runnable() {
                @Override
                public void run() {
                    action.run();
                }

                @Override
                public String toString() {
                    return name;
                }
            };
        }
    }

    /// By the real clock: the step itself waits until it is reported.
    @Nested
    class AStepThatDoesNotEnd {
        private static final String STUCK = "CountDownLatch.await"; // in a report's stack

        @BeforeEach
        void watch() {
            loop.debug(true);
            loop.slowCallback(ms(1));
        }

        /// Runs something that is stuck until it has been reported some times; what was reported.
        private List<String> reports(int times, java.util.function.Consumer<CountDownLatch> stuck) {
            CountDownLatch reported = new CountDownLatch(times);
            List<RecordedLog.Line> lines =
                    RecordedLog.during(
                            () -> stuck.accept(reported),
                            line -> {
                                if (line.message().contains(STUCK)) {
                                    reported.countDown();
                                }
                            });
            return messages(lines, STUCK);
        }

        private long millisOf(String report) {
            Matcher time =
                    Pattern.compile("has been running for (\\d+)\\.(\\d{3}) seconds")
                            .matcher(report);
            assertThat(time.find()).as(report).isTrue();
            return 1000 * Long.parseLong(time.group(1)) + Long.parseLong(time.group(2));
        }

        @Test
        void isReportedWithItsStackWhileItRuns() {
            List<String> reports =
                    reports(
                            1,
                            reported -> {
                                loop.callSoon(() -> Work.blockHere(reported));
                                runOneIteration();
                            });

            assertThat(millisOf(reports.get(0))).isPositive();
            assertThat(reports.get(0))
                    .startsWith("loop test: Handle[")
                    .contains("\n\tat dev.treadle.usercode.Work.blockHere(Work.java:")
                    .contains("CountDownLatch.await");
        }

        @Test
        void isReportedWithTheNameOfItsTask() {
            List<String> reports =
                    reports(
                            1,
                            reported ->
                                    run(() -> {
                                        self().rename("culprit");
                                        yieldNow();
                                        Work.blockHere(reported);
                                    }));

            assertThat(reports.get(0)).contains("Task[culprit, pending] has been running for");
        }

        @Test
        void isReportedAgainIfItGoesOnTenTimesAsLong() {
            List<String> reports =
                    reports(
                            2,
                            reported -> {
                                loop.callSoon(() -> Work.blockHere(reported));
                                runOneIteration();
                            });

            assertThat(reports).hasSizeGreaterThanOrEqualTo(2); // more if it is slow to get away
            long millis = 1;
            for (String report : reports) {
                assertThat(millisOf(report)).isGreaterThanOrEqualTo(millis);
                millis *= 10;
            }
        }

        @Test
        void isReportedInTheNextRunToo() {
            for (int i = 0; i < 2; i++) {
                assertThat(
                                reports(
                                        1,
                                        reported -> {
                                            loop.callSoon(() -> Work.blockHere(reported));
                                            runOneIteration();
                                        }))
                        .isNotEmpty();
            }
        }
    }

    @Nested
    class TheWatchdog {

        private Thread watchdog() {
            return Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("treadle-test-watched-watchdog"))
                    .findFirst()
                    .orElse(null);
        }

        @Test
        void sleepsWhileTheLoopIsIdleAndEndsWithIt() throws InterruptedException {
            VirtualTime itsTime = new VirtualTime();
            CoreEventLoop watched = TestLoops.virtual("watched", itsTime);
            watched.debug(true);
            watched.slowCallback(ms(1));
            assertThat(watchdog()).as("before the first step").isNull();
            Promise<String> promise = watched.createPromise();
            Thread[] seen = new Thread[1];
            try (var _ = itsTime.expectForeign()) {
                Thread.ofPlatform()
                        .daemon()
                        .start(() -> {
                            while (seen[0] == null || seen[0].getState() != Thread.State.WAITING) {
                                Thread.onSpinWait();
                                seen[0] = watchdog();
                            }
                            promise.complete("seen asleep");
                        });
                watched.callSoon(() -> say("a step"));
                assertThat(watched.<String>runUntilComplete(promise)).isEqualTo("seen asleep");
            }

            watched.close();

            seen[0].join();
        }
    }

    @Nested
    class ACoroutineThatIsNeverAwaited {

        /// Has the collector run until a number of problems is there, and takes them.
        private List<Problem> collected(int number) throws InterruptedException {
            CountDownLatch reported = new CountDownLatch(number);
            List<Problem> problems = new java.util.concurrent.CopyOnWriteArrayList<>();
            loop.exceptionHandler((_, problem) -> {
                problems.add(problem);
                reported.countDown();
            });
            run(() -> {
                for (int i = 0; i < 500 && reported.getCount() > 0; i++) {
                    System.gc();
                    reported.await(10, TimeUnit.MILLISECONDS);
                    yieldNow();
                }
            });
            return problems;
        }

        @BeforeEach
        void debug() {
            loop.debug(true);
            loop.slowCallback(NEVER);
        }

        @Test
        @Behaviour("COR-01")
        void isReportedWithWhereItWasCreated() throws InterruptedException {
            run(() ->
                    Work.forget(() -> {
                        say("ran");
                        return null;
                    }));

            List<Problem> problems = collected(1);

            assertThat(problems)
                    .singleElement()
                    .satisfies(problem -> {
                        assertThat(problem.message()).contains("coroutine was never awaited");
                        assertThat(problem.createdAt().get(0).getMethodName()).isEqualTo("forget");
                        assertThat(problem.describe())
                                .contains("created at")
                                .contains("Work.forget(Work.java:");
                    });
            assertThat(log).isEmpty();
        }

        @Test
        void isReportedWhereTheFacadeWasCalledToo() throws InterruptedException {
            run(Work::forgetToAwaitASleep);

            assertThat(collected(1).get(0).createdAt().get(0).getMethodName())
                    .isEqualTo("forgetToAwaitASleep");
        }

        @Test
        @Behaviour("COR-01")
        void isNotReportedIfItWasClosedOrAwaitedOrMadeATask() throws InterruptedException {
            run(() -> {
                Coroutine.of(() -> "closed").close();
                Coroutine.of(() -> "awaited").await();
                Async.createTask(Coroutine.of(() -> "task")).await();
                Async.gather(Coroutine.of(() -> "gathered")).await();
                Async.createTask(Coroutine.of(() -> "cancelled")).cancel();
                Async.sleep(ms(1)).await();
                Work.forget(() -> "the last one");
            });

            assertThat(collected(1))
                    .extracting(problem -> problem.createdAt().get(0).getMethodName())
                    .containsExactly("forget");
        }

        @Test
        void isNotReportedIfItWasCreatedOutsideDebugMode() throws InterruptedException {
            run(() -> {
                loop.debug(false);
                Coroutine.of(() -> "not watched");
                loop.debug(true);
                Work.forget(() -> "watched");
            });

            assertThat(collected(1)).hasSize(1);
        }

        @Test
        void isLoggedIfItsLoopIsClosedByThen() throws InterruptedException {
            CoreEventLoop closed = TestLoops.virtual();
            closed.debug(true);
            closed.runUntilComplete(
                    Coroutine.of(() -> {
                        Work.forget(() -> "x");
                    }));
            closed.close();
            CountDownLatch logged = new CountDownLatch(1);

            List<RecordedLog.Line> lines =
                    RecordedLog.during(
                            () -> {
                                try {
                                    for (int i = 0; i < 500 && logged.getCount() > 0; i++) {
                                        System.gc();
                                        logged.await(10, TimeUnit.MILLISECONDS);
                                    }
                                } catch (InterruptedException e) {
                                    throw new AssertionError(e);
                                }
                            },
                            line -> {
                                if (line.message().contains("never awaited")) {
                                    logged.countDown();
                                }
                            });

            assertThat(messages(lines, "never awaited")).hasSize(1);
        }
    }

    @Nested
    class Reports {

        @BeforeEach
        void debug() {
            loop.debug(true);
            loop.slowCallback(NEVER);
        }

        @Test
        void ofACallbackSayWhereItWasRegistered() {
            Work.queue(
                    loop,
                    () -> {
                        throw new IllegalArgumentException();
                    });

            runOneIteration();

            assertThat(takeProblems())
                    .singleElement()
                    .satisfies(problem -> {
                        assertThat(problem.createdAt().get(0).getMethodName()).isEqualTo("queue");
                        assertThat(Objects.requireNonNull(problem.handle()).toString())
                                .contains("created at dev.treadle.usercode.Work.queue(");
                    });
        }

        @Test
        @Behaviour("TSK-28")
        void ofATaskThatIsDestroyedSayWhereItWasCreated() {
            run(() -> {
                Work.create("left", () -> never().await());
                yieldNow();
            });

            loop.close();

            assertThat(takeProblems())
                    .singleElement()
                    .satisfies(problem -> {
                        assertThat(problem.message()).contains("destroyed but it is pending");
                        assertThat(problem.createdAt().get(0).getMethodName()).isEqualTo("create");
                    });
        }

        @Test
        void areLoggedWithAllThatIsKnown() {
            loop.exceptionHandler(null);
            IllegalArgumentException failure = new IllegalArgumentException("why");

            List<RecordedLog.Line> lines =
                    RecordedLog.during(() ->
                            run(() ->
                                    loop.callExceptionHandler(
                                            Problem.of("what", failure)
                                                    .withFuture(Work.create("task", () -> 1))
                                                    .withHandle(Work.queue(loop, () -> {})))));

            assertThat(lines)
                    .filteredOn(line -> line.thrown() == failure)
                    .singleElement()
                    .satisfies(line -> {
                        assertThat(line.message().lines().toList())
                                .startsWith("loop test: what", "future: Task[task, pending]")
                                .anyMatch(text -> text.startsWith("handle: Handle["))
                                .contains("created at, innermost call first:")
                                .anyMatch(text ->
                                        text.startsWith("\tat dev.treadle.usercode.Work.create("));
                    });
        }
    }
}
