package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Coroutine;
import dev.treadle.Promise;
import dev.treadle.Task;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// K2, cancelling tasks.
abstract class CancelRules extends Rules {

    CancelRules(SchedulerTck tck) {
        super(tck);
    }

    @Test
    @Requirement("K2.1")
    void aTaskThatIsCancelledBeforeItBeginsNeverRuns() {
        Coroutine<@Nullable Void> body = Coroutine.of(() -> say("ran"));
        Task<@Nullable Void> task = loop.<@Nullable Void>createTask(body);

        boolean requested = task.cancel();
        run(() -> Async.wait(Set.of(task)).await());

        assertThat(requested).as("what cancel() returned").isTrue();
        assertThat(said()).as("what the body did").isEmpty();
        assertThat(task.isCancelled()).as("isCancelled").isTrue();
    }

    @Test
    @Requirement("K2.2")
    void cancellingCancelsWhatIsAwaitedAndThrowsThere() {
        run(() -> {
            Promise<String> awaited = loop.createPromise();
            AtomicReference<@Nullable CancelledError> seen = new AtomicReference<>();
            Task<?> task =
                    Async.createTask(() -> {
                        try {
                            awaited.await();
                        } catch (CancelledError e) {
                            seen.set(e);
                            throw e;
                        }
                    });
            letItSuspend(task);
            task.cancel("enough");
            assertThat(thrownBy(task::await))
                    .as("what awaiting the cancelled task throws")
                    .isInstanceOf(CancelledError.class);
            assertThat(awaited.isCancelled()).as("isCancelled of what was awaited").isTrue();
            CancelledError error = seen.get();
            assertThat(error).as("what await() threw in the task").isNotNull();
            assertThat(error == null ? null : error.reason())
                    .as("the message of the CancelledError")
                    .isEqualTo("enough");
            assertThat(task.isCancelled()).as("isCancelled of the task").isTrue();
        });
    }

    @Test
    @Requirement("K2.3")
    void aTaskThatAwaitsNothingIsCancelledAtItsNextAwait() {
        run(() -> {
            Task<?> self = Async.currentTask();
            assertThat(self).isNotNull();
            if (self != null) {
                self.cancel("yourself");
                Throwable thrown = thrownBy(() -> loop.createPromise().await());
                self.uncancel();
                assertThat(thrown)
                        .as("what the next await() of a cancelled task throws")
                        .isInstanceOfSatisfying(
                                CancelledError.class,
                                e -> assertThat(e.reason()).isEqualTo("yourself"));
            }
        });
    }

    @Test
    @Requirement("K2.4")
    void requestsAreCountedAndCanBeWithdrawn() {
        run(() -> {
            Promise<String> gate = loop.createPromise();
            Task<String> task = Async.createTask(() -> refusing(gate));
            letItSuspend(task);
            assertThat(task.cancelling()).as("requests of a new task").isZero();
            task.cancel();
            task.cancel();
            assertThat(task.cancelling()).as("requests after two").isEqualTo(2);
            assertThat(task.uncancel()).as("requests after one was withdrawn").isEqualTo(1);
            assertThat(task.uncancel()).as("requests after both were withdrawn").isZero();
            assertThat(task.uncancel()).as("requests are never below 0").isZero();
            gate.complete("after all");
            assertThat(task.await()).as("result of the task").isEqualTo("after all");
        });
    }

    @Test
    @Requirement("K2.5")
    void aBodyThatSwallowsTheErrorGoesOn() {
        String result =
                run(() -> {
                    Promise<String> never = loop.createPromise();
                    Task<String> task =
                            Async.createTask(() -> {
                                try {
                                    return never.await();
                                } catch (CancelledError e) {
                                    Async.yieldNow().await();
                                    return "went on";
                                }
                            });
                    letItSuspend(task);
                    task.cancel();
                    return task.await();
                });

        assertThat(result).as("the result of a task that refused").isEqualTo("went on");
    }

    @Test
    @Requirement("K2.6")
    void aForeignThreadIsRefused() {
        run(() -> {
            Promise<String> gate = loop.createPromise();
            Task<?> task = Async.createTask(() -> gate.await());
            inBackground(() ->
                            assertThat(thrownBy(task::cancel))
                                    .as("cancel() on a foreign thread while the loop runs")
                                    .isInstanceOf(IllegalStateException.class)
                                    .hasMessageContaining("callSoonThreadsafe"))
                    .join("cancel() was refused");
            gate.complete("open");
            task.await();
        });
    }

    @Test
    @Requirement("K2.7")
    void aBodyThatCancelsItselfAndReturnsEndsCancelled() {
        run(() -> {
            Task<?> task =
                    Async.createTask(() -> {
                        Task<?> self = Async.currentTask();
                        if (self != null) {
                            self.cancel();
                        }
                    });
            Async.wait(Set.of(task)).await();
            assertThat(task.isCancelled()).as("isCancelled").isTrue();
        });
    }

    @Test
    @Requirement("K2.8")
    void aTaskThatIsDoneIsNotCancelled() {
        run(() -> {
            Task<String> task = Async.createTask(() -> "done");
            task.await();
            assertThat(task.cancel()).as("what cancel() of a done task returned").isFalse();
            assertThat(task.cancelling()).as("requests to a done task").isZero();
            assertThat(task.result()).as("result of the task").isEqualTo("done");
        });
    }

    @Test
    @Requirement("K2.9")
    void aRequestReachesATaskThatIsAboutToGoOn() {
        Assumptions.assumeTrue(tck().confined(), "the task may have gone on already");
        run(() -> {
            Promise<String> gate = loop.createPromise();
            Task<String> task = Async.createTask(() -> gate.await());
            letItSuspend(task);
            gate.complete("open");
            task.cancel();
            assertThat(thrownBy(task::await))
                    .as("what awaiting the task throws that was cancelled at the last moment")
                    .isInstanceOf(CancelledError.class);
        });
    }

    /// Waits until a gate is open, whatever cancellations arrive.
    private String refusing(Promise<String> gate) {
        while (true) {
            Promise<String> opened = loop.createPromise();
            gate.addDoneCallback(_ -> opened.tryComplete(gate.result()));
            try {
                return opened.await();
            } catch (CancelledError e) {
                say("refused");
            }
        }
    }
}
