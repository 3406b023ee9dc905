package dev.treadle.scheduler.test.orders;

import static dev.treadle.scheduler.test.orders.Racing.end;
import static dev.treadle.scheduler.test.orders.Racing.failureOf;
import static dev.treadle.scheduler.test.orders.Racing.ms;
import static dev.treadle.scheduler.test.orders.Racing.sometime;
import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.Handle;
import dev.treadle.Promise;
import dev.treadle.Runner;
import dev.treadle.Task;
import dev.treadle.TimeoutError;
import dev.treadle.scheduler.test.Body;
import dev.treadle.scheduler.test.Simulation;
import dev.treadle.scheduler.test.Strategy;
import dev.treadle.scheduler.test.TreadleTest;
import dev.treadle.sync.Lock;
import dev.treadle.sync.Permit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;

/// The edges of a loop: other threads, its runner, and its end.
class LoopOrdersTest {

    // ---- other threads

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void aCallbackThatAThreadHasCancelledDoesNotRunAfterwards(
            Simulation simulation, EventLoop loop) {
        int[] runs = {0};
        int[] seen = {-1};
        Promise<Void> done = loop.createPromise();
        simulation.thread(
                "cancelling",
                () -> {
                    Handle handle = loop.callSoonThreadsafe(() -> runs[0]++);
                    handle.cancel();
                    seen[0] = runs[0];
                    done.complete(null);
                });
        Async.yieldNow().await();
        done.await();
        simulation.idle().await();

        assertThat(runs[0]).isEqualTo(seen[0]);
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void aThreadsResultACancellationAndATimeoutGiveOneOutcome(
            Simulation simulation, EventLoop loop) {
        Promise<String> promise = loop.createPromise();
        boolean[] accepted = {false};
        Task<String> waiting = Async.createTask(() -> Async.waitFor(promise, ms(1)).await());
        Task<?> cancelling = sometime(simulation, 1, waiting::cancel);
        Task<?> starting =
                sometime(
                        simulation,
                        1,
                        () ->
                                simulation.thread(
                                        "completing",
                                        () -> accepted[0] = promise.tryComplete("result")));

        end(waiting, cancelling, starting);
        simulation.idle().await();

        assertThat(promise.isDone() || waiting.isCancelled()).isTrue();
        if (accepted[0]) {
            assertThat(promise.result()).isEqualTo("result");
        }
        if (failureOf(waiting) != null) {
            assertThat(failureOf(waiting)).isInstanceOf(TimeoutError.class);
        } else if (!waiting.isCancelled()) {
            assertThat(accepted[0]).isTrue();
        }
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void aCoroutineThatAThreadStartsAndCancelsEndsBothHereAndThere(
            Simulation simulation, EventLoop loop) {
        int[] begun = {0};
        int[] ended = {0};
        List<String> told = new ArrayList<>();
        Promise<Void> done = loop.createPromise();
        simulation.thread(
                "starting",
                () -> {
                    var view =
                            Async.runCoroutineThreadsafe(
                                    Coroutine.of(() -> {
                                        begun[0]++;
                                        try {
                                            Async.sleep(ms(1)).await();
                                        } finally {
                                            ended[0]++;
                                        }
                                        return "result";
                                    }),
                                    loop);
                    loop.callSoonThreadsafe(() -> {});
                    view.cancel(true);
                    try {
                        told.add(view.get());
                    } catch (CancellationException e) {
                        told.add("cancelled");
                    } catch (InterruptedException | ExecutionException e) {
                        throw new AssertionError(e);
                    }
                    done.complete(null);
                });
        done.await();
        Async.sleep(ms(2)).await();

        assertThat(told).hasSize(1).allMatch(List.of("result", "cancelled")::contains);
        assertThat(ended[0]).isEqualTo(begun[0]);
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT})
    void severalThreadsLoseNothingOfWhatTheyQueue(Simulation simulation, EventLoop loop) {
        List<String> ran = new ArrayList<>();
        Promise<Void> done = loop.createPromise();
        for (String name : List.of("a", "b", "c")) {
            simulation.thread(
                    name,
                    () -> {
                        for (int i = 0; i < 3; i++) {
                            String entry = name + i;
                            loop.callSoonThreadsafe(() -> {
                                ran.add(entry);
                                if (ran.size() == 9) {
                                    done.complete(null);
                                }
                            });
                        }
                    });
        }
        done.await();

        assertThat(ran).doesNotHaveDuplicates();
        for (String name : List.of("a", "b", "c")) {
            assertThat(ran.stream().filter(each -> each.startsWith(name))).isSorted();
        }
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void theResultOfBlockingWorkMeetsACancellationAndGivesOneOutcome(Simulation simulation) {
        int[] begun = {0};
        int[] worked = {0};
        int[] left = {0};
        Task<String> waiting =
                Async.createTask(() -> {
                    begun[0]++;
                    try {
                        return Async.toThread(
                                        () -> {
                                            worked[0]++;
                                            return "result";
                                        })
                                .await();
                    } finally {
                        left[0]++;
                    }
                });
        Task<?> cancelling = sometime(simulation, 1, waiting::cancel);

        end(waiting, cancelling);
        simulation.idle().await();

        assertThat(left[0]).isEqualTo(begun[0]);
        assertThat(worked[0]).isLessThanOrEqualTo(begun[0]);
        assertThat(failureOf(waiting)).isNull();
        if (!waiting.isCancelled()) {
            assertThat(waiting.result()).isEqualTo("result");
            assertThat(worked[0]).isOne();
        }
    }

    // ---- the end of a run

    @TreadleTest(
            body = Body.PROGRAM,
            strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void whatAThreadQueuesWhileTheLoopClosesRunsInOrderOrNotAtAll(Simulation simulation) {
        List<Integer> ran = new ArrayList<>();
        List<Integer> refused = new ArrayList<>();
        try (EventLoop loop = EventLoop.create()) {
            simulation.thread(
                    "queueing",
                    () -> {
                        for (int i = 0; i < 4; i++) {
                            int number = i;
                            try {
                                loop.callSoonThreadsafe(() -> ran.add(number));
                            } catch (IllegalStateException e) {
                                refused.add(number);
                            }
                        }
                    });
            loop.runUntilComplete(
                    Coroutine.of(() -> {
                        for (int i = simulation.choose(3); i >= 0; i--) {
                            Async.yieldNow().await();
                        }
                    }));
        }

        simulation.afterwards(() -> {
            // Those in between were queued in time, and dropped when the loop was closed.
            assertThat(ran).isEqualTo(IntStream.range(0, ran.size()).boxed().toList());
            int first = 4 - refused.size();
            assertThat(refused).isEqualTo(IntStream.range(first, 4).boxed().toList());
            assertThat(ran.size()).isLessThanOrEqualTo(first);
        });
    }

    @TreadleTest(
            body = Body.PROGRAM,
            strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void aRunnerEndsAllThatItsRunHasLeft(Simulation simulation) {
        int[] open = {0};
        try (Runner runner = new Runner()) {
            runner.run(() -> {
                Lock lock = new Lock();
                Permit held = lock.acquire().await();
                Async.createTask(() -> leaving(open, 3));
                Async.createTask(() -> waiting(lock, open));
                Async.createTask(() -> Async.toThread(() -> open[0]).await());
                Async.createTask(() -> Async.createTask(() -> leaving(open, 1)));
                Async.sleep(ms(simulation.choose(3))).await();
                held.close();
            });
            runner.run(() -> Async.sleep(ms(1)).await());
        }

        assertThat(open[0]).isZero();
    }

    private static void waiting(Lock lock, int[] open) {
        try (Permit _ = lock.acquire().await()) {
            leaving(open, 2);
        }
    }

    private static void leaving(int[] open, int millis) {
        open[0]++;
        try {
            Async.sleep(ms(millis)).await();
        } catch (CancelledError e) {
            Async.sleep(ms(1)).await(); // a clean-up that takes its time
            throw e;
        } finally {
            open[0]--;
        }
    }

    @TreadleTest(
            body = Body.PROGRAM,
            strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void whoAsksALoopThatEndsForAResultIsToldWhatCameOfIt(Simulation simulation) {
        List<String> told = new ArrayList<>();
        List<String> problems = new ArrayList<>(); // who comes too late for all to be cancelled
        Async.run(() -> {
            EventLoop loop = EventLoop.running();
            loop.exceptionHandler((_, problem) -> problems.add(problem.message()));
            simulation.thread(
                    "asking",
                    () -> {
                        for (int i = 0; i < 2; i++) {
                            told.add(ask(loop));
                        }
                    });
            Async.yieldNow().await();
            Async.sleep(ms(simulation.choose(2))).await();
        });

        simulation.afterwards(() -> {
            assertThat(told)
                    .hasSize(2)
                    .allMatch(List.of("result", "cancelled", "closed")::contains);
            assertThat(problems).allMatch(problem -> problem.startsWith("task was destroyed"));
        });
    }

    private static String ask(EventLoop loop) {
        try {
            return Async.runCoroutineThreadsafe(Async.sleep(ms(1), "result"), loop).get();
        } catch (CancellationException e) {
            return "cancelled";
        } catch (IllegalStateException e) {
            return "closed";
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }
}
