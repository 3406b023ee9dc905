package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop.Problem;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.TaskGroup;
import dev.treadle.TaskOptions;
import dev.treadle.sync.Lock;
import dev.treadle.usercode.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@NullUnmarked
class DeadlockTest extends OnVirtualLoop {

    private Task<Object> spawn(String name, Coroutine.Body<Object> body) {
        return loop.createTask(Coroutine.of(body), TaskOptions.named(name));
    }

    /// Tasks each of which awaits the next, and the last the first.
    private List<Task<Object>> circle(int size) {
        List<Task<Object>> tasks = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            int next = (i + 1) % size;
            tasks.add(
                    spawn(
                            "task " + i,
                            () -> {
                                try {
                                    return tasks.get(next).await();
                                } catch (CancelledError e) {
                                    say("task " + tasks.indexOf(self()) + " " + e.getMessage());
                                    throw e;
                                }
                            }));
        }
        runOneIteration();
        return tasks;
    }

    @Tag("confined")
    @Nested
    class CancellingOneOfACircle {

        @Test
        void endsThemAll() {
            List<Task<Object>> tasks = circle(3);

            assertThat(tasks.get(1).cancel("enough")).isTrue();
            for (int i = 0; i < 4; i++) {
                runOneIteration();
            }

            assertThat(tasks).allMatch(Task::isCancelled);
            assertThat(log).containsExactly("task 1 enough", "task 0 enough", "task 2 enough");
            assertThat(tasks).allMatch(task -> task.cancelling() == 1);
        }

        @Test
        void endsThemAllAlsoThroughAGathering() {
            List<Task<Object>> tasks = new ArrayList<>();
            tasks.add(spawn("a", () -> Async.gather(List.of(tasks.get(1))).await()));
            tasks.add(spawn("b", () -> tasks.get(0).await()));
            runOneIteration();

            tasks.get(0).cancel();
            for (int i = 0; i < 4; i++) {
                runOneIteration();
            }

            assertThat(tasks).allMatch(Task::isCancelled);
        }

        @Test
        void canBeRefused() {
            List<Task<Object>> tasks = new ArrayList<>();
            tasks.add(
                    spawn(
                            "a",
                            () -> {
                                try {
                                    return tasks.get(1).await();
                                } catch (CancelledError e) {
                                    return "refused";
                                }
                            }));
            tasks.add(spawn("b", () -> tasks.get(0).await()));
            runOneIteration();

            tasks.get(0).cancel();

            assertThat(loop.runUntilComplete(tasks.get(1))).isEqualTo("refused");
        }
    }

    @Nested
    class InDebugMode {

        @BeforeEach
        void debug() {
            loop.debug(true);
            loop.slowCallback(Duration.ofDays(1));
        }

        /// Lets the loop come to rest, and takes what it reported.
        private List<Problem> problemsAtRest() {
            try (var _ = time.expectForeign()) {
                loop.exceptionHandler((_, problem) -> {
                    problems.add(problem);
                    loop.stop();
                });
                loop.runForever();
            }
            return problems;
        }

        private final List<Problem> problems = new ArrayList<>();

        private void endAll(List<Task<Object>> tasks) {
            tasks.get(0).cancel();
            run(() -> Async.wait(tasks).await());
            assertThat(tasks).allMatch(Task::isDone);
        }

        @Tag("confined")
        @Test
        void aCircleIsReportedWithItsTasksAndWhereTheyStand() {
            List<Task<Object>> tasks = new ArrayList<>();
            tasks.add(spawn("a", () -> Work.awaitHere(tasks.get(1))));
            tasks.add(spawn("b", () -> Work.awaitHere(tasks.get(2))));
            tasks.add(spawn("c", () -> Work.awaitHere(tasks.get(0))));
            spawn("bystander", () -> Work.awaitHere(tasks.get(0)));

            List<Problem> reported = problemsAtRest();

            assertThat(reported)
                    .singleElement()
                    .satisfies(problem -> {
                        assertThat(problem.message())
                                .startsWith(
                                        "deadlock: a → b → c → a: each of these tasks awaits the next")
                                .contains("at dev.treadle.usercode.Work.awaitHere(");
                        assertThat(problem.future()).isSameAs(tasks.get(0));
                    });
            endAll(tasks);
        }

        @Tag("confined")
        @Test
        void aCircleThroughAGatheringIsReported() {
            List<Task<Object>> tasks = new ArrayList<>();
            tasks.add(
                    spawn(
                            "a",
                            () -> {
                                Work.waitHere(List.of(tasks.get(1)));
                                return null;
                            }));
            tasks.add(
                    spawn(
                            "b",
                            () -> {
                                Work.gatherHere(List.of(tasks.get(0)));
                                return null;
                            }));

            assertThat(problemsAtRest())
                    .singleElement()
                    .satisfies(problem ->
                            assertThat(problem.message()).startsWith("deadlock: a → b → a"));
            endAll(tasks);
        }

        @Tag("confined")
        @Test
        void aCircleThroughLocksIsReported() {
            Lock one = new Lock();
            Lock other = new Lock();
            List<Task<Object>> tasks =
                    List.of(
                            spawn("a", () -> takeBoth(one, other)),
                            spawn("b", () -> takeBoth(other, one)));

            assertThat(problemsAtRest())
                    .singleElement()
                    .satisfies(problem ->
                            assertThat(problem.message())
                                    .startsWith(
                                            "deadlock: a → b → a: each of these tasks awaits the next, or what it holds, and none can go on unless its wait is ended from outside\n")
                                    .contains("* Task[b, pending, awaits what task a holds]")
                                    .contains("* Task[a, pending, awaits what task b holds]")
                                    .contains("at dev.treadle.usercode.Work.awaitHere("));
            endAll(tasks);
            assertThat(one.isLocked() || other.isLocked()).isFalse();
        }

        private Object takeBoth(Lock first, Lock second) {
            try (var _ = first.acquire().await()) {
                yieldNow();
                try (var _ = Work.awaitHere(second.acquire())) {
                    return "both";
                }
            }
        }

        @Test
        void oneWhoAwaitsALockThatItHoldsIsReported() {
            Lock lock = new Lock();
            List<Task<Object>> tasks = List.of(spawn("a", () -> takeBoth(lock, lock)));

            assertThat(problemsAtRest())
                    .singleElement()
                    .satisfies(problem ->
                            assertThat(problem.message()).startsWith("deadlock: a → a: "));
            endAll(tasks);
        }

        @Test
        void aCircleThroughAGroupAndALockIsReported() {
            Lock lock = new Lock();
            List<Task<Object>> tasks =
                    List.of(
                            spawn(
                                    "owner",
                                    () -> {
                                        try (var _ = lock.acquire().await()) {
                                            return TaskGroup.run(
                                                            group -> {
                                                                Work.createIn(
                                                                        group,
                                                                        "child",
                                                                        () ->
                                                                                lock.acquire()
                                                                                        .await());
                                                            })
                                                    .await();
                                        }
                                    }));

            assertThat(problemsAtRest())
                    .singleElement()
                    .satisfies(problem ->
                            assertThat(problem.message())
                                    .containsPattern(
                                            "deadlock: (owner → child → owner|child → owner → child): ")
                                    .contains(
                                            "* Task[child, pending, awaits what task owner holds]"));
            endAll(tasks);
        }

        @Test
        void aCircleOfBeforeIsReportedAlsoIfTheLoopIsAtRestAlready() {
            loop.debug(false);
            Lock lock = new Lock();
            List<Task<Object>> tasks = List.of(spawn("a", () -> takeBoth(lock, lock)));
            Task<?> onlooker =
                    spawn(() ->
                            onForeignThread(() -> {
                                loop.debug(true);
                                return null;
                            }));

            assertThat(problemsAtRest())
                    .singleElement()
                    .satisfies(problem ->
                            assertThat(problem.message()).startsWith("deadlock: a → a: "));
            assertThat(onlooker.isDone()).isTrue();
            endAll(tasks);
        }

        @Test
        void whoJoinsThoseWhoWaitIsNotReportedNorAreTheyAgain() {
            Lock lock = new Lock();
            List<Task<Object>> tasks = List.of(spawn("a", () -> takeBoth(lock, lock)));
            problemsAtRest();

            run(() -> {
                Task<?> other = Work.create("b", () -> lock.acquire().await());
                sleep(1);
                other.cancel();
            });

            assertThat(problems).hasSize(1);
            endAll(tasks);
        }

        @Test
        void whoWaitsForALockOfOneThatGoesOnIsNot() {
            Lock lock = new Lock();
            List<Problem> reported = new ArrayList<>();
            loop.exceptionHandler((_, problem) -> reported.add(problem));

            run(() -> {
                Task<Object> slow =
                        spawn(
                                "slow",
                                () -> {
                                    try (var _ = lock.acquire().await()) {
                                        sleep(5);
                                        return "done";
                                    }
                                });
                settle();
                try (var _ = lock.acquire().await()) {
                    assertThat(slow.isDone()).isTrue();
                }
            });

            assertThat(reported).isEmpty();
        }

        @Test
        void aCircleIsReportedOnceAndWhileOthersSleep() {
            List<Task<Object>> tasks = circle(2);
            List<Problem> reported = new ArrayList<>();
            loop.exceptionHandler((_, problem) -> reported.add(problem));

            run(() -> {
                sleep(1);
                sleep(1);
            });

            assertThat(reported).hasSize(1);
            endAll(tasks);
        }

        @Tag("confined")
        @Test
        void aCircleIsFoundAmongManyThatHaveGoneOn() {
            List<Task<Object>> tasks = new ArrayList<>();
            List<Problem> reported = new ArrayList<>();
            loop.exceptionHandler((_, problem) -> reported.add(problem));
            run(() -> {
                tasks.add(Work.create("a", () -> Work.awaitHere(tasks.get(1))));
                tasks.add(Work.create("b", () -> Work.awaitHere(tasks.get(0))));
                for (int i = 0; i < 5000; i++) { // the loop is never idle meanwhile
                    Promise<Object> promise = never();
                    Task<Object> task = Work.create("other", () -> promise.await());
                    yieldNow();
                    promise.complete("x");
                    task.await();
                }
                assertThat(reported).isEmpty();
                sleep(1);
            });

            assertThat(reported).hasSize(1);
            endAll(tasks);
        }

        @Test
        void tasksThatWaitForSomethingElseAreNot() {
            Promise<Object> promise = never();
            Task<Object> leaf = spawn("leaf", () -> promise.await());
            spawn("one", () -> Work.awaitHere(leaf));
            Task<Object> last =
                    spawn(
                            "two",
                            () -> {
                                Work.gatherHere(List.of(leaf, leaf));
                                return null;
                            });

            run(() -> sleep(1));

            promise.complete("x");
            loop.runUntilComplete(last);
        }
    }
}
