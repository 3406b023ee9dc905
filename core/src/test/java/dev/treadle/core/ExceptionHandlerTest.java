package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.ContextVar;
import dev.treadle.EventLoop.ExceptionHandler;
import dev.treadle.EventLoop.Problem;
import dev.treadle.FatalError;
import dev.treadle.Handle;
import dev.treadle.Promise;
import dev.treadle.usercode.Work;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@NullUnmarked
class ExceptionHandlerTest extends OnVirtualLoop {

    @Nested
    class WhenACallbackFails {

        @Test
        @Behaviour("DBG-01")
        void itIsReportedWithItsHandleAndTheLoopGoesOn() {
            IllegalStateException failure = new IllegalStateException();
            Handle handle =
                    loop.callSoon(() -> {
                        throw failure;
                    });
            loop.callSoon(saying("went on"));

            runOneIteration();

            assertThat(log).containsExactly("went on");
            assertThat(takeProblems())
                    .singleElement()
                    .satisfies(problem -> {
                        assertThat(problem.message()).contains("exception in callback");
                        assertThat(problem.exception()).isSameAs(failure);
                        assertThat(problem.handle()).isSameAs(handle);
                    });
        }

        @Test
        @Behaviour("DBG-01")
        void aTimerIsReportedLikewise() {
            IllegalStateException failure = new IllegalStateException();
            Handle handle =
                    loop.callLater(
                            ms(1),
                            () -> {
                                throw failure;
                            });

            run(() -> sleep(2));

            assertThat(takeProblems())
                    .singleElement()
                    .satisfies(problem -> {
                        assertThat(problem.exception()).isSameAs(failure);
                        assertThat(problem.handle()).isSameAs(handle);
                    });
        }

        @Test
        @Behaviour("DBG-01")
        void otherCallbacksOfTheSameFutureStillRun() {
            Promise<String> promise = loop.createPromise();
            promise.addDoneCallback(_ -> {
                throw new IllegalStateException();
            });
            promise.addDoneCallback(_ -> say("other"));
            promise.complete("x");

            runOneIteration();

            assertThat(log).containsExactly("other");
            assertThat(takeProblems()).hasSize(1);
        }

        @Test
        void anErrorIsReportedToo() {
            AssertionError failure = new AssertionError();
            loop.callSoon(() -> {
                throw failure;
            });

            runOneIteration();

            assertThat(takeProblems())
                    .singleElement()
                    .satisfies(problem -> assertThat(problem.exception()).isSameAs(failure));
        }

        @Test
        void aFatalErrorIsNotReportedButEndsTheRun() {
            FatalError fatal = new FatalError("exit");
            loop.callSoon(() -> {
                throw fatal;
            });
            loop.callSoon(saying("next run"));

            assertThat(thrownBy(loop::runForever)).isSameAs(fatal);
            assertThat(takeProblems()).isEmpty();
            assertThat(log).isEmpty();
            runOneIteration();

            assertThat(log).containsExactly("next run");
        }
    }

    @Nested
    class ThatFailsItself {

        @Test
        @Behaviour("DBG-02")
        void leadsToTheDefaultHandlerAndTheLoopGoesOn() {
            IllegalStateException ofHandler = new IllegalStateException("handler");
            IllegalArgumentException ofCallback = new IllegalArgumentException("callback");
            loop.exceptionHandler((_, _) -> {
                throw ofHandler;
            });
            loop.callSoon(() -> {
                throw ofCallback;
            });
            loop.callSoon(saying("went on"));

            List<RecordedLog.Line> logged = RecordedLog.during(() -> runOneIteration());

            assertThat(log).containsExactly("went on");
            assertThat(logged)
                    .filteredOn(line -> line.thrown() == ofHandler)
                    .singleElement()
                    .satisfies(line ->
                            assertThat(line.message())
                                    .containsIgnoringCase("unhandled error in exception handler"));
            assertThat(logged).filteredOn(line -> line.thrown() == ofCallback).hasSize(1);
        }

        @Test
        void fatallyEndsTheRun() {
            FatalError fatal = new FatalError("exit");
            loop.exceptionHandler((_, _) -> {
                throw fatal;
            });
            loop.callSoon(() -> {
                throw new IllegalArgumentException("callback");
            });

            assertThat(thrownBy(loop::runForever)).isSameAs(fatal);
        }
    }

    @Nested
    class TheDefault {

        @Test
        @Behaviour("DBG-02")
        void isRestoredByNullAndLogs() {
            loop.exceptionHandler(null);
            assertThat(loop.exceptionHandler()).isNull();
            IllegalArgumentException failure = new IllegalArgumentException("callback");
            loop.callSoon(() -> {
                throw failure;
            });

            List<RecordedLog.Line> logged = RecordedLog.during(() -> runOneIteration());

            assertThat(logged)
                    .filteredOn(line -> line.thrown() == failure)
                    .singleElement()
                    .satisfies(line -> assertThat(line.level()).isEqualTo(Level.ERROR));
        }

        @Test
        void canBeCalledByAnother() {
            IllegalArgumentException failure = new IllegalArgumentException("callback");
            loop.exceptionHandler((where, problem) -> {
                say("told");
                ExceptionHandler.logging().handle(where, problem);
            });
            loop.callSoon(() -> {
                throw failure;
            });

            List<RecordedLog.Line> logged = RecordedLog.during(() -> runOneIteration());

            assertThat(log).containsExactly("told");
            assertThat(logged).filteredOn(line -> line.thrown() == failure).hasSize(1);
        }
    }

    @Nested
    class ItsContext {
        private final ContextVar<String> variable = ContextVar.of("variable", "unset");

        @Test
        @Behaviour("DBG-03")
        void isThatOfTheCallbackThatFailed() {
            loop.exceptionHandler((_, _) -> say(variable.get()));
            loop.callSoon(() -> {
                variable.set("callback");
                throw new IllegalArgumentException();
            });

            runOneIteration();

            assertThat(log).containsExactly("callback");
        }

        @Tag("confined")
        @Test
        @Behaviour("DBG-03")
        void isThatOfTheTaskWhoseFailureNobodyRetrieved() {
            loop.debug(true);
            loop.slowCallback(Duration.ofDays(1)); // a collection may take a while
            CountDownLatch handled = new CountDownLatch(1);
            List<List<StackTraceElement>> sites = new ArrayList<>();
            loop.exceptionHandler((_, problem) -> {
                if (problem.message().contains("never retrieved")) {
                    say(variable.get());
                    sites.add(problem.createdAt());
                    handled.countDown();
                }
            });
            run(() -> {
                Work.create(
                        "failing",
                        () -> {
                            variable.set("task");
                            throw new IllegalArgumentException();
                        });
                yieldNow();
            });

            run(() -> {
                for (int i = 0; i < 500 && handled.getCount() > 0; i++) {
                    System.gc();
                    handled.await(10, TimeUnit.MILLISECONDS);
                    yieldNow();
                }
            });

            assertThat(log).containsExactly("task");
            assertThat(sites.get(0).get(0).getMethodName()).isEqualTo("create");
        }
    }

    @Nested
    class Calling {

        @Test
        void passesTheProblemOn() {
            Problem problem = Problem.of("by hand", null);

            loop.callExceptionHandler(problem);

            assertThat(takeProblems()).containsExactly(problem);
        }

        @Test
        void hasNoCurrentTask() {
            loop.exceptionHandler((_, _) -> say("" + Async.currentTask()));
            loop.callSoon(() -> {
                throw new IllegalArgumentException();
            });

            runOneIteration();

            assertThat(log).containsExactly("null");
        }
    }
}
