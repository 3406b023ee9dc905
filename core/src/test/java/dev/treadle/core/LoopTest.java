package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.FatalError;
import dev.treadle.Handle;
import dev.treadle.Promise;
import dev.treadle.Task;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@NullUnmarked
class LoopTest extends OnVirtualLoop {

    @Nested
    class TheLoopUnderTest {

        @Test
        void hasTheCarriersOfThisRun() {
            assertThat(loop.carriers()).isEqualTo(TestLoops.carriers());
        }

        @Test
        void knowsItsNameAndItsScheduler() {
            assertThat(loop.name()).isEqualTo("test");
            assertThat(loop.scheduler()).isEqualTo("test");
            assertThat(loop.toString()).contains("test").contains(TestLoops.carriers());
        }

        @Test
        void tellsTheTimeOfItsClock() {
            assertThat(loop.time()).isEqualTo(time.nanoTime());
        }
    }

    @Nested
    class Callbacks {

        @Test
        @Behaviour("LOOP-01")
        void runInTheOrderInWhichTheyWereQueuedEachOnce() {
            List<Integer> ran = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                int number = i;
                loop.callSoon(() -> ran.add(number));
            }

            runOneIteration();
            runOneIteration();

            assertThat(ran).isEqualTo(IntStream.range(0, 1000).boxed().toList());
        }

        @Test
        @Behaviour("LOOP-01")
        void neverRunInsideTheCallThatQueuesThem() {
            run(() -> {
                loop.callSoon(saying("callback"));
                say("queued");
                yieldNow();
            });

            assertThat(log).containsExactly("queued", "callback");
        }

        @Test
        @Behaviour("LOOP-02")
        void queuedDuringAnIterationRunInTheNext() {
            loop.callSoon(() -> {
                say("first");
                loop.callSoon(saying("second"));
            });

            runOneIteration();
            assertThat(log).containsExactly("first");
            runOneIteration();

            assertThat(log).containsExactly("first", "second");
        }

        @Tag("confined")
        @Test
        @Behaviour("LOOP-02")
        void inAnEndlessChainDoNotStarveTheOthers() {
            run(() -> {
                try (Iterations iterations = iterations()) {
                    yieldTimes(10);
                    assertThat(iterations.count()).isEqualTo(10);
                }
            });
        }

        @Test
        @Behaviour("LOOP-06")
        void cancelledDoNotRunAndCancellingTwiceIsHarmless() {
            Handle handle = loop.callSoon(saying("cancelled"));
            loop.callSoon(saying("other"));
            assertThat(handle.isCancelled()).isFalse();
            handle.cancel();
            handle.cancel();
            assertThat(handle.isCancelled()).isTrue();

            runOneIteration();

            assertThat(log).containsExactly("other");
        }

        @Test
        @Behaviour("LOOP-06")
        void canCancelALaterOneOfTheSameIteration() {
            List<Handle> handles = new ArrayList<>();
            loop.callSoon(() -> handles.get(0).cancel());
            handles.add(loop.callSoon(saying("cancelled")));

            runOneIteration();

            assertThat(log).isEmpty();
        }

        @Test
        void cancelledAfterTheyRanStayRun() {
            Handle handle = loop.callSoon(saying("ran"));
            runOneIteration();

            handle.cancel();

            assertThat(handle.isCancelled()).isFalse();
            assertThat(log).containsExactly("ran");
        }

        @Test
        void areExecutedAsAnExecutorToo() {
            loop.execute(saying("executed"));

            runOneIteration();

            assertThat(log).containsExactly("executed");
        }
    }

    @Nested
    class TheRunningLoop {

        @Test
        @Behaviour("LOOP-16")
        void isThereInsideAndNowhereElse() {
            run(() -> {
                assertThat(EventLoop.running()).isSameAs(loop);
                loop.callSoon(() -> say("" + (EventLoop.running() == loop)));
                yieldNow();
                assertThat(loop.isRunning()).isTrue();
            });

            assertThat(log).containsExactly("true");
            assertThat(loop.isRunning()).isFalse();
            assertThatThrownBy(EventLoop::running)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no running event loop");
        }
    }

    @Nested
    class Stopping {

        @Test
        @Behaviour("LOOP-08")
        void letsTheRestOfTheIterationRunAndNothingOfWhatItQueues() {
            loop.callSoon(() -> {
                say("stopping");
                loop.stop();
            });
            loop.callSoon(() -> {
                say("rest");
                loop.callSoon(saying("next run"));
            });

            loop.runForever();
            assertThat(log).containsExactly("stopping", "rest");
            runOneIteration();

            assertThat(log).containsExactly("stopping", "rest", "next run");
        }

        @Test
        @Behaviour("LOOP-09")
        void beforeARunMakesItOneIterationThatDoesNotWait() {
            loop.callSoon(() -> {
                say("one");
                loop.callSoon(saying("two"));
            });
            loop.callLater(ms(1), saying("timer"));
            loop.stop();

            loop.runForever();

            assertThat(log).containsExactly("one");
            assertThat(time.waits()).isEmpty();
        }

        @Test
        @Behaviour("LOOP-09")
        void beforeARunLetsDueTimersRun() {
            loop.callLater(ms(1), saying("due"));
            time.pass(ms(1).toNanos());
            loop.stop();

            loop.runForever();

            assertThat(log).containsExactly("due");
        }

        @Test
        @Behaviour("LOOP-09")
        void countsForOneRunOnly() {
            loop.stop();
            loop.runForever();

            assertThatThrownBy(loop::runForever).isInstanceOf(VirtualTime.Deadlock.class);
        }

        @Test
        @Behaviour("LOOP-10")
        void beforeTheResultIsThereIsAnErrorAndTheTaskCanBeRunOn() {
            Promise<String> promise = loop.createPromise();
            Task<String> task = loop.createTask(Coroutine.of(() -> promise.await()));
            loop.callSoon(loop::stop);

            assertThatThrownBy(() -> loop.runUntilComplete(task))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("stopped before");

            assertThat(task.isDone()).isFalse();
            promise.complete("value");
            assertThat(loop.runUntilComplete(task)).isEqualTo("value");
        }

        @Test
        void fromAnotherThreadWakesTheLoop() {
            Foreign<Void> stopping =
                    onForeignThread(() -> {
                        loop.stop();
                        return null;
                    });
            try (var _ = time.expectForeign()) {
                loop.runForever();
            }

            stopping.join();
            assertThat(loop.isRunning()).isFalse();
        }
    }

    @Nested
    class RunningUntilComplete {

        @Test
        void givesTheResultOfACoroutineAndOfAFuture() {
            Promise<String> promise = loop.createPromise();
            loop.callLater(ms(1), () -> promise.complete("future"));

            assertThat(loop.runUntilComplete(Coroutine.of(() -> "coroutine")))
                    .isEqualTo("coroutine");
            assertThat(loop.runUntilComplete(promise)).isEqualTo("future");
        }

        @Test
        void givesTheResultOfAFutureThatIsDone() {
            Promise<String> promise = loop.createPromise();
            promise.complete("done");

            assertThat(loop.runUntilComplete(promise)).isEqualTo("done");
        }

        @Test
        void throwsTheVeryFailureAndWrapsACheckedOne() {
            IllegalArgumentException unchecked = new IllegalArgumentException();
            IOException checked = new IOException();

            assertThat(
                            thrownBy(() ->
                                    run(() -> {
                                        throw unchecked;
                                    })))
                    .isSameAs(unchecked);
            assertThat(
                            thrownBy(() ->
                                    run(() -> {
                                        throw checked;
                                    })))
                    .isExactlyInstanceOf(CompletionException.class)
                    .hasCause(checked);
        }

        @Test
        void throwsTheCancellation() {
            Promise<String> promise = loop.createPromise();
            promise.cancel("why");

            assertThatThrownBy(() -> loop.runUntilComplete(promise))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("why");
        }

        @Test
        void leavesOtherTasksForTheNextRun() {
            Task<String> other =
                    loop.createTask(Coroutine.of(() -> Async.sleep(ms(10), "other").await()));
            run(() -> sleep(5));

            assertThat(other.isDone()).isFalse();
            assertThat(time.millis()).isEqualTo(5);
            assertThat(loop.runUntilComplete(other)).isEqualTo("other");
        }

        @Test
        @Behaviour("LOOP-12")
        void refusesAFutureOfAnotherLoop() {
            try (CoreEventLoop other = TestLoops.virtual("other", new VirtualTime())) {
                Promise<String> foreign = other.createPromise();

                assertThatThrownBy(() -> loop.runUntilComplete(foreign))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("other");
            }
        }

        @Test
        @Behaviour("LOOP-13")
        void leftByAFatalErrorTheAbandonedTaskDoesNotStopTheNextRun() {
            FatalError fatal = new FatalError("exit");
            Promise<String> promise = loop.createPromise();
            Task<String> abandoned = loop.createTask(Coroutine.of(() -> promise.await()));
            loop.callSoon(() -> {
                throw fatal;
            });
            assertThat(thrownBy(() -> loop.runUntilComplete(abandoned))).isSameAs(fatal);

            run(() -> {
                promise.complete("value");
                assertThat(abandoned.await()).isEqualTo("value");
                yieldTimes(5);
                say("went on");
            });

            assertThat(log).containsExactly("went on");
        }

        @Test
        @Behaviour("LOOP-13")
        void leftByTheFatalErrorOfItsTaskDoesNotStopTheNextRun() {
            FatalError fatal = new FatalError("exit");
            assertThat(
                            thrownBy(() ->
                                    run(() -> {
                                        throw fatal;
                                    })))
                    .isSameAs(fatal);

            runThreeIterations();

            assertThat(log).containsExactly("went on");
        }

        @Test
        @Behaviour("LOOP-13")
        void leftByAFatalErrorAsItsFutureIsDoneDoesNotStopTheNextRun() {
            FatalError fatal = new FatalError("exit");
            Promise<String> promise = loop.createPromise();
            loop.callSoon(() -> promise.complete("value"));
            loop.callSoon(() -> {
                throw fatal;
            });
            assertThat(thrownBy(() -> loop.runUntilComplete(promise))).isSameAs(fatal);

            runThreeIterations();

            assertThat(log).containsExactly("went on");
        }

        @Test
        void ofAFutureThatHasFailedFatallyEndsWithItsError() {
            FatalError fatal = new FatalError("exit");
            Promise<String> promise = loop.createPromise();
            promise.fail(fatal);
            Task<String> task = loop.createTask(Coroutine.of(() -> promise.await()));

            assertThat(thrownBy(() -> loop.runUntilComplete(promise))).isSameAs(fatal);
            assertThat(thrownBy(() -> loop.runUntilComplete(task))).isSameAs(fatal);
            assertThat(thrownBy(() -> loop.runUntilComplete(task))).isSameAs(fatal);
        }

        private void runThreeIterations() {
            loop.callSoon(() ->
                    loop.callSoon(() ->
                            loop.callSoon(() -> {
                                say("went on");
                                loop.stop();
                            })));
            loop.runForever();
        }

        @Test
        void aDeadlockOfThePollerLeavesTheRunAndTheLoopCanRunOn() {
            Promise<String> promise = loop.createPromise();
            assertThatThrownBy(() -> loop.runUntilComplete(promise))
                    .isInstanceOf(VirtualTime.Deadlock.class);

            promise.complete("value");

            assertThat(loop.runUntilComplete(promise)).isEqualTo("value");
        }
    }

    @Nested
    class RunningTwice {

        @Test
        @Behaviour("RUN-03")
        void insideTheLoopIsRefused() {
            run(() -> {
                assertThatThrownBy(loop::runForever)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("already running");
                assertThatThrownBy(() -> loop.runUntilComplete(Coroutine.of(() -> "x")))
                        .isInstanceOf(IllegalStateException.class);
            });
        }

        @Test
        void anotherLoopInsideTheLoopIsRefused() {
            try (CoreEventLoop other = TestLoops.virtual("other", new VirtualTime())) {
                run(() ->
                        assertThatThrownBy(other::runForever)
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("other"));
            }
        }

        @Test
        void onAnotherThreadIsRefused() {
            run(() ->
                    assertThat(onForeignThread(() -> thrownBy(loop::runForever)).join())
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("already running"));
        }

        @Test
        void anotherLoopOnAnotherThreadIsFine() {
            try (CoreEventLoop other = TestLoops.virtual("other", new VirtualTime())) {
                assertThat(
                                run(() ->
                                        onForeignThread(() ->
                                                        other.runUntilComplete(
                                                                Coroutine.of(() -> "x")))
                                                .join()))
                        .isEqualTo("x");
            }
        }

        @Test
        void onOneThreadAfterAnotherIsFine() {
            run(() -> say("here"));
            Foreign<Void> there =
                    onForeignThread(() -> {
                        run(() -> say("there"));
                        return null;
                    });
            there.join();
            run(() -> say("here again"));

            assertThat(log).containsExactly("here", "there", "here again");
        }
    }

    @Nested
    class WhenTheBlockedThreadIsInterrupted {

        @Test
        void whatItWaitsForIsCancelledAndTheInterruptStaysSet() {
            Thread caller = Thread.currentThread();

            Throwable thrown =
                    thrownBy(() ->
                            run(() -> {
                                try (var _ = time.expectForeign()) {
                                    onForeignThread(() -> {
                                        caller.interrupt();
                                        return null;
                                    });
                                    never().await();
                                } catch (CancelledError e) {
                                    say("cancelled");
                                    sleep(1);
                                    say("cleaned up");
                                    throw e;
                                }
                            }));

            assertThat(Thread.interrupted()).isTrue();
            assertThat(thrown).isInstanceOf(CancelledError.class);
            assertThat(log).containsExactly("cancelled", "cleaned up");
        }

        @Test
        void aLoopThatRunsForEverStops() {
            Thread caller = Thread.currentThread();
            Foreign<Void> interrupting =
                    onForeignThread(() -> {
                        caller.interrupt();
                        return null;
                    });

            try (var _ = time.expectForeign()) {
                loop.runForever();
            }

            assertThat(Thread.interrupted()).isTrue();
            interrupting.join();
        }

        @Test
        void aTaskThatRefusesIsLeftBehindAtTheSecondTime() {
            Thread caller = Thread.currentThread();

            Throwable thrown =
                    thrownBy(() ->
                            run(() -> {
                                try (var _ = time.expectForeign()) {
                                    for (int i = 0; i < 3; i++) {
                                        onForeignThread(() -> {
                                            caller.interrupt();
                                            return null;
                                        });
                                        try {
                                            never().await();
                                        } catch (CancelledError e) {
                                            say("refused");
                                        }
                                    }
                                }
                            }));

            assertThat(Thread.interrupted()).isTrue();
            assertThat(thrown)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("stopped before");
            assertThat(log).containsExactly("refused");
        }
    }

    @Nested
    class WhenClosed {

        @Test
        @Behaviour("LOOP-15")
        void everythingIsRefused() {
            loop.close();

            assertThat(loop.isClosed()).isTrue();
            refuses(loop::runForever);
            refuses(() -> loop.runUntilComplete(Coroutine.of(() -> "x")));
            refuses(() -> loop.callSoon(saying("x")));
            refuses(() -> loop.callSoonThreadsafe(saying("x")));
            assertThatThrownBy(() -> loop.execute(saying("x")))
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessageContaining("closed");
            refuses(() -> loop.callLater(ms(1), saying("x")));
            refuses(() -> loop.callAt(loop.time(), saying("x")));
            refuses(() -> loop.createTask(Coroutine.of(() -> "x")));
            refuses(() -> loop.offload(() -> "x"));
            assertThat(log).isEmpty();
        }

        private void refuses(Coroutine.Action action) {
            assertThat(thrownBy(action))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
        }

        @Test
        @Behaviour("LOOP-15")
        void closingAgainDoesNothing() {
            loop.close();
            loop.close();

            assertThat(loop.isClosed()).isTrue();
        }

        @Test
        void aHandlerThatThrowsAFatalErrorCutsNothingShort() {
            FatalError fatal = new FatalError("no unhandled problem is tolerated");
            FatalError another = new FatalError("nor is a second one");
            Task<?> first = suspended("first");
            Task<?> second = suspended("second");
            loop.exceptionHandler((_, problem) -> {
                throw problem.future() == first ? fatal : another;
            });

            assertThat(thrownBy(loop::close)).isSameAs(fatal).hasSuppressedException(another);

            assertThat(loop.isClosed()).isTrue();
            assertThat(first.isDone() && second.isDone()).isTrue();
            assertThat(log).containsExactlyInAnyOrder("first", "second");
        }

        @Test
        void aFatalErrorOutOfTheHandlerIsThrownAsEver() {
            FatalError fatal = new FatalError("no unhandled problem is tolerated");
            loop.exceptionHandler((_, _) -> {
                throw fatal;
            });
            loop.close();

            assertThat(
                            thrownBy(() ->
                                    loop.callExceptionHandler(EventLoop.Problem.of("late", null))))
                    .isSameAs(fatal);
        }

        private Task<?> suspended(String name) {
            Task<?> task =
                    spawn(() -> {
                        try {
                            never().await();
                        } finally {
                            say(name);
                        }
                    });
            run(() -> settle());
            return task;
        }

        @Test
        void stoppingDoesNothing() {
            loop.close();
            loop.stop();

            assertThat(loop.isRunning()).isFalse();
        }

        @Test
        void whatWasQueuedIsDropped() {
            loop.callSoon(saying("callback"));
            loop.callLater(ms(-1), saying("timer"));
            loop.close();

            assertThat(log).isEmpty();
        }

        @Test
        void aPromiseCanStillBeCompletedAndRead() {
            Promise<String> promise = loop.createPromise();
            promise.addDoneCallback(_ -> say("callback"));
            loop.close();

            promise.complete("value");

            assertThat(promise.result()).isEqualTo("value");
            assertThat(log).isEmpty();
        }

        @Test
        void whileItRunsIsRefused() {
            run(() -> {
                assertThatThrownBy(loop::close)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("while it runs");
                yieldNow();
            });

            assertThat(loop.isClosed()).isFalse();
        }
    }
}
