package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.EventLoop;
import dev.treadle.Future;
import dev.treadle.InvalidStateException;
import dev.treadle.LoopConfig;
import dev.treadle.Promise;
import dev.treadle.StopIteration;
import dev.treadle.Task;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// F1, futures and promises.
abstract class FutureRules extends Rules {

    FutureRules(SchedulerTck tck) {
        super(tck);
    }

    @Test
    @Requirement("F1.1")
    void aPromiseIsCompletedOnce() {
        Promise<String> promise = loop.createPromise();

        promise.complete("first");

        assertThat(promise.tryComplete("second")).as("tryComplete the second time").isFalse();
        assertThat(promise.tryFail(new IOException())).as("tryFail of a done one").isFalse();
        assertThat(promise.cancel()).as("cancel of a done one").isFalse();
        assertThat(thrownBy(() -> promise.complete("second")))
                .as("complete the second time")
                .isInstanceOf(InvalidStateException.class);
        assertThat(promise.result()).as("the result").isEqualTo("first");
    }

    @Test
    @Requirement("F1.2")
    void aCompletionFromAnyThreadResumesWhoAwaits() {
        Promise<String> promise = loop.createPromise();
        int[] plain = {0};

        String result =
                run(() -> {
                    inBackground(() -> {
                        plain[0] = 42;
                        promise.complete("from elsewhere");
                    });
                    return promise.await() + " " + plain[0];
                });

        assertThat(result)
                .as("what the task got, and saw of what the completing thread wrote before")
                .isEqualTo("from elsewhere 42");
    }

    @Test
    @Requirement("F1.3")
    void doneCallbacksRunOnTheLoopInTheOrderInWhichTheyWereAdded() {
        Promise<String> promise = loop.createPromise();
        promise.addDoneCallback(_ -> say("first"));
        promise.addDoneCallback(_ -> say("second"));

        promise.complete("done");
        say("completed");
        runOnce();

        assertThat(said())
                .as("done-callbacks, none of them inside complete()")
                .containsExactly("completed", "first", "second");
    }

    @Test
    @Requirement("F1.4")
    void aCallbackAddedToADoneFutureIsQueued() {
        Promise<String> promise = loop.createPromise();
        promise.complete("done");

        promise.addDoneCallback(done -> say("called with " + done.result()));
        say("added");
        runOnce();

        assertThat(said())
                .as("the callback, not inside addDoneCallback")
                .containsExactly("added", "called with done");
    }

    @Test
    @Requirement("F1.5")
    void removedCallbacksAreNotCalled() {
        Promise<String> promise = loop.createPromise();
        Consumer<Future<String>> twice = _ -> say("removed");
        promise.addDoneCallback(twice);
        promise.addDoneCallback(twice);
        promise.addDoneCallback(_ -> say("kept"));

        int removed = promise.removeDoneCallback(twice);
        promise.complete("done");
        runOnce();

        assertThat(removed).as("how many callbacks were removed").isEqualTo(2);
        assertThat(said()).as("what was called").containsExactly("kept");
    }

    @Test
    @Requirement("F1.6")
    void aCancelledFutureThrowsCancelledErrorWithTheMessage() {
        Promise<String> promise = loop.createPromise();

        boolean cancelled = promise.cancel("no longer needed");

        assertThat(cancelled).as("what cancel() returned").isTrue();
        assertThat(promise.isCancelled()).as("isCancelled").isTrue();
        assertThat(thrownBy(promise::result))
                .as("what result() throws")
                .isInstanceOfSatisfying(
                        CancelledError.class,
                        e ->
                                assertThat(e.reason())
                                        .as("the message of the CancelledError")
                                        .isEqualTo("no longer needed"));
    }

    @Test
    @Requirement("F1.7")
    void aFailureIsRethrownUncheckedAndStopIterationCannotBeOne() {
        RuntimeException unchecked = new IllegalArgumentException("unchecked");
        Throwable checked = new IOException("checked");

        assertThat(thrownBy(() -> failedWith(unchecked).result()))
                .as("an unchecked failure, the same instance")
                .isSameAs(unchecked);
        assertThat(thrownBy(() -> failedWith(checked).result()))
                .as("a checked failure")
                .isInstanceOf(CompletionException.class)
                .hasCause(checked);
        assertThat(failedWith(checked).exception()).as("exception()").isSameAs(checked);
        assertThat(failedWith(new StopIteration("value")).exception())
                .as("a StopIteration, which would end the generator that awaits it")
                .isInstanceOf(IllegalStateException.class)
                .hasCauseInstanceOf(StopIteration.class);
    }

    private Promise<String> failedWith(Throwable failure) {
        Promise<String> promise = loop.createPromise();
        promise.fail(failure);
        return promise;
    }

    @Test
    @Requirement("F1.8")
    void aCancellerDecidesWhatCancellingMeans() {
        AtomicReference<@Nullable Object> asked = new AtomicReference<>();
        Promise<String> promise =
                loop.createPromise(message -> {
                    asked.set(message);
                    return true;
                });

        boolean cancelled = promise.cancel("stop it");

        assertThat(cancelled).as("what cancel() returned: the canceller's answer").isTrue();
        assertThat(asked.get()).as("what the canceller was given").isEqualTo("stop it");
        assertThat(promise.isDone()).as("whether the promise is done").isFalse();
        promise.complete("after all");
        assertThat(promise.result()).isEqualTo("after all");
    }

    @Test
    @Requirement("F1.9")
    void getBlocksAForeignThreadAndIsRefusedOnTheLoop() {
        Promise<String> promise = loop.createPromise();

        String got =
                run(() -> {
                    assertThat(thrownBy(promise::get))
                            .as("get() of a pending future in a coroutine")
                            .isInstanceOf(IllegalStateException.class);
                    AtomicReference<@Nullable String> seen = new AtomicReference<>();
                    CountDownLatch about = new CountDownLatch(1);
                    var blocked =
                            inBackground(() -> {
                                about.countDown();
                                try {
                                    seen.set(promise.get());
                                } catch (Exception e) {
                                    throw new AssertionError("get() failed", e);
                                }
                            });
                    await(about, "the other thread is there");
                    promise.complete("there it is");
                    blocked.join("get() has returned on another thread");
                    return seen.get();
                });

        assertThat(got).as("what get() gave").isEqualTo("there it is");
    }

    @Test
    @Requirement("F1.10")
    void awaitingWhatIsDoneDoesNotSuspend() {
        Assumptions.assumeTrue(
                tck().confined(), "tasks run beside callbacks: nothing is to be seen");
        run(() -> {
            Promise<String> promise = loop.createPromise();
            promise.complete("done");
            loop.callSoonThreadsafe(saying("callback"));
            promise.await();
            say("awaited");
            Async.yieldNow().await();
        });

        assertThat(said())
                .as("order of a callback that was queued before, and of what follows the await")
                .containsExactly("awaited", "callback");
    }

    @Test
    @Requirement("F1.11")
    void theFutureOfAnotherLoopCannotBeAwaited() {
        EventLoop other = newLoop(LoopConfig.defaults().withName("stranger"));
        Promise<String> foreign = other.createPromise();

        Throwable thrown = run(() -> thrownBy(foreign::await));

        assertThat(thrown)
                .as("what awaiting a future of another loop throws")
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("stranger");
    }

    @Test
    @Requirement("F1.13")
    void getGivesUpAfterItsTimeAndLeavesTheFuturePending() {
        Promise<String> promise = loop.createPromise();

        assertThat(thrownBy(() -> promise.get(1, TimeUnit.MILLISECONDS)))
                .as("what get(1 ms) of a pending future throws")
                .isInstanceOf(TimeoutException.class);
        assertThat(promise.isDone()).as("whether the future is done").isFalse();
    }

    @Test
    @Requirement("F1.14")
    void whoAwaitsGoesOnInTheOrderInWhichItCame() {
        Assumptions.assumeTrue(tck().confined(), "the order among tasks is open");
        run(() -> {
            Promise<String> gate = loop.createPromise();
            List<Task<?>> tasks = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                String line = "task " + i;
                Task<?> task =
                        Async.createTask(() -> {
                            gate.await();
                            say(line);
                        });
                letItSuspend(task);
                tasks.add(task);
            }
            gate.complete("open");
            Async.wait(tasks).await();
        });

        assertThat(said())
                .as("tasks in the order in which they went on")
                .containsExactly("task 0", "task 1", "task 2");
    }
}
