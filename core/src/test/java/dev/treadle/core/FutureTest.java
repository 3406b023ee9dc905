package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.ContextVar;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop.ExceptionHandler;
import dev.treadle.EventLoop.Problem;
import dev.treadle.Future;
import dev.treadle.InvalidStateException;
import dev.treadle.Promise;
import dev.treadle.StopIteration;
import dev.treadle.Task;
import dev.treadle.TaskGroup;
import java.io.IOException;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@NullUnmarked
class FutureTest extends OnVirtualLoop {

    @Nested
    class WhenPending {
        private final Promise<String> promise = loop.createPromise();

        @Test
        @Behaviour("FUT-01")
        void isNeitherDoneNorCancelledAndHasNoResult() {
            assertThat(promise.isDone()).isFalse();
            assertThat(promise.isCancelled()).isFalse();
            assertThat(promise.state()).isEqualTo(java.util.concurrent.Future.State.RUNNING);
            assertThatThrownBy(promise::result).isInstanceOf(InvalidStateException.class);
            assertThatThrownBy(promise::exception).isInstanceOf(InvalidStateException.class);
        }

        @Test
        void belongsToTheLoopThatMadeIt() {
            assertThat(promise.loop()).isSameAs(loop);
        }

        @Test
        void canBeCompletedOnce() {
            promise.complete("one");

            assertThatThrownBy(() -> promise.complete("two"))
                    .isInstanceOf(InvalidStateException.class);
            assertThatThrownBy(() -> promise.fail(new IOException()))
                    .isInstanceOf(InvalidStateException.class);
            assertThat(promise.tryComplete("two")).isFalse();
            assertThat(promise.tryFail(new IOException())).isFalse();
            assertThat(promise.result()).isEqualTo("one");
            assertThat(promise.exception()).isNull();
        }

        @Test
        void tryingToCompleteItSucceeds() {
            Promise<String> other = loop.createPromise();
            IOException failure = new IOException();

            assertThat(promise.tryComplete("one")).isTrue();
            assertThat(other.tryFail(failure)).isTrue();
            assertThat(promise.result()).isEqualTo("one");
            assertThat(other.exception()).isSameAs(failure);
        }

        @Test
        void canBeCompletedWithNull() {
            Promise<@Nullable String> nothing = loop.createPromise();

            nothing.complete(null);

            assertThat(nothing.isDone()).isTrue();
            assertThat(nothing.result()).isNull();
        }
    }

    @Nested
    class WhenCancelled {

        @Test
        @Behaviour("FUT-03")
        void resultAndExceptionThrowTheCancellation() {
            Promise<String> promise = loop.createPromise();

            assertThat(promise.cancel()).isTrue();

            assertThat(promise.isDone()).isTrue();
            assertThat(promise.isCancelled()).isTrue();
            assertThat(promise.state()).isEqualTo(java.util.concurrent.Future.State.CANCELLED);
            assertThatThrownBy(promise::result).isInstanceOf(CancelledError.class);
            assertThatThrownBy(promise::exception).isInstanceOf(CancelledError.class);
        }

        @Test
        @Behaviour("FUT-03")
        void cancellingAgainChangesNothing() {
            Promise<String> promise = loop.createPromise();
            promise.cancel("first");

            assertThat(promise.cancel("second")).isFalse();
            assertThat(promise.cancel(true)).isFalse();

            assertThatThrownBy(promise::result)
                    .isInstanceOfSatisfying(
                            CancelledError.class, e -> assertThat(e.reason()).isEqualTo("first"));
        }

        @Test
        @Behaviour("FUT-03")
        void cancellingAfterCompletionChangesNothing() {
            Promise<String> succeeded = loop.createPromise();
            Promise<String> failed = loop.createPromise();
            succeeded.complete("x");
            IOException failure = new IOException();
            failed.fail(failure);

            assertThat(succeeded.cancel()).isFalse();
            assertThat(failed.cancel()).isFalse();

            assertThat(succeeded.isCancelled()).isFalse();
            assertThat(succeeded.result()).isEqualTo("x");
            assertThat(failed.isCancelled()).isFalse();
            assertThat(failed.exception()).isSameAs(failure);
        }

        @Test
        @Behaviour("FUT-04")
        void theErrorCarriesTheMessage() {
            Promise<String> with = loop.createPromise();
            Promise<String> without = loop.createPromise();
            with.cancel("enough");
            without.cancel();

            run(() -> {
                assertThat(failureOf(with))
                        .isInstanceOfSatisfying(
                                CancelledError.class,
                                e -> assertThat(e.reason()).isEqualTo("enough"))
                        .hasMessage("enough");
                assertThat(failureOf(without))
                        .isInstanceOfSatisfying(
                                CancelledError.class, e -> assertThat(e.reason()).isNull())
                        .hasMessage(null);
            });
        }

        @Test
        void completingItIsRefused() {
            Promise<String> promise = loop.createPromise();
            promise.cancel();

            assertThatThrownBy(() -> promise.complete("x"))
                    .isInstanceOf(InvalidStateException.class);
            assertThat(promise.tryFail(new IOException())).isFalse();
        }
    }

    @Nested
    class WhenFailed {

        @Test
        @Behaviour("FUT-05")
        void aStopIterationIsWrapped() {
            Promise<String> promise = loop.createPromise();
            StopIteration stop = new StopIteration("value");

            promise.fail(stop);

            assertThat(promise.exception())
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasCause(stop);
        }

        @Test
        @Behaviour("FUT-15")
        void eachAwaitThrowsTheSameInstanceWhoseTraceDoesNotGrow() {
            Promise<String> promise = loop.createPromise();
            IllegalArgumentException failure = new IllegalArgumentException("boom");
            promise.fail(failure);
            int frames = failure.getStackTrace().length;

            run(() -> {
                for (int i = 0; i < 5; i++) {
                    assertThat(failureOf(promise)).isSameAs(failure);
                }
            });

            assertThat(failure.getStackTrace()).hasSize(frames);
            assertThat(failure.getSuppressed()).isEmpty();
        }

        @Test
        void anErrorIsThrownAsTheSameInstance() {
            Promise<String> promise = loop.createPromise();
            AssertionError failure = new AssertionError("boom");
            promise.fail(failure);

            assertThat(run(() -> failureOf(promise))).isSameAs(failure);
            assertThat(thrownBy(promise::result)).isSameAs(failure);
        }

        @Test
        void aCheckedExceptionIsWrappedAndKeptAsTheCause() {
            Promise<String> promise = loop.createPromise();
            IOException failure = new IOException("boom");
            promise.fail(failure);

            assertThat(promise.exception()).isSameAs(failure);
            assertThat(thrownBy(promise::result))
                    .isExactlyInstanceOf(CompletionException.class)
                    .hasCause(failure);
            assertThat(run(() -> failureOf(promise)))
                    .isExactlyInstanceOf(CompletionException.class)
                    .hasCause(failure);
        }

        @Test
        void aCancelledErrorIsAFailureAndNoCancellation() {
            Promise<String> promise = loop.createPromise();
            CancelledError failure = new CancelledError("not really");
            promise.fail(failure);

            assertThat(promise.isCancelled()).isFalse();
            assertThat(promise.exception()).isSameAs(failure);
            assertThat(run(() -> failureOf(promise))).isSameAs(failure);
        }
    }

    @Nested
    class WhenDone {

        @Test
        @Behaviour("FUT-06")
        void awaitingDoesNotSuspendHoweverOftenItIsDone() {
            Promise<String> promise = loop.createPromise();
            promise.complete("x");

            run(() -> {
                loop.callSoon(saying("callback"));
                for (int i = 0; i < 3; i++) {
                    say(promise.await());
                }
                yieldNow();
            });

            assertThat(log).containsExactly("x", "x", "x", "callback");
        }

        @Test
        @Behaviour("FUT-06")
        void awaitingAFailedOneDoesNotSuspendEither() {
            Promise<String> promise = loop.createPromise();
            promise.fail(new IllegalArgumentException("x"));

            run(() -> {
                loop.callSoon(saying("callback"));
                say("" + failureOf(promise).getMessage());
                yieldNow();
            });

            assertThat(log).containsExactly("x", "callback");
        }
    }

    @Nested
    class Callbacks {
        private final Promise<String> promise = loop.createPromise();

        @Test
        @Behaviour("FUT-07")
        void runInOrderInTheIterationAfterTheCompletion() {
            List<Future<?>> received = new ArrayList<>();
            promise.addDoneCallback(done -> {
                say("first");
                received.add(done);
            });
            promise.addDoneCallback(done -> {
                say("second");
                received.add(done);
            });

            promise.complete("x");
            assertThat(log).isEmpty();
            runOneIteration();

            assertThat(log).containsExactly("first", "second");
            assertThat(received).containsExactly(promise, promise);
        }

        @Test
        @Behaviour("FUT-07")
        void takeTheirPlaceInTheQueueWhenTheFutureIsCompleted() {
            promise.addDoneCallback(_ -> say("done"));
            loop.callSoon(saying("before"));
            promise.complete("x");
            loop.callSoon(saying("after"));

            runOneIteration();

            assertThat(log).containsExactly("before", "done", "after");
        }

        @Test
        @Behaviour("FUT-08")
        void addedToADoneFutureAreQueuedAndNotCalled() {
            promise.complete("x");

            promise.addDoneCallback(_ -> say("late"));
            assertThat(log).isEmpty();
            runOneIteration();

            assertThat(log).containsExactly("late");
        }

        @Test
        @Behaviour("FUT-08")
        void addedByACallbackRunInTheNextIteration() {
            promise.addDoneCallback(done -> done.addDoneCallback(_ -> say("inner")));
            promise.complete("x");

            runOneIteration();
            assertThat(log).isEmpty();
            runOneIteration();

            assertThat(log).containsExactly("inner");
        }

        @Test
        void removedBeforeTheCompletionDoNotRun() {
            Consumer<Future<String>> callback = _ -> say("removed");
            promise.addDoneCallback(callback);
            promise.addDoneCallback(_ -> say("kept"));
            promise.addDoneCallback(callback);

            assertThat(promise.removeDoneCallback(callback)).isEqualTo(2);
            assertThat(promise.removeDoneCallback(callback)).isZero();
            promise.complete("x");
            runOneIteration();

            assertThat(log).containsExactly("kept");
        }

        @Test
        @Behaviour("FUT-10")
        void alreadyQueuedRunEvenIfAnotherRemovesThem() {
            List<Integer> removed = new ArrayList<>();
            Consumer<Future<String>> second = _ -> say("second");
            promise.addDoneCallback(done -> removed.add(done.removeDoneCallback(second)));
            promise.addDoneCallback(second);
            promise.complete("x");

            runOneIteration();

            assertThat(log).containsExactly("second");
            assertThat(removed).containsExactly(0);
        }

        @Test
        @Behaviour("FUT-10")
        void mayChangeTheListWhileItIsScannedForRemoval() {
            promise.addDoneCallback(
                    new Meddling(() -> promise.addDoneCallback(_ -> say("added meanwhile"))));
            promise.addDoneCallback(new Meddling(() -> {}));
            promise.addDoneCallback(_ -> say("bystander"));

            promise.removeDoneCallback(new Meddling(() -> {}));
            promise.complete("x");
            runOneIteration();

            assertThat(log).containsExactly("bystander", "added meanwhile");
        }

        @Test
        void areRemovedByTwoThreadsAtOnce() throws Exception {
            Consumer<Future<String>> theirs = _ -> say("not reached");
            FutureTask<Integer> removing =
                    new FutureTask<>(() -> promise.removeDoneCallback(theirs));
            Thread other = Thread.ofPlatform().daemon().unstarted(removing);
            promise.addDoneCallback(
                    new Meddling(() -> {
                        other.start();
                        while (!removing.isDone() && other.getState() != Thread.State.BLOCKED) {
                            Thread.onSpinWait();
                        }
                    }));
            promise.addDoneCallback(theirs);

            assertThat(promise.removeDoneCallback(new Meddling(() -> {}))).isEqualTo(1);

            assertThat(removing.get()).isEqualTo(1);
            promise.complete("x");
            runOneIteration();
            assertThat(log).isEmpty();
        }

        @Test
        @Behaviour("FUT-10")
        void mayEmptyTheListWhileItIsScannedForRemoval() {
            Consumer<Future<String>> other = _ -> say("other");
            promise.addDoneCallback(new Meddling(() -> promise.removeDoneCallback(other)));
            promise.addDoneCallback(other);
            promise.addDoneCallback(_ -> say("bystander"));

            promise.removeDoneCallback(new Meddling(() -> {}));
            promise.complete("x");
            runOneIteration();

            assertThat(log).contains("bystander").doesNotContain("meddling");
        }

        @Test
        @Behaviour("FUT-10")
        void thatCannotBeComparedLoseNobodyWhoWaits() {
            IllegalStateException failure = new IllegalStateException("equals");
            Meddling incomparable =
                    new Meddling(() -> {
                        throw failure;
                    });
            promise.addDoneCallback(_ -> say("first"));
            promise.addDoneCallback(incomparable);
            promise.addDoneCallback(_ -> say("last"));

            Meddling unwanted = new Meddling(() -> {});
            assertThat(thrownBy(() -> promise.removeDoneCallback(unwanted))).isSameAs(failure);
            promise.complete("x");
            runOneIteration();

            assertThat(log).containsExactly("first", "meddling", "last");
        }

        @Test
        void thatThrowAreReportedAndTheOthersStillRun() {
            IllegalStateException failure = new IllegalStateException("callback");
            promise.addDoneCallback(_ -> {
                throw failure;
            });
            promise.addDoneCallback(_ -> say("other"));
            promise.complete("x");

            runOneIteration();

            assertThat(log).containsExactly("other");
            assertThat(takeProblems())
                    .singleElement()
                    .satisfies(problem -> assertThat(problem.exception()).isSameAs(failure));
        }

        @Test
        void runWhenTheFutureIsCancelled() {
            promise.addDoneCallback(done -> say("cancelled " + done.isCancelled()));

            promise.cancel();
            runOneIteration();

            assertThat(log).containsExactly("cancelled true");
        }

        @Test
        void haveNoCurrentTask() {
            promise.addDoneCallback(_ -> say("" + Async.currentTask()));
            run(() -> {
                promise.complete("x");
                yieldNow();
            });

            assertThat(log).containsExactly("null");
        }

        /// Equal to every other one, and does something whenever it is asked.
        private final class Meddling implements Consumer<Future<String>> {
            private final Runnable whenCompared;
            private boolean meddled;

            private Meddling(Runnable whenCompared) {
                this.whenCompared = whenCompared;
            }

            @Override
            public void accept(Future<String> future) {
                say("meddling");
            }

            private void meddle() {
                if (!meddled) {
                    meddled = true;
                    whenCompared.run();
                }
            }

            @Override
            public boolean equals(Object other) {
                meddle();
                if (other instanceof Meddling meddling) {
                    meddling.meddle();
                    return true;
                }
                return false;
            }

            @Override
            public int hashCode() {
                return 1;
            }
        }
    }

    /// Told by the collector's thread: time on parallel carriers does not wait for it.
    @Tag("confined")
    @Nested
    class WhenNobodyLooks {

        @Test
        @Behaviour("FUT-11")
        void theFailureIsReportedOnceAfterItsCollection() {
            CountDownLatch reported = reportsOf("lost");
            failAndForget("lost");

            collectUntil(reported);

            assertThat(takeProblems())
                    .singleElement()
                    .satisfies(problem -> {
                        assertThat(problem.message()).contains("never retrieved");
                        assertThat(problem.exception()).hasMessage("lost");
                    });
        }

        @Test
        @Behaviour("FUT-11")
        void lookingAtTheFailureInAnyWaySuppressesTheReport() {
            CountDownLatch reported = reportsOf("last");
            run(() -> {
                thrownBy(failed("by result")::result);
                failed("by exception").exception();
                failureOf(failed("by await"));
                failed("by cancel").cancel();
                Async.gatherSettled(List.of(failed("by gather"))).await().get(0).exception();
            });
            failAndForget("last");

            collectUntil(reported);
            System.gc();

            assertThat(takeProblems())
                    .extracting(problem -> Objects.requireNonNull(problem.exception()).getMessage())
                    .containsExactly("last");
        }

        @Test
        @Behaviour("FUT-11")
        void aTasksFailureIsReportedLikewise() {
            CountDownLatch reported = reportsOf("lost");
            run(() -> {
                Async.createTask(() -> {
                    throw new IOException("lost");
                });
                yieldTimes(3);
            });

            collectUntil(reported);

            assertThat(takeProblems())
                    .singleElement()
                    .satisfies(problem ->
                            assertThat(problem.exception()).isInstanceOf(IOException.class));
        }

        @Test
        @Behaviour("FUT-11")
        void whatIsLateForItsGatheringIsNotReported() {
            CountDownLatch reported = reportsOf("last");
            run(() -> {
                Future<List<String>> all = Async.gather(List.of(failing("first"), failing("late")));
                assertThat(failureOf(all)).hasMessage("first");
            });
            failAndForget("last");

            collectUntil(reported);
            System.gc();

            assertThat(takeProblems())
                    .extracting(problem -> Objects.requireNonNull(problem.exception()).getMessage())
                    .containsExactly("last");
        }

        @Test
        void aFailureIsReportedThoughItsGroupIsInItsContext() {
            ContextVar<TaskGroup> nursery = ContextVar.of("nursery");
            CountDownLatch reported =
                    reportsOf("unhandled errors in a TaskGroup (1 sub-exception)");
            run(() -> {
                Async.createTask(() ->
                        TaskGroup.run(
                                        group -> {
                                            nursery.set(group);
                                            throw new IOException("lost");
                                        })
                                .await());
                yieldTimes(3);
            });

            collectUntil(reported);

            assertThat(takeProblems()).hasSize(1);
        }

        @Test
        void whatWasLookedAtIsCollectedThoughItIsInItsOwnContext() {
            ContextVar<Task<?>> itself = ContextVar.of("itself");
            ReferenceQueue<Task<?>> collected = new ReferenceQueue<>();
            Reference<Task<?>> kept =
                    run(() -> {
                        Task<?> task =
                                Async.createTask(() -> {
                                    itself.set(self());
                                    throw new IOException("seen");
                                });
                        Async.wait(Set.of(task)).await();
                        assertThat(task.exception()).hasMessage("seen");
                        return new WeakReference<>(task, collected);
                    });

            Reference<?> found = null;
            for (int i = 0; i < 200 && found == null; i++) {
                System.gc();
                found =
                        run(() -> { // no runner keeps it either
                            yieldNow();
                            return collected.remove(10);
                        });
            }

            assertThat(found).isSameAs(kept);
        }

        private static Coroutine<String> failing(String message) {
            return Coroutine.of(() -> {
                throw new IllegalArgumentException(message);
            });
        }

        private Promise<String> failed(String message) {
            Promise<String> promise = loop.createPromise();
            promise.fail(new IllegalArgumentException(message));
            return promise;
        }

        private void failAndForget(String message) {
            failed(message);
        }

        private CountDownLatch reportsOf(String message) {
            CountDownLatch reported = new CountDownLatch(1);
            ExceptionHandler handler = Objects.requireNonNull(loop.exceptionHandler());
            loop.exceptionHandler((where, problem) -> {
                handler.handle(where, problem);
                if (problem.exception() != null
                        && message.equals(problem.exception().getMessage())) {
                    reported.countDown();
                }
            });
            return reported;
        }

        /// Has the collector run until something is reported, wherever that happens.
        private void collectUntil(CountDownLatch reported) {
            run(() -> {
                for (int i = 0; i < 200 && reported.getCount() > 0; i++) {
                    System.gc();
                    reported.await(10, TimeUnit.MILLISECONDS);
                    yieldNow();
                }
            });
        }
    }

    @Nested
    class WithoutALoop {

        @Test
        @Behaviour("FUT-12")
        void aFutureCannotBeMadeOfAStage() {
            CompletableFuture<String> stage = CompletableFuture.completedFuture("x");

            assertThatThrownBy(() -> Future.from(stage))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no running event loop");
        }

        @Test
        void awaitingIsRefusedAndTheMessageSaysWhatToDo() {
            Promise<String> promise = loop.createPromise();

            assertThatThrownBy(promise::await)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("await() outside a coroutine")
                    .hasMessageContaining("Future.get()");
        }

        @Test
        void awaitingIsRefusedEvenIfTheResultIsThere() {
            Promise<String> promise = loop.createPromise();
            promise.complete("x");

            assertThatThrownBy(promise::await).isInstanceOf(IllegalStateException.class);
        }
    }

    @Nested
    class InACallback {

        @Test
        void awaitingIsRefusedAndTheMessageSaysWhatToDo() {
            Promise<String> promise = loop.createPromise();
            loop.callSoon(promise::await);

            runOneIteration();

            assertThat(takeProblems())
                    .extracting(Problem::exception)
                    .singleElement()
                    .satisfies(failure ->
                            assertThat(failure)
                                    .isInstanceOf(IllegalStateException.class)
                                    .hasMessageContaining("in a callback create a task"));
        }
    }

    @Nested
    class FromAStage {

        @Test
        @Behaviour("FUT-13")
        void theResultArrivesOnTheLoopThread() {
            CompletableFuture<String> stage = new CompletableFuture<>();
            AtomicReference<Object> loopOfCallback = new AtomicReference<>();

            run(() -> {
                Future<String> future = Future.from(stage);
                future.addDoneCallback(_ -> loopOfCallback.set(dev.treadle.EventLoop.running()));
                Foreign<Boolean> completing = onForeignThread(() -> stage.complete("x"));
                say(future.await());
                yieldNow();
                completing.join();
            });

            assertThat(log).containsExactly("x");
            assertThat(loopOfCallback).hasValue(loop);
        }

        @Test
        @Behaviour("FUT-13")
        void aFutureOfTheLoopIsReturnedAsItIs() {
            run(() -> {
                Promise<String> promise = loop.createPromise();
                assertThat(Async.ensureFuture(promise)).isSameAs(promise);
            });
        }

        @Test
        void aFailureArrivesWithoutItsWrapping() {
            IOException failure = new IOException("x");
            CompletableFuture<String> stage = new CompletableFuture<>();
            CompletableFuture<String> dependent = stage.thenApply(value -> value + "!");
            stage.completeExceptionally(failure);

            run(() -> assertThat(Future.from(dependent).exception()).isSameAs(failure));
        }

        @Test
        void cancellingTheFutureCancelsTheStage() {
            CompletableFuture<String> stage = new CompletableFuture<>();

            run(() -> {
                Future<String> future = Future.from(stage);
                future.cancel();
                yieldNow();
            });

            assertThat(stage).isCancelled();
        }

        @Test
        void aStageThatIsNoFutureIsLeftAlone() {
            CompletableFuture<String> source = new CompletableFuture<>();
            InvocationHandler noFuture =
                    (_, method, arguments) -> {
                        if (method.getName().equals("toCompletableFuture")) {
                            throw new UnsupportedOperationException();
                        }
                        return method.invoke(source, arguments);
                    };
            CompletionStage<?> stage =
                    (CompletionStage<?>)
                            Proxy.newProxyInstance(
                                    getClass().getClassLoader(),
                                    new Class<?>[] {CompletionStage.class},
                                    noFuture);

            run(() -> {
                Future<?> future = Future.from(stage);
                future.cancel();
                yieldNow();
                assertThat(source).isNotDone();
                source.complete("x");
                yieldNow();
                assertThat(future.isCancelled()).isTrue();
            });
        }

        @Test
        void aStageThatComesAfterACancelledOneFails() {
            CompletableFuture<String> stage = new CompletableFuture<>();
            CompletableFuture<String> dependent = stage.thenApply(value -> value + "!");
            stage.cancel(true);

            run(() ->
                    assertThat(Future.from(dependent).exception())
                            .isInstanceOf(CancellationException.class));
        }

        @Test
        void aStageThatIsDoneDoesNotSuspend() {
            run(() -> {
                loop.callSoon(saying("callback"));
                say(Future.from(CompletableFuture.completedStage("x")).await());
                yieldNow();
            });

            assertThat(log).containsExactly("x", "callback");
        }

        @Test
        void aStageThatCompletesAfterTheLoopWasClosedHarmsNobody() {
            CompletableFuture<String> stage = new CompletableFuture<>();
            Future<String> future = run(() -> Future.from(stage));
            loop.close();

            assertThat(stage.complete("x")).isTrue();
            assertThat(future.result()).isEqualTo("x");
        }

        @Test
        void cancellingTheStageCancelsTheFuture() {
            CompletableFuture<String> stage = new CompletableFuture<>();

            run(() -> {
                Future<String> future = Future.from(stage);
                stage.cancel(false);
                assertThat(failureOf(future)).isInstanceOf(CancelledError.class);
                assertThat(future.isCancelled()).isTrue();
            });
        }

        @Tag("confined")
        @Test
        void cancellingTheTaskThatAwaitsCancelsTheStage() {
            CompletableFuture<String> stage = new CompletableFuture<>();

            run(() -> {
                Task<String> task = Async.createTask(() -> Future.from(stage).await());
                yieldNow();
                task.cancel();
                assertThat(failureOf(task)).isInstanceOf(CancelledError.class);
                yieldNow();
            });

            assertThat(stage).isCancelled();
        }
    }

    @Nested
    class AsACompletableFuture {

        @Test
        void completesAsTheFutureDoes() {
            Promise<String> succeeding = loop.createPromise();
            Promise<String> failing = loop.createPromise();
            Promise<String> cancelled = loop.createPromise();
            CompletableFuture<String> value = succeeding.toCompletableFuture();
            CompletableFuture<String> failure = failing.toCompletableFuture();
            CompletableFuture<String> cancellation = cancelled.toCompletableFuture();
            IOException cause = new IOException();

            succeeding.complete("x");
            failing.fail(cause);
            cancelled.cancel();
            assertThat(value).isNotDone();
            runOneIteration();

            assertThat(value).isCompletedWithValue("x");
            assertThat(failure.exceptionNow()).isSameAs(cause);
            assertThat(cancellation).isCancelled();
        }

        @Test
        void cancellingItCancelsTheFuture() {
            run(() -> {
                Promise<String> promise = loop.createPromise();
                promise.toCompletableFuture().cancel(true);
                assertThat(failureOf(promise)).isInstanceOf(CancelledError.class);
            });
        }

        @Test
        void cancellingItFromAnotherThreadCancelsTheTask() {
            run(() -> {
                Task<Object> task = Async.createTask(() -> never().await());
                CompletableFuture<Object> view = task.toCompletableFuture();
                Foreign<Boolean> cancelling = onForeignThread(() -> view.cancel(true));
                assertThat(failureOf(task)).isInstanceOf(CancelledError.class);
                cancelling.join();
            });
        }
    }

    @Nested
    class FromAnotherThread {

        @Test
        void completingWakesTheLoop() {
            Promise<String> promise = loop.createPromise();

            String result =
                    run(() -> {
                        Foreign<Void> completing =
                                onForeignThread(() -> {
                                    promise.complete("x");
                                    return null;
                                });
                        String value = promise.await();
                        completing.join();
                        return value;
                    });

            assertThat(result).isEqualTo("x");
        }

        @Test
        void cancellingAPromiseWakesItsWaiter() {
            Promise<String> promise = loop.createPromise();

            run(() -> {
                Foreign<Boolean> cancelling = onForeignThread(() -> promise.cancel("abroad"));
                assertThat(failureOf(promise))
                        .isInstanceOf(CancelledError.class)
                        .hasMessage("abroad");
                assertThat(cancelling.join()).isTrue();
            });
        }

        @Test
        void onlyOneOfManyCompletesIt() {
            Promise<Integer> promise = loop.createPromise();

            run(() -> {
                CountDownLatch start = new CountDownLatch(1);
                List<Foreign<Boolean>> racers = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    int value = i;
                    racers.add(
                            onForeignThread(() -> {
                                start.await();
                                return promise.tryComplete(value);
                            }));
                }
                start.countDown();
                int winner = promise.await();

                assertThat(racers.stream().map(Foreign::join).filter(won -> won)).hasSize(1);
                assertThat(racers.get(winner).join()).isTrue();
            });
        }

        @Test
        void gettingBlocksUntilTheResultIsThere() {
            Promise<String> promise = loop.createPromise();

            run(() -> {
                Foreign<String> getting = onForeignThread(promise::get);
                yieldTimes(3);
                promise.complete("x");
                assertThat(getting.join()).isEqualTo("x");
            });
        }

        @Test
        void gettingThrowsWhatJavaCallersExpect() {
            Promise<String> failed = loop.createPromise();
            Promise<String> cancelled = loop.createPromise();
            IllegalArgumentException failure = new IllegalArgumentException();
            failed.fail(failure);
            cancelled.cancel("why");

            assertThatThrownBy(failed::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCause(failure);
            assertThatThrownBy(cancelled::get)
                    .isInstanceOf(CancellationException.class)
                    .cause()
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("why");
        }

        @Test
        void gettingGivesUpAfterATime() {
            Promise<String> promise = loop.createPromise();

            assertThatThrownBy(() -> promise.get(1, TimeUnit.MILLISECONDS))
                    .isInstanceOf(TimeoutException.class);
            assertThat(promise.isDone()).isFalse();
        }

        @Test
        void gettingIsInterruptible() {
            Promise<String> promise = loop.createPromise();
            Thread.currentThread().interrupt();

            assertThatThrownBy(promise::get).isInstanceOf(InterruptedException.class);
            assertThat(Thread.interrupted()).isFalse();
        }
    }

    @Nested
    class OnTheLoopThread {

        @Test
        void gettingAPendingOneIsRefused() {
            Promise<String> promise = loop.createPromise();

            run(() -> {
                assertThatThrownBy(promise::get)
                        .isInstanceOf(IllegalStateException.class)
                        .isNotInstanceOf(InvalidStateException.class)
                        .hasMessageContaining("await");
                assertThatThrownBy(() -> promise.get(1, TimeUnit.SECONDS))
                        .isInstanceOf(IllegalStateException.class);
            });
        }

        @Test
        void gettingADoneOneGivesItsResult() {
            Promise<String> promise = loop.createPromise();
            promise.complete("x");

            assertThat(run(() -> promise.get())).isEqualTo("x");
        }
    }

    @Nested
    class Contexts {
        private final ContextVar<String> variable = ContextVar.of("variable", "none");

        @Test
        void aCallbackSeesTheContextInWhichItWasAdded() {
            run(() -> {
                Promise<String> promise = loop.createPromise();
                variable.set("added");
                promise.addDoneCallback(_ -> say(variable.get()));
                variable.set("completed");
                promise.complete("x");
                yieldNow();
            });

            assertThat(log).containsExactly("added");
        }
    }
}
