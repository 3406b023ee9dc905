package dev.treadle.core.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.ContextVar;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.Generator;
import dev.treadle.Generator.State;
import dev.treadle.GeneratorExit;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.core.TestLoops;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Generators that coroutines drive: their bodies may await as the coroutine itself may.
class GeneratorInCoroutineTest {
    private final List<@Nullable Object> log = new ArrayList<>();

    /// Runs a coroutine on a loop of its own.
    private static <T extends @Nullable Object> T onLoop(Coroutine.Body<T> body) {
        try (EventLoop loop = TestLoops.virtual()) {
            return loop.runUntilComplete(Coroutine.of(body));
        }
    }

    /// Yields 1 to 3, giving control to other tasks before each.
    private static Generator<Integer> polite() {
        return Generator.of(y -> {
            for (int i = 1; i <= 3; i++) {
                Async.yieldNow().await();
                y.yield(i);
            }
        });
    }

    private static List<Integer> pull(Generator<Integer> generator) {
        List<Integer> seen = new ArrayList<>();
        while (generator.hasNext()) {
            seen.add(generator.next());
        }
        return seen;
    }

    @Nested
    class WhenTheBodyAwaits {
        @Test
        void theDriversTaskIsSuspendedAndOthersRun() {
            onLoop(() -> {
                Task<?> other =
                        Async.createTask(() -> {
                            for (int i = 0; i < 3; i++) {
                                log.add("other");
                                Async.yieldNow().await();
                            }
                        });
                Generator<Integer> generator = polite();
                while (generator.hasNext()) {
                    log.add(generator.next());
                }
                other.await();
                return null;
            });

            assertThat(log).containsExactly("other", 1, "other", 2, "other", 3);
        }

        @Test
        void pushModeDoesTheSame() {
            onLoop(() -> {
                Task<?> other =
                        Async.createTask(() -> {
                            for (int i = 0; i < 3; i++) {
                                log.add("other");
                                Async.yieldNow().await();
                            }
                        });
                polite().forEach(log::add);
                other.await();
                return null;
            });

            assertThat(log).containsExactly("other", 1, "other", 2, "other", 3);
        }

        @Test
        void aPromiseThatAnotherTaskCompletesResumesIt() {
            String value =
                    onLoop(() -> {
                        Promise<String> promise = EventLoop.running().createPromise();
                        Generator<String> generator =
                                Generator.of(y -> {
                                    y.yield("first");
                                    y.yield(promise.await());
                                });
                        log.add(generator.next());
                        EventLoop.running().callSoon(() -> promise.complete("from outside"));
                        String second = generator.next();
                        generator.close();
                        return second;
                    });

            assertThat(log).containsExactly("first");
            assertThat(value).isEqualTo("from outside");
        }

        @Test
        void sleepingWorks() {
            List<Integer> seen =
                    onLoop(() ->
                            pull(
                                    Generator.of(y -> {
                                        Async.sleep(Duration.ofMillis(1)).await();
                                        y.yield(1);
                                        Async.sleep(Duration.ZERO).await();
                                        y.yield(2);
                                    })));

            assertThat(seen).containsExactly(1, 2);
        }

        @Test
        void aFailureOfWhatItAwaitsIsTheBodysToCatch() {
            IllegalArgumentException failure = new IllegalArgumentException("x");
            List<Integer> seen =
                    onLoop(() ->
                            pull(
                                    Generator.of(y -> {
                                        Task<Object> failing =
                                                Async.createTask(() -> {
                                                    throw failure;
                                                });
                                        try {
                                            failing.await();
                                        } catch (IllegalArgumentException e) {
                                            log.add(e);
                                        }
                                        y.yield(1);
                                    })));

            assertThat(seen).containsExactly(1);
            assertThat(log).containsExactly(failure);
        }

        @Test
        void delegationAwaitsThroughAllLevels() {
            List<Integer> seen =
                    onLoop(() ->
                            pull(
                                    Generator.of(y -> {
                                        Async.yieldNow().await();
                                        y.yieldFrom(
                                                Generator.<Integer>of(z -> z.yieldFrom(polite())));
                                        y.yield(4);
                                    })));

            assertThat(seen).containsExactly(1, 2, 3, 4);
        }

        @Test
        void cancellingTheDriversTaskReachesTheBody() {
            onLoop(() -> {
                Promise<String> never = EventLoop.running().createPromise();
                Generator<Integer> generator =
                        Generator.of(y -> {
                            try {
                                never.await();
                            } catch (CancelledError e) {
                                log.add("body cancelled");
                                throw e;
                            }
                            y.yield(1);
                        });
                Task<Integer> driver = Async.createTask(generator::next);
                Async.yieldNow().await();
                log.add(generator.state());
                driver.cancel();
                assertThatThrownBy(driver::await).isInstanceOf(CancelledError.class);
                log.add(generator.state());
                return null;
            });

            assertThat(log).containsExactly(State.RUNNING, "body cancelled", State.CLOSED);
        }

        @Test
        void aSecondTaskIsRefusedMeanwhile() {
            onLoop(() -> {
                Promise<String> gate = EventLoop.running().createPromise();
                Generator<String> generator = Generator.of(y -> y.yield(gate.await()));
                Task<String> driver = Async.createTask(generator::next);
                Async.yieldNow().await();

                assertThatThrownBy(generator::next)
                        .isExactlyInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("already executing");
                gate.complete("done");
                log.add(driver.await());
                generator.close();
                return null;
            });

            assertThat(log).containsExactly("done");
        }

        @Test
        void cleanUpMayAwaitWhileItIsClosed() {
            onLoop(() -> {
                Generator<Integer> generator =
                        Generator.of(y -> {
                            try {
                                y.yield(1);
                            } catch (GeneratorExit e) {
                                Async.yieldNow().await();
                                log.add("cleaned up");
                                throw e;
                            }
                        });
                generator.next();
                generator.close();
                return null;
            });

            assertThat(log).containsExactly("cleaned up");
        }
    }

    @Nested
    class WhoseTask {
        @Test
        void theBodyRunsInTheTaskOfItsDriver() {
            onLoop(() -> {
                Generator<@Nullable Task<?>> generator =
                        Generator.of(y -> {
                            while (true) {
                                y.yield(Async.currentTask());
                            }
                        });
                Task<Boolean> one = Async.createTask(() -> generator.next() == Async.currentTask());
                Task<Boolean> other =
                        Async.createTask(() -> generator.next() == Async.currentTask());
                log.add(one.await());
                log.add(other.await());
                log.add(generator.next() == Async.currentTask());
                generator.close();
                return null;
            });

            assertThat(log).containsExactly(true, true, true);
        }

        @Test
        void theBodyRunsOnTheLoopOfItsDriver() {
            Generator<EventLoop> generator =
                    Generator.of(y -> {
                        while (true) {
                            y.yield(EventLoop.running());
                        }
                    });

            boolean first = onLoop(() -> generator.next() == EventLoop.running());
            boolean second = onLoop(() -> generator.next() == EventLoop.running());

            assertThat(List.of(first, second)).containsExactly(true, true);
            generator.close();
        }

        @Test
        void theBodySeesTheContextOfEachTaskThatDrivesIt() {
            ContextVar<String> user = ContextVar.of("user", "nobody");
            Generator<String> generator =
                    Generator.of(y -> {
                        while (true) {
                            Async.yieldNow().await();
                            y.yield(user.get());
                        }
                    });
            onLoop(() -> {
                for (String name : List.of("ada", "bob")) {
                    log.add(
                            Async.createTask(
                                            () -> {
                                                user.set(name);
                                                return generator.next();
                                            })
                                    .await());
                }
                log.add(generator.next());
                generator.close();
                return null;
            });

            assertThat(log).containsExactly("ada", "bob", "nobody");
        }

        @Test
        void theBodyMayCreateTasks() {
            List<Integer> seen =
                    onLoop(() ->
                            pull(
                                    Generator.of(y -> {
                                        Task<Integer> task = Async.createTask(() -> 5);
                                        y.yield(task.await());
                                    })));

            assertThat(seen).containsExactly(5);
        }
    }

    @Nested
    class WhenTasksHaveGeneratorsOfTheirOwn {
        @Test
        void theyInterleave() {
            onLoop(() -> {
                Task<?> one = Async.createTask(() -> drive("a", polite()));
                Task<?> other = Async.createTask(() -> drive("b", polite()));
                one.await();
                other.await();
                return null;
            });

            assertThat(log).containsExactly("a1", "b1", "a2", "b2", "a3", "b3");
        }

        private void drive(String name, Generator<Integer> generator) {
            while (generator.hasNext()) {
                log.add(name + generator.next());
            }
        }

        @Test
        void hundredsOfThemDoTheirWork() {
            int sum =
                    onLoop(() -> {
                        List<Task<Integer>> tasks = new ArrayList<>();
                        for (int i = 0; i < 300; i++) {
                            tasks.add(
                                    Async.createTask(
                                            () -> pull(polite()).stream().mapToInt(n -> n).sum()));
                        }
                        int total = 0;
                        for (Task<Integer> task : tasks) {
                            total += task.await();
                        }
                        return total;
                    });

            assertThat(sum).isEqualTo(1800);
        }
    }

    @Nested
    class WhenTheLoopHasClosed {
        @Test
        void aGeneratorGoesOnWithoutIt() {
            Generator<Integer> generator =
                    Generator.of(y -> {
                        try {
                            Async.yieldNow().await();
                            y.yield(1);
                            y.yield(2);
                        } finally {
                            log.add("finally");
                        }
                    });
            int first = onLoop(generator::next);

            int second = generator.next();

            assertThat(List.of(first, second)).containsExactly(1, 2);
            assertThat(generator.hasNext()).isFalse();
            assertThat(log).containsExactly("finally");
        }

        @Test
        void awaitingWithoutALoopFailsInTheBody() {
            Generator<Integer> generator = polite();
            int first = onLoop(generator::next);

            assertThat(first).isEqualTo(1);
            assertThatThrownBy(generator::next).isInstanceOf(IllegalStateException.class);
            assertThat(generator.state()).isEqualTo(State.CLOSED);
        }

        @Test
        void itMayAwaitOnAnotherLoop() {
            Generator<Integer> generator = polite();

            List<Integer> seen = new ArrayList<>();
            seen.add(onLoop(generator::next));
            seen.add(onLoop(generator::next));
            seen.add(onLoop(generator::next));

            assertThat(seen).containsExactly(1, 2, 3);
            generator.close();
        }
    }
}
