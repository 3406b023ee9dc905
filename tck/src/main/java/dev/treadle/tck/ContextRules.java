package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.Context;
import dev.treadle.ContextVar;
import dev.treadle.Coroutine;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.TaskOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// X1, contexts.
abstract class ContextRules extends Rules {
    private final ContextVar<String> variable = ContextVar.of("tck", "unset");

    ContextRules(SchedulerTck tck) {
        super(tck);
    }

    @Test
    @Requirement("X1.1")
    void aTaskRunsInACopyOfItsCreatorsContext() {
        run(() -> {
            variable.set("creator");
            Task<String> task =
                    Async.createTask(() -> {
                        String seen = variable.get();
                        variable.set("task");
                        return seen;
                    });
            variable.set("changed since");
            assertThat(task.await()).as("what the task saw").isEqualTo("creator");
            assertThat(variable.get())
                    .as("what the creator sees of what the task set")
                    .isEqualTo("changed since");
        });
    }

    @Test
    @Requirement("X1.2")
    void aCallbackSeesWhatWasSetWhenItWasRegistered() {
        run(() -> {
            variable.set("registered");
            var seen = loop.<String>createPromise();
            loop.callSoon(() -> seen.complete(variable.get()));
            variable.set("changed since");
            assertThat(seen.await()).as("what the callback saw").isEqualTo("registered");
        });
    }

    @Test
    @Requirement("X1.3")
    void aGivenContextIsUsedAsItIs() {
        Context given = Context.empty();

        run(() -> {
            loop.<@Nullable Void>createTask(
                            Coroutine.of(() -> {
                                variable.set("by the task");
                            }),
                            TaskOptions.defaults().withContext(given))
                    .await();
            assertThat(given.get(variable))
                    .as("what is set in the context that was given to the task")
                    .isEqualTo("by the task");
        });
        loop.callSoon(
                () -> {
                    variable.set("by the callback");
                },
                given);
        runOnce();

        assertThat(given.get(variable))
                .as("what is set in the context that was given to the callback")
                .isEqualTo("by the callback");
    }

    @Test
    @Requirement("X1.4")
    void aContextGoesWithItsTaskWhereverThatGoesOn() {
        run(() -> {
            Task<?> other =
                    loop.<@Nullable Void>createTask(
                            Coroutine.of(() -> {
                                variable.set("other");
                                for (int i = 0; i < 3; i++) {
                                    Async.yieldNow().await();
                                }
                            }),
                            TaskOptions.defaults().withContext(Context.empty()));
            variable.set("outer");
            Context inner = Context.copyCurrent();
            String seen =
                    inner.run(() -> {
                        variable.set("inner");
                        Async.yieldNow().await();
                        return variable.get();
                    });
            assertThat(seen)
                    .as("what is seen after an await inside Context.run")
                    .isEqualTo("inner");
            Async.yieldNow().await();
            assertThat(variable.get()).as("what is seen after that").isEqualTo("outer");
            other.await();
        });
    }

    @Test
    @Requirement("X1.5")
    void aDoneCallbackSeesWhatWasSetWhenItWasAdded() {
        run(() -> {
            variable.set("added");
            Promise<String> awaited = loop.createPromise();
            Promise<String> seen = loop.createPromise();
            awaited.addDoneCallback(_ -> seen.complete(variable.get()));
            variable.set("changed since");
            awaited.complete("done");
            assertThat(seen.await()).as("what the done-callback saw").isEqualTo("added");
        });
    }
}
