package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.FatalError;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.TaskFactory;
import dev.treadle.TaskOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// K1, tasks.
abstract class TaskRules extends Rules {

    TaskRules(SchedulerTck tck) {
        super(tck);
    }

    @Test
    @Requirement("K1.1")
    void aTaskNeverBeginsInsideTheCallThatCreatesIt() {
        run(() -> {
            Thread creating = Thread.currentThread();
            AtomicBoolean returned = new AtomicBoolean();
            AtomicBoolean inside = new AtomicBoolean();
            Task<?> task =
                    Async.createTask(() ->
                            inside.set(
                                    !returned.get()
                                            && (tck().confined()
                                                    || creating == Thread.currentThread())));
            returned.set(true);
            task.await();
            assertThat(inside.get())
                    .as("whether the body began before createTask returned")
                    .isFalse();
        });
    }

    @Test
    @Requirement("K1.2")
    void aTaskGivesTheResultOrTheVeryFailureOfItsBody() {
        RuntimeException failure = new IllegalArgumentException("no such page");

        run(() -> {
            assertThat(Async.createTask(() -> "page").await()).as("result").isEqualTo("page");
            Task<?> failing =
                    Async.createTask(() -> {
                        throw failure;
                    });
            assertThat(thrownBy(failing::await)).as("what awaiting throws").isSameAs(failure);
        });
    }

    @Test
    @Requirement("K1.3")
    void eachStepOfATaskSeesWhatTheStepsBeforeDid() {
        int steps = 1_000;
        int[] plain = {0};
        int counted =
                run(() -> {
                    for (int i = 0; i < steps; i++) {
                        Promise<Integer> next = loop.createPromise();
                        int seen = plain[0];
                        loop.callSoon(() -> next.complete(seen + 1));
                        plain[0] = next.await();
                    }
                    return plain[0];
                });

        assertThat(counted).as("a plain counter after %s steps", steps).isEqualTo(steps);
    }

    @Test
    @Requirement("K1.4")
    void tasksBeginInTheOrderInWhichTheyWereCreated() {
        Assumptions.assumeTrue(tck().confined(), "the order among tasks is open");
        run(() -> {
            List<Task<?>> tasks = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String line = "task " + i;
                tasks.add(Async.createTask(() -> say(line)));
            }
            Async.wait(tasks).await();
        });

        assertThat(said())
                .as("tasks in the order in which they began")
                .containsExactly("task 0", "task 1", "task 2", "task 3");
    }

    @Test
    @Requirement("K1.5")
    void betweenTwoAwaitsNothingElseOfTheLoopRuns() {
        Assumptions.assumeTrue(tck().confined(), "tasks run beside each other");
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        run(() -> {
            List<Task<?>> tasks = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                tasks.add(
                        Async.createTask(() -> {
                            for (int j = 0; j < 4; j++) {
                                inside.incrementAndGet();
                                meetAnother(inside);
                                most.accumulateAndGet(inside.getAndDecrement(), Math::max);
                                Async.yieldNow().await();
                            }
                        }));
            }
            Async.wait(tasks).await();
        });

        assertThat(most.get()).as("how many tasks ran at once, at most").isEqualTo(1);
    }

    @Test
    @Requirement("K1.6")
    void asManyTasksRunAtOnceAsIsPromised() {
        int promised = Math.min(tck().parallelism(), Runtime.getRuntime().availableProcessors());
        Assumptions.assumeTrue(promised > 1, "one task at a time");
        AtomicInteger here = new AtomicInteger();
        run(() -> {
            List<Task<?>> tasks = new ArrayList<>();
            for (int i = 0; i < promised; i++) {
                tasks.add(
                        Async.createTask(() -> {
                            here.incrementAndGet();
                            long deadline = endOfPatience();
                            while (here.get() < promised && System.nanoTime() < deadline) {
                                Thread.onSpinWait();
                            }
                            assertThat(here.get())
                                    .as("tasks that run at the same moment")
                                    .isEqualTo(promised);
                        }));
            }
            Async.gather(List.copyOf(tasks)).await();
        });
    }

    @Test
    @Requirement("K1.7")
    void givingUpControlLetsRunWhatIsReady() {
        Assumptions.assumeTrue(tck().confined(), "the order among tasks is open");
        run(() -> {
            loop.callSoonThreadsafe(saying("callback"));
            Async.createTask(() -> say("task"));
            Async.yieldNow().await();
            say("go on");
        });

        assertThat(said())
                .as("what ran before yieldNow() returned")
                .containsExactlyInAnyOrder("callback", "task", "go on")
                .endsWith("go on");
    }

    @Test
    @Requirement("K1.8")
    void aTaskKnowsItsLoopAndItself() {
        run(() -> {
            AtomicReference<@Nullable Task<?>> before = new AtomicReference<>();
            AtomicReference<@Nullable Task<?>> after = new AtomicReference<>();
            Task<EventLoop> task =
                    Async.createTask(() -> {
                        before.set(Async.currentTask());
                        Async.yieldNow().await();
                        after.set(Async.currentTask());
                        return EventLoop.running();
                    });
            assertThat(task.await()).as("EventLoop.running()").isSameAs(loop);
            assertThat(before.get()).as("current task").isSameAs(task);
            assertThat(after.get()).as("current task after a suspension").isSameAs(task);
            assertThat(task.loop()).as("the task's loop").isSameAs(loop);
        });
    }

    @Test
    @Requirement("K1.9")
    void aLoopTellsItsUnfinishedTasks() {
        run(() -> {
            Promise<String> gate = loop.createPromise();
            Task<?> main = Async.currentTask();
            Task<?> first = Async.createTask(() -> gate.await());
            Task<?> second = Async.createTask(() -> gate.await());
            assertThat(loop.tasks())
                    .as("unfinished tasks, oldest first")
                    .containsExactly(main, first, second);
            gate.complete("open");
            Async.wait(List.of(first, second)).await();
            assertThat(loop.tasks()).as("unfinished tasks").containsExactly(main);
        });
    }

    @Test
    @Requirement("K1.10")
    void aTaskHasTheNameItWasGivenOrANumberedOne() {
        run(() -> {
            Task<?> named =
                    loop.createTask(
                            Coroutine.of(() -> "named"), TaskOptions.defaults().withName("weaver"));
            Task<?> one = loop.createTask(Coroutine.of(() -> "one"));
            Task<?> two = loop.createTask(Coroutine.of(() -> "two"));
            assertThat(named.name()).as("given name").isEqualTo("weaver");
            assertThat(one.name()).as("numbered name").matches("Task-\\d+");
            assertThat(two.name()).as("another numbered name").isNotEqualTo(one.name());
            one.rename("renamed");
            assertThat(one.name()).as("name after rename").isEqualTo("renamed");
            Async.wait(List.of(named, one, two)).await();
        });
    }

    @Test
    @Requirement("K1.11")
    void aTaskCannotAwaitItself() {
        Throwable thrown =
                run(() -> {
                    Task<?> self = Async.currentTask();
                    return self == null ? null : thrownBy(self::await);
                });

        assertThat(thrown)
                .as("what awaiting oneself throws")
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    @Requirement("K1.12")
    void aFatalErrorOfATaskIsItsFailureAndLeavesTheRun() {
        FatalError fatal = new FatalError("out of order");
        Task<?> task =
                loop.createTask(
                        Coroutine.of(() -> {
                            throw fatal;
                        }));

        Throwable thrown = thrownBy(this::runUntilStopped);

        assertThat(thrown).as("what left runForever").isSameAs(fatal);
        assertThat(task.exception()).as("the task's failure").isSameAs(fatal);
    }

    @Test
    @Requirement("K1.13")
    void createTaskAsksTheTaskFactoryAndNewTaskDoesNot() {
        loop.taskFactory(
                new TaskFactory() {
                    @Override
                    public <T extends @Nullable Object> Task<T> createTask(
                            EventLoop asked, Coroutine<T> coroutine, TaskOptions options) {
                        return asked.newTask(coroutine, options.withName("by the factory"));
                    }
                });

        run(() -> {
            Task<?> created = loop.createTask(Coroutine.of(() -> "created"));
            Task<?> made = loop.newTask(Coroutine.of(() -> "made"), TaskOptions.defaults());
            assertThat(created.name()).as("name of a created task").isEqualTo("by the factory");
            assertThat(made.name()).as("name of a new task").isNotEqualTo("by the factory");
            Async.wait(List.of(created, made)).await();
        });
    }
}
