package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.GeneratorExit;
import dev.treadle.LoopConfig;
import dev.treadle.Promise;
import dev.treadle.Task;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// L1, running, and L2, closing.
abstract class LifeRules extends Rules {

    LifeRules(SchedulerTck tck) {
        super(tck);
    }

    @Test
    @Requirement("L1.1")
    void aLoopIsNamedAsAskedAndNamesItsScheduler() {
        EventLoop named = newLoop(LoopConfig.defaults().withName("weaver"));

        assertThat(named.name())
                .as("name of a loop that was to be named weaver")
                .isEqualTo("weaver");
        assertThat(loop.name()).as("name of a loop that was given none").isNotBlank();
        assertThat(loop.scheduler()).as("scheduler of a loop").isEqualTo(provider().name());
        assertThat(loop.carriers()).as("carriers of a loop").isNotBlank();
    }

    @Test
    @Requirement("L1.2")
    void aLoopTellsWhetherItRuns() {
        assertThat(loop.isRunning()).as("isRunning of a new loop").isFalse();
        assertThat(loop.isClosed()).as("isClosed of a new loop").isFalse();

        boolean running = run(loop::isRunning);

        assertThat(running).as("isRunning while a coroutine runs").isTrue();
        assertThat(loop.isRunning()).as("isRunning after a run").isFalse();
    }

    @Test
    @Requirement("L1.3")
    void runUntilCompleteGivesTheResultOrTheVeryFailure() {
        RuntimeException failure = new IllegalArgumentException("no such page");

        assertThat(run(() -> "page")).as("result of runUntilComplete").isEqualTo("page");
        assertThat(
                        thrownBy(() ->
                                run(() -> {
                                    throw failure;
                                })))
                .as("what runUntilComplete throws for a coroutine that failed")
                .isSameAs(failure);
    }

    @Test
    @Requirement("L1.4")
    void runForeverBlocksUntilStopIsCalledFromAnyThread() {
        CountDownLatch started = new CountDownLatch(1);
        loop.callSoon(started::countDown);
        var running = inBackground(loop::runForever);
        await(started, "the loop has run a callback");
        assertThat(running.thread().isAlive()).as("runForever blocks").isTrue();

        loop.stop();

        running.join("stop() from another thread has ended runForever");
    }

    @Test
    @Requirement("L1.5")
    void stopEndsTheRunAfterWhatWasReady() {
        loop.callSoon(() -> {
            say("first");
            loop.callSoon(saying("queued meanwhile"));
            loop.stop();
        });
        loop.callSoon(saying("second"));

        runUntilStopped();

        assertThat(said())
                .as("what ran: all that was ready when stop() was called, nothing queued since")
                .containsExactly("first", "second");
    }

    @Test
    @Requirement("L1.6")
    void aLoopRunsAgainAndGoesOnWithWhatIsQueued() {
        loop.callSoon(() -> {
            loop.callSoon(saying("left over"));
            loop.stop();
        });
        runUntilStopped();

        runOnce();

        assertThat(said()).as("what the second run ran").containsExactly("left over");
    }

    @Test
    @Requirement("L1.7")
    void stopBeforeARunLetsItRunWhatIsReadyOnce() {
        loop.callSoon(saying("ready"));
        loop.stop();

        runUntilStopped();

        assertThat(said()).as("what ran in a run that was stopped before").containsExactly("ready");
    }

    @Test
    @Requirement("L1.8")
    void aLoopDoesNotRunInsideALoop() {
        EventLoop other = newLoop(LoopConfig.defaults());

        run(() -> {
            assertThat(thrownBy(loop::runForever))
                    .as("running a loop that runs")
                    .isInstanceOf(IllegalStateException.class);
            Promise<Integer> done = other.createPromise();
            done.complete(1); // so that it ends in case it does run
            assertThat(thrownBy(() -> other.runUntilComplete(done)))
                    .as("running a loop inside another loop")
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(other.name());
        });
    }

    @Test
    @Requirement("L1.9")
    void anInterruptOfTheCallerCancelsWhatItWaitsForAndStaysSet() {
        CountDownLatch started = new CountDownLatch(1);
        AtomicBoolean flag = new AtomicBoolean();
        AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
        var running =
                inBackground(() -> {
                    thrown.set(
                            thrownBy(() ->
                                    loop.runUntilComplete(
                                            Coroutine.of(() -> {
                                                started.countDown();
                                                loop.createPromise().await();
                                            }))));
                    flag.set(Thread.currentThread().isInterrupted());
                });
        await(started, "the coroutine has begun");

        running.thread().interrupt();
        running.join("an interrupt has ended runUntilComplete");

        assertThat(thrown.get()).as("what came of it").isInstanceOf(CancelledError.class);
        assertThat(flag.get()).as("the caller's interrupt flag after the run").isTrue();
    }

    @Test
    @Requirement("L1.10")
    void aRunThatIsStoppedBeforeItsResultIsThereSaysSo() {
        loop.callSoon(loop::stop);

        Throwable thrown =
                thrownBy(() ->
                        inBackground(() -> loop.runUntilComplete(loop.createPromise()))
                                .join("the loop was stopped"));

        assertThat(thrown)
                .as("what runUntilComplete throws when the loop is stopped")
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    @Requirement("L1.11")
    void aLoopTellsWhetherItIsParallel() {
        assertThat(loop.isParallel())
                .as(
                        "isParallel of a loop whose scheduler is said to be confined: %s",
                        tck().confined())
                .isEqualTo(!tck().confined());
    }

    @Test
    @Requirement("L1.12")
    void aLoopDoesNotRunForTheFutureOfAnother() {
        EventLoop other = newLoop(LoopConfig.defaults().withName("stranger"));
        Promise<String> foreign = other.createPromise();
        foreign.complete("done"); // so that it ends in case it does run

        Throwable thrown =
                thrownBy(() ->
                        inBackground(() -> loop.runUntilComplete(foreign))
                                .join("runUntilComplete returned"));

        assertThat(thrown)
                .as("what runUntilComplete throws for a future of another loop")
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("stranger");
    }

    @Test
    @Requirement("L2.1")
    void aRunningLoopIsNotClosedAndAClosedOneMayBeClosedAgain() {
        run(() ->
                assertThat(thrownBy(loop::close))
                        .as("closing a loop that runs")
                        .isInstanceOf(IllegalStateException.class));

        loop.close();
        loop.close();

        assertThat(loop.isClosed()).as("isClosed after close()").isTrue();
    }

    @Test
    @Requirement("L2.2")
    void aClosedLoopRefusesWork() {
        Coroutine<String> coroutine = Coroutine.of(() -> "never");
        loop.close();

        refuses("callSoon", () -> loop.callSoon(saying("callSoon")));
        refuses("callSoonThreadsafe", () -> loop.callSoonThreadsafe(saying("threadsafe")));
        refuses("callAt", () -> loop.callAt(loop.time(), saying("callAt")));
        refuses("createTask", () -> loop.createTask(coroutine));
        refuses("offload", () -> loop.offload(() -> "work"));
        refuses("runForever", loop::runForever);
        assertThat(coroutine.toString())
                .as("the coroutine that createTask refused, which nobody will run")
                .contains("ended");
    }

    private static void refuses(String what, Coroutine.Action action) {
        assertThat(thrownBy(action))
                .as("what %s throws on a closed loop", what)
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    @Requirement("L2.3")
    void closingDropsCallbacksAndTimers() {
        loop.callSoon(saying("callback"));
        loop.callAt(loop.time(), saying("timer"));

        loop.close();

        assertThat(said()).as("what close() ran").isEmpty();
    }

    @Test
    @Requirement("L2.4")
    void closingEndsTasksWithGeneratorExitAndReportsThem() {
        Task<?> left = leave(_ -> say("GeneratorExit"));

        loop.close();

        assertThat(said()).as("what the task saw at its await()").containsExactly("GeneratorExit");
        assertThat(left.isDone()).as("whether the task is done").isTrue();
        assertThat(problems())
                .as("reported problems")
                .anyMatch(problem ->
                        problem.future() == left && problem.message().contains("destroyed"));
    }

    @Test
    @Requirement("L2.5")
    void aTaskThatHasNotBegunNeverBeginsWhenTheLoopIsClosed() {
        Task<?> task = loop.<@Nullable Void>createTask(Coroutine.of(() -> say("began")));

        loop.close();

        assertThat(said()).as("what the body did").isEmpty();
        assertThat(task.isCancelled()).as("isCancelled of the task").isTrue();
        assertThat(task.coroutine().toString()).as("the coroutine").contains("ended");
    }

    @Test
    @Requirement("L2.6")
    void aBodyThatAwaitsWhileItsLoopIsClosedIsRefused() {
        AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
        leave(never -> {
            say("GeneratorExit");
            thrown.set(thrownBy(never::await));
        });

        loop.close();

        Assumptions.assumeFalse(said().isEmpty(), "its loop is not ending it");
        assertThat(thrown.get())
                .as("what await() throws in a body that its loop is ending")
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("GeneratorExit");
    }

    /// Leaves a task at its await().
    ///
    /// @param atExit what the body does with a `GeneratorExit`; it is given what was awaited
    private Task<?> leave(Consumer<Promise<String>> atExit) {
        return run(() -> {
            Promise<String> never = loop.createPromise();
            Task<?> task =
                    Async.createTask(() -> {
                        try {
                            never.await();
                        } catch (GeneratorExit e) {
                            atExit.accept(never);
                            throw e;
                        }
                    });
            letItSuspend(task);
            return task;
        });
    }
}
