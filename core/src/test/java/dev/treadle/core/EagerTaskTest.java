package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Context;
import dev.treadle.ContextVar;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.ExceptionGroup;
import dev.treadle.FatalError;
import dev.treadle.Generator;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.TaskFactory;
import dev.treadle.TaskGroup;
import dev.treadle.TaskOptions;
import dev.treadle.TaskOptions.Start;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Tasks whose body begins inside the call that creates them.
@Tag("confined")
@NullUnmarked
class EagerTaskTest extends OnVirtualLoop {
    private static final TaskOptions EAGER = TaskOptions.eager();

    private <T> Task<T> eager(Coroutine.Body<T> body) {
        return Async.createTask(body, EAGER);
    }

    private Task<Void> eager(Coroutine.Action action) {
        return Async.createTask(action, EAGER);
    }

    @Nested
    class TheFirstStep {

        @Test
        void oneThatDoesNotSuspendIsDoneAtOnce() {
            run(() -> {
                Promise<String> promise = never();
                Task<?> task = eager(() -> promise.complete("by the eager step"));
                assertThat(task.isDone()).isTrue();
                assertThat(promise.await()).isEqualTo("by the eager step");
                assertThat(eager(() -> "value").await()).isEqualTo("value");
            });
        }

        @Test
        void oneThatSuspendsGivesControlBackToItsCreator() {
            run(() -> {
                Task<String> task =
                        eager(() -> {
                            say("first step");
                            sleep(10);
                            say("second step");
                            return "value";
                        });
                say("creator goes on");
                assertThat(task.isDone()).isFalse();
                assertThat(task.await()).isEqualTo("value");
            });

            assertThat(log).containsExactly("first step", "creator goes on", "second step");
        }

        @Test
        void nothingElseRunsMeanwhile() {
            run(() -> {
                loop.callSoon(saying("callback"));
                eager(() -> {
                    say("first step");
                    yieldNow();
                    say("second step");
                });
                say("creator");
                yieldTimes(2);
            });

            assertThat(log).containsExactly("first step", "creator", "callback", "second step");
        }

        @Test
        void theCreatorMayItselfBeEager() {
            run(() -> {
                Task<?> outer =
                        eager(() -> {
                            say("outer 1");
                            Task<?> inner =
                                    eager(() -> {
                                        say("inner 1 in " + self().name());
                                        yieldNow();
                                        say("inner 2 in " + self().name());
                                    });
                            self().rename("outer");
                            say("outer 2 in " + self().name());
                            inner.rename("inner");
                            yieldNow();
                            say("outer 3");
                            eager(() -> say("third"));
                            inner.await();
                        });
                say("creator");
                outer.await();
            });

            assertThat(log.get(1)).startsWith("inner 1 in Task-");
            assertThat(log)
                    .containsSubsequence(
                            "outer 1",
                            "outer 2 in outer",
                            "creator",
                            "inner 2 in inner",
                            "outer 3",
                            "third");
        }

        @Test
        void aCallbackMayCreateOne() {
            run(() -> {
                loop.callSoon(() -> {
                    Task<?> task =
                            loop.createTask(
                                    Coroutine.of(() -> {
                                        say("first step in " + self().name());
                                        yieldNow();
                                        say("second step");
                                    }),
                                    EAGER.withName("eager"));
                    assertThat(Async.currentTask()).isNull();
                    task.addDoneCallback(_ -> say("done"));
                    say("callback ends");
                });
                yieldTimes(5);
            });

            assertThat(log)
                    .containsExactly("first step in eager", "callback ends", "second step", "done");
        }

        @Test
        void aGeneratorThatATaskDrivesMayCreateOne() {
            run(() -> {
                Task<?> driver = self();
                Generator<Task<String>> generator =
                        Generator.of(y -> {
                            Task<String> task =
                                    eager(() -> {
                                        assertThat(self()).isNotSameAs(driver);
                                        say("first step");
                                        yieldNow();
                                        return "value";
                                    });
                            assertThat(self()).isSameAs(driver);
                            say("generator goes on");
                            y.yield(task);
                        });
                assertThat(generator.next().await()).isEqualTo("value");
                generator.close();
            });

            assertThat(log).containsExactly("first step", "generator goes on");
        }

        @Test
        void whileTheLoopStandsStillItIsLazy() {
            Task<String> task =
                    loop.createTask(
                            Coroutine.of(() -> {
                                say("body");
                                return "value";
                            }),
                            EAGER);
            assertThat(log).isEmpty();

            assertThat(loop.runUntilComplete(task)).isEqualTo("value");
        }

        @Test
        void aFailureIsTheTasks() {
            run(() -> {
                IllegalArgumentException failure = new IllegalArgumentException("x");
                Task<?> task =
                        eager(() -> {
                            throw failure;
                        });
                assertThat(task.isDone()).isTrue();
                assertThat(failureOf(task)).isSameAs(failure);
            });
        }

        @Test
        void aFatalErrorIsTheTasksAndLeavesTheCall() {
            FatalError fatal = new FatalError("enough");
            run(() -> {
                List<Task<?>> tasks = new ArrayList<>();
                assertThatThrownBy(() ->
                                eager(() -> {
                                    tasks.add(self());
                                    throw fatal;
                                }))
                        .isSameAs(fatal);
                assertThat(tasks.get(0).exception()).isSameAs(fatal);
            });
        }

        @Test
        void aFatalErrorOfALaterStepEndsTheRun() {
            FatalError fatal = new FatalError("enough");
            assertThatThrownBy(() ->
                            run(() -> {
                                eager(
                                                () -> {
                                                    yieldNow();
                                                    throw fatal;
                                                })
                                        .addDoneCallback(_ -> say("told"));
                                never().await();
                            }))
                    .isSameAs(fatal);
            runOneIteration();

            assertThat(log).containsExactly("told");
            takeProblems();
            loop.tasks().forEach(Task::cancel);
            runOneIteration();
            runOneIteration();
        }

        @Test
        void aBodyMayCancelItself() {
            run(() -> {
                Task<Integer> task =
                        eager(() -> {
                            self().cancel("by itself");
                            return 12;
                        });
                assertThat(task.isCancelled()).isTrue();
                assertThat(failureOf(task)).hasMessage("by itself");
            });
        }

        @Test
        void manyMayBeSuspendedAtOnce() {
            int sum =
                    run(() -> {
                        List<Task<Integer>> tasks = new ArrayList<>();
                        for (int i = 0; i < 1000; i++) {
                            int value = i;
                            tasks.add(
                                    eager(() -> {
                                        yieldNow();
                                        return value;
                                    }));
                        }
                        return Async.gather(tasks).await().stream().mapToInt(v -> v).sum();
                    });

            assertThat(sum).isEqualTo(499_500);
        }

        @Test
        void anInterruptOfTheCreatorStaysItsOwn() {
            run(() -> {
                Thread.currentThread().interrupt();
                Task<Boolean> task =
                        eager(() -> {
                            boolean seen = Thread.currentThread().isInterrupted();
                            yieldNow();
                            return seen;
                        });
                assertThat(Thread.interrupted()).isTrue();
                assertThat(task.await()).isFalse();
            });
        }
    }

    @Nested
    class WhoIsWho {

        @Test
        @Behaviour("EAG-02")
        void theTaskIsCurrentAndListedDuringTheStepAndTheCreatorAfterwards() {
            run(() -> {
                List<Task<?>> current = new ArrayList<>();
                List<Set<Task<?>>> all = new ArrayList<>();
                Task<?> creator = self();
                Task<?> done =
                        eager(() -> {
                            current.add(self());
                            all.add(Async.allTasks());
                        });
                assertThat(current).containsExactly(done);
                assertThat(all.get(0)).contains(done, creator);
                assertThat(self()).isSameAs(creator);
                assertThat(Async.allTasks()).containsExactly(creator);
            });
        }

        @Test
        @Behaviour("EAG-02")
        void oneThatSuspendedStaysListedAndItselfUntilItEnds() {
            run(() -> {
                Promise<Void> promise = never();
                List<Task<?>> current = new ArrayList<>();
                Task<?> creator = self();
                Task<?> task =
                        eager(() -> {
                            current.add(self());
                            promise.await();
                            current.add(self());
                        });
                assertThat(self()).isSameAs(creator);
                assertThat(Async.allTasks()).containsExactly(creator, task);
                promise.complete(null);
                task.await();
                assertThat(current).containsExactly(task, task);
                assertThat(Async.allTasks()).containsExactly(creator);
            });
        }

        @Test
        @Behaviour("EAG-03")
        void theStepRunsInACopyOfTheContextThatTheTaskKeeps() {
            ContextVar<Integer> variable = ContextVar.of("variable", 0);
            run(() -> {
                variable.set(1);
                Task<?> task =
                        eager(() -> {
                            assertThat(variable.get()).isEqualTo(1);
                            variable.set(2);
                            yieldNow();
                            assertThat(variable.get()).isEqualTo(2);
                            variable.set(3);
                        });
                assertThat(variable.get()).isEqualTo(1);
                task.await();
                assertThat(variable.get()).isEqualTo(1);
                assertThat(task.context().get(variable)).isEqualTo(3);
            });
        }

        @Test
        @Behaviour("EAG-03")
        void theCreatorIsBackInTheContextThatItHadEntered() {
            ContextVar<String> variable = ContextVar.of("variable", "none");
            run(() ->
                    Context.copyCurrent()
                            .run(() -> {
                                variable.set("entered");
                                eager(() -> {
                                    variable.set("inner");
                                    yieldNow();
                                });
                                assertThat(variable.get()).isEqualTo("entered");
                                yieldNow();
                                assertThat(variable.get()).isEqualTo("entered");
                                return null;
                            }));
        }
    }

    @Nested
    class Cancelling {

        @Test
        @Behaviour("EAG-04")
        void oneThatIsDoneCannotBeCancelled() {
            run(() -> {
                Task<String> task = eager(() -> "value");
                assertThat(task.cancel()).isFalse();
                assertThat(task.await()).isEqualTo("value");
                assertThat(task.isCancelled()).isFalse();
            });
        }

        @Test
        @Behaviour("EAG-04")
        void oneThatSuspendedIsCancelledWithItsMessage() {
            run(() -> {
                Task<?> task = eager(() -> sleep(100));
                assertThat(task.cancel("the message")).isTrue();
                assertThat(task.cancelling()).isEqualTo(1);
                assertThat(failureOf(task))
                        .isInstanceOfSatisfying(
                                CancelledError.class,
                                e -> assertThat(e.reason()).isEqualTo("the message"));
                assertThat(time.millis()).isZero();
            });
        }
    }

    @Nested
    class Factories {

        @Test
        @Behaviour("EAG-05")
        void anEagerFactoryIsOverruledForOneTask() {
            loop.taskFactory(TaskFactory.eager());
            run(() -> {
                assertThat(Async.createTask(() -> {}).isDone()).isTrue();
                Task<?> lazy =
                        Async.createTask(() -> {}, TaskOptions.defaults().withStart(Start.LAZY));
                assertThat(lazy.isDone()).isFalse();
                lazy.await();
            });
        }

        @Test
        @Behaviour("EAG-05")
        void aLazyLoopIsOverruledForOneTask() {
            run(() -> {
                assertThat(eager(() -> {}).isDone()).isTrue();
                Task<?> lazy = Async.createTask(() -> {});
                assertThat(lazy.isDone()).isFalse();
                lazy.await();
            });
        }

        private static <T> Task<T> named(
                EventLoop loop, Coroutine<T> coroutine, TaskOptions options) {
            return loop.newTask(coroutine, options.withName("made here"));
        }

        @Test
        @Behaviour("LOOP-17")
        void everyTaskOfTheLoopComesFromIt() {
            assertThat(loop.taskFactory()).isNull();
            TaskFactory factory = Factories::named;
            loop.taskFactory(factory);
            assertThat(loop.taskFactory()).isSameAs(factory);
            run(() -> {
                say(self().name());
                say(Async.createTask(() -> self().name()).await());
                say(Async.gather(Coroutine.of(() -> self().name())).await().get(0));
                TaskGroup.run(group ->
                                group.createTask(
                                        () -> say(self().name()), TaskOptions.named("mine")))
                        .await();
                loop.taskFactory(null);
                say(Async.createTask(() -> self().name(), TaskOptions.named("mine")).await());
            });

            assertThat(log)
                    .containsExactly("made here", "made here", "made here", "made here", "mine");
        }

        private static <T> Task<T> refusing(
                EventLoop loop, Coroutine<T> coroutine, TaskOptions options) {
            throw new IllegalStateException("no tasks today");
        }

        @Test
        void whatItThrowsIsThrownAndTheCoroutineClosed() {
            Coroutine<String> coroutine = Coroutine.of(() -> "value");
            run(() -> {
                loop.taskFactory(Factories::refusing);
                assertThatThrownBy(() -> Async.createTask(coroutine)).hasMessage("no tasks today");
                assertThat(failureOf(coroutine)).hasMessageContaining("cannot reuse");
                loop.taskFactory(null);
            });
        }

        @Test
        void aRunWithAnEagerFactoryIsOrdinaryOtherwise() {
            loop.taskFactory(TaskFactory.eager());
            run(() -> {
                assertThat(Async.gather(Coroutine.of(() -> 1), Coroutine.of(() -> 2)).isDone())
                        .isTrue();
                List<Integer> slow =
                        Async.gather(
                                        Async.sleep(ms(20), 1),
                                        Async.sleep(ms(10), 2),
                                        Coroutine.of(() -> 3))
                                .await();
                assertThat(slow).containsExactly(1, 2, 3);
                assertThat(Async.waitFor(Async.sleep(ms(1), 4), ms(5)).await()).isEqualTo(4);
                assertThat(recursive(4)).isEqualTo(625);
            });
        }

        /// 5 to the power of `depth`, by as many tasks.
        private int recursive(int depth) {
            if (depth == 0) {
                return 1;
            }
            List<Coroutine<Integer>> children = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                children.add(Coroutine.of(() -> recursive(depth - 1)));
            }
            return Async.gather(children).await().stream().mapToInt(n -> n).sum();
        }

        @Test
        void fromAnotherThreadTasksStartEagerlyOnTheLoop() {
            loop.taskFactory(TaskFactory.eager());
            CountDownLatch running = new CountDownLatch(1);
            Foreign<String> foreign =
                    onForeignThread(() -> {
                        running.await();
                        return Async.runCoroutineThreadsafe(Coroutine.of(() -> "value"), loop)
                                .get();
                    });
            run(() -> {
                Promise<Void> over = never();
                Async.toThread(
                                () -> {
                                    running.countDown();
                                    return foreign.join();
                                })
                        .await();
                over.cancel();
            });

            assertThat(foreign.join()).isEqualTo("value");
        }
    }

    @Nested
    class InAGroup {

        @Test
        @Behaviour("TG-18")
        void aChildThatFailsAtOnceCancelsItsCreatorAtASuspensionOnly() {
            run(() -> {
                Throwable thrown =
                        failureOf(
                                TaskGroup.run(group -> {
                                    group.createTask(
                                            () -> {
                                                throw new IllegalArgumentException("child");
                                            },
                                            EAGER);
                                    say("after the call");
                                    try {
                                        yieldTimes(3);
                                        say("not cancelled");
                                    } finally {
                                        say("body ended");
                                    }
                                }));
                assertThat(thrown)
                        .isInstanceOfSatisfying(
                                ExceptionGroup.class,
                                group ->
                                        assertThat(group.exceptions())
                                                .singleElement()
                                                .satisfies(e -> assertThat(e).hasMessage("child")));
            });

            assertThat(log).containsExactly("after the call", "body ended");
        }

        @Test
        @Behaviour("TG-01")
        void childrenThatEndAtOnceAreDone() {
            run(() -> {
                List<Task<Integer>> children = new ArrayList<>();
                TaskGroup.run(
                                group -> {
                                    children.add(group.createTask(() -> 1, EAGER));
                                    children.add(
                                            group.createTask(
                                                    () -> Async.sleep(ms(5), 2).await(), EAGER));
                                })
                        .await();
                assertThat(children).extracting(Task::result).containsExactly(1, 2);
            });
        }
    }

    /// Trees of tasks, 1 + 5 + 25 + 125 + 625 of them.
    @Nested
    class InGreatNumbers {
        private static final int WIDTH = 5;
        private static final int DEPTH = 4;
        private int created;

        private void groups(int depth) {
            if (depth > 0) {
                TaskGroup.run(
                                group -> {
                                    for (int i = 0; i < WIDTH; i++) {
                                        group.createTask(() -> groups(depth - 1));
                                    }
                                })
                        .await();
            }
        }

        private void gatherings(int depth) {
            if (depth > 0) {
                List<Coroutine<?>> members = new ArrayList<>();
                for (int i = 0; i < WIDTH; i++) {
                    members.add(Coroutine.of(() -> gatherings(depth - 1)));
                }
                Async.gather(members).await();
            }
        }

        private int iterationsOf(Coroutine.Action tree) {
            int[] taken = {-1};
            run(() -> {
                try (Iterations iterations = iterations()) {
                    yieldNow();
                    int before = iterations.count();
                    tree.run();
                    taken[0] = iterations.count() - before;
                }
            });
            return taken[0];
        }

        private void countTasks(TaskOptions.Start start) {
            loop.taskFactory(
                    new TaskFactory() {
                        @Override
                        public <T> Task<T> createTask(
                                EventLoop owner, Coroutine<T> coroutine, TaskOptions options) {
                            created++;
                            return owner.newTask(coroutine, options.withStart(start));
                        }
                    });
        }

        @Test
        void thatDoNotSuspendTakeNoTurnOfTheLoopIfTheyAreGathered() {
            countTasks(TaskOptions.Start.EAGER);

            assertThat(iterationsOf(() -> gatherings(DEPTH))).isZero();
            assertThat(created).isEqualTo(1 + 780);
        }

        @Test
        void inGroupsTheyEndToo() {
            countTasks(TaskOptions.Start.EAGER);

            iterationsOf(() -> groups(DEPTH));

            assertThat(created).isEqualTo(1 + 780);
            assertThat(loop.tasks()).isEmpty();
        }

        @Test
        void thatAreLazyTakeATurnForEachLevelAtLeast() {
            countTasks(TaskOptions.Start.LAZY);

            assertThat(iterationsOf(() -> groups(DEPTH))).isGreaterThanOrEqualTo(DEPTH);
            assertThat(created).isEqualTo(1 + 780);
        }
    }
}
