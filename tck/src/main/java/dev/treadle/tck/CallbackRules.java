package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.FatalError;
import dev.treadle.Handle;
import dev.treadle.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// C1, callbacks.
abstract class CallbackRules extends Rules {

    CallbackRules(SchedulerTck tck) {
        super(tck);
    }

    @Test
    @Requirement("C1.1")
    void aCallbackNeverRunsInsideTheCallThatQueuesIt() {
        run(() -> {
            AtomicReference<@Nullable Thread> queueing =
                    new AtomicReference<>(Thread.currentThread());
            Promise<@Nullable Void> ran = loop.createPromise();
            AtomicBoolean inside = new AtomicBoolean();
            loop.callSoon(() -> {
                inside.set(queueing.get() == Thread.currentThread());
                ran.complete(null);
            });
            queueing.set(null);
            ran.await();
            assertThat(inside.get()).as("whether callSoon ran its callback itself").isFalse();
        });
    }

    @Test
    @Requirement("C1.2")
    void callbacksRunInTheOrderInWhichTheyWereQueued() {
        for (int i = 0; i < 5; i++) {
            loop.callSoon(saying("callback " + i));
        }

        runOnce();

        assertThat(said())
                .as("callbacks in the order in which they ran")
                .containsExactly(
                        "callback 0", "callback 1", "callback 2", "callback 3", "callback 4");
    }

    @Test
    @Requirement("C1.3")
    void callbacksRunOneAtATime() {
        int each = 200;
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(3 * each);
        Runnable callback =
                () -> {
                    inside.incrementAndGet();
                    if (all.getCount() % 50 == 0) { // not all, so that it does not take long
                        meetAnother(inside);
                    }
                    most.accumulateAndGet(inside.getAndDecrement(), Math::max);
                    all.countDown();
                };

        run(() -> {
            List<Elsewhere<@Nullable Void>> threads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                threads.add(
                        inBackground(() -> {
                            for (int j = 0; j < each; j++) {
                                loop.callSoonThreadsafe(callback);
                            }
                        }));
            }
            threads.forEach(thread -> thread.join("all callbacks are queued"));
            yieldUntil(all);
        });

        assertThat(most.get()).as("how many callbacks ran at once, at most").isEqualTo(1);
    }

    @Test
    @Requirement("C1.4")
    void aCancelledCallbackDoesNotRun() {
        Handle handle = loop.callSoon(saying("cancelled"));
        loop.callSoon(saying("other"));

        handle.cancel();
        runOnce();

        assertThat(said()).as("what ran").containsExactly("other");
        assertThat(handle.isCancelled()).as("isCancelled of the cancelled handle").isTrue();
    }

    @Test
    @Requirement("C1.5")
    void callSoonThreadsafeWakesAnIdleLoop() {
        CountDownLatch started = new CountDownLatch(1);
        loop.callSoon(started::countDown);
        var running = inBackground(loop::runForever);
        await(started, "the loop has begun to run");
        int[] plain = {0};

        plain[0] = 42;
        AtomicInteger seen = new AtomicInteger();
        loop.callSoonThreadsafe(() -> {
            seen.set(plain[0]);
            loop.stop();
        });
        running.join("callSoonThreadsafe has woken an idle loop, which its callback stopped");

        assertThat(seen.get())
                .as("what the callback saw of what its thread wrote before")
                .isEqualTo(42);
    }

    @Test
    @Requirement("C1.6")
    void aForeignThreadIsRefusedByWhatIsNotThreadsafe() {
        run(() ->
                inBackground(
                                () -> {
                                    refused("callSoon", () -> loop.callSoon(saying("callSoon")));
                                    refused("callAt", () -> loop.callAt(0, saying("callAt")));
                                    refused(
                                            "createTask",
                                            () -> loop.createTask(Coroutine.of(() -> "task")));
                                })
                        .join("all calls were refused"));
    }

    private static void refused(String what, Coroutine.Action action) {
        assertThat(thrownBy(action))
                .as("what %s throws on a foreign thread while the loop runs", what)
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    @Requirement("C1.7")
    void whatACallbackThrowsIsReportedAndTheLoopGoesOn() {
        RuntimeException failure = new IllegalArgumentException("broken callback");
        Handle handle =
                loop.callSoon(() -> {
                    throw failure;
                });
        loop.callSoon(saying("next"));

        runOnce();

        assertThat(said()).as("what ran after the callback that threw").containsExactly("next");
        assertThat(problems())
                .as("reported problems")
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.exception()).isSameAs(failure);
                    assertThat(problem.handle()).isSameAs(handle);
                });
    }

    @Test
    @Requirement("C1.8")
    void aCallbackKnowsItsLoopAndIsNoTask() {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        loop.callSoon(() -> {
            try {
                assertThat(EventLoop.running()).as("EventLoop.running()").isSameAs(loop);
                assertThat(Async.currentTask()).as("current task of a callback").isNull();
                Promise<String> pending = loop.createPromise();
                assertThat(thrownBy(pending::await))
                        .as("awaiting in a callback")
                        .isInstanceOf(IllegalStateException.class);
            } catch (Throwable e) {
                failure.set(e);
            }
            say("ran");
        });

        runOnce();

        assertThat(said()).containsExactly("ran");
        assertThat(failure.get()).as("what was wrong in the callback").isNull();
    }

    @Test
    @Requirement("C1.9")
    void aFatalErrorOfACallbackLeavesTheRunAndWhatIsReadyStaysQueued() {
        FatalError fatal = new FatalError("out of order");
        loop.callSoon(() -> {
            throw fatal;
        });
        loop.callSoon(saying("next"));

        Throwable thrown = thrownBy(this::runUntilStopped);

        assertThat(thrown).as("what left runForever").isSameAs(fatal);
        runOnce();
        assertThat(said()).as("what the next run ran").containsExactly("next");
    }

    @Test
    @Requirement("C1.10")
    void busyTasksDoNotStarveCallbacks() {
        run(() -> {
            CountDownLatch ran = new CountDownLatch(1);
            loop.callSoon(ran::countDown);
            yieldUntil(ran);
            assertThat(ran.getCount())
                    .as("callbacks that have not run while a task gave up control again and again")
                    .isZero();
        });
    }

    @Test
    @Requirement("C1.11")
    void cancellingARunningCallbackFromElsewhereWaitsForItsEnd() {
        CountDownLatch inside = new CountDownLatch(1);
        AtomicBoolean cancelling = new AtomicBoolean();
        AtomicBoolean ended = new AtomicBoolean();
        AtomicBoolean endedBeforeReturn = new AtomicBoolean();

        run(() -> {
            Handle handle =
                    loop.callSoonThreadsafe(() -> {
                        inside.countDown();
                        long deadline = endOfPatience();
                        while (!cancelling.get() && System.nanoTime() < deadline) {
                            Thread.onSpinWait();
                        }
                        for (int i = 0; i < 100_000; i++) {
                            Thread.onSpinWait();
                        }
                        ended.set(true);
                    });
            var other =
                    inBackground(() -> {
                        await(inside, "the callback runs");
                        cancelling.set(true);
                        handle.cancel();
                        endedBeforeReturn.set(ended.get());
                    });
            yieldUntil(inside);
            other.join("cancel() has returned");
        });

        assertThat(endedBeforeReturn.get())
                .as("whether the callback had ended when cancel() returned on another thread")
                .isTrue();
    }

    /// Gives up control until something has happened, or patience is at an end.
    private void yieldUntil(CountDownLatch happened) {
        long deadline = endOfPatience();
        while (happened.getCount() > 0 && System.nanoTime() < deadline) {
            Async.yieldNow().await();
        }
    }
}
