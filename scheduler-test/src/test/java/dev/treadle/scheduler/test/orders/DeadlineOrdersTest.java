package dev.treadle.scheduler.test.orders;

import static dev.treadle.scheduler.test.orders.Racing.end;
import static dev.treadle.scheduler.test.orders.Racing.failureOf;
import static dev.treadle.scheduler.test.orders.Racing.ms;
import static dev.treadle.scheduler.test.orders.Racing.sometime;
import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.Timeout;
import dev.treadle.TimeoutError;
import dev.treadle.scheduler.test.Fault;
import dev.treadle.scheduler.test.Simulation;
import dev.treadle.scheduler.test.Strategy;
import dev.treadle.scheduler.test.TreadleTest;

/// Deadlines that fall together with what they are to limit, and with cancellations.
class DeadlineOrdersTest {

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void aTimeoutAtTheInstantOfTheResultLeavesNoRequestBehind(Simulation simulation) {
        Task<Integer> timed =
                Async.createTask(() -> {
                    try {
                        Async.timeout(ms(5), () -> Async.sleep(ms(5)).await()).await();
                    } catch (TimeoutError e) {
                        assertThat(simulation.elapsed()).isEqualTo(ms(5));
                    }
                    Async.yieldNow().await(); // where a request that was left would strike
                    return Async.currentTask().cancelling();
                });

        end(timed);

        assertThat(timed.result()).isZero();
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void whoIsCancelledAtTheInstantOfTheTimeoutEndsCancelled(Simulation simulation) {
        int[] beyond = {0};
        Task<?> timed =
                Async.createTask(() -> {
                    try {
                        Async.timeout(ms(2), () -> Async.sleep(ms(9)).await()).await();
                    } catch (TimeoutError e) {
                        beyond[0]++;
                    }
                    Async.sleep(ms(9)).await();
                    beyond[0]++;
                });
        int[] accepted = {0};
        Task<?> cancelling = sometime(simulation, 3, () -> accepted[0] += timed.cancel() ? 1 : 0);

        end(timed, cancelling);

        assertThat(accepted[0]).isOne();
        assertThat(timed.isCancelled()).isTrue();
        assertThat(beyond[0]).isLessThan(2);
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void theOuterOfTwoTimeoutsAtOneInstantIsNotTakenForTheInner(Simulation simulation) {
        StringBuilder order = new StringBuilder();
        Task<Integer> timed =
                Async.createTask(() -> {
                    try {
                        Async.timeout(ms(3), () -> nested(order)).await();
                        order.append("outer ended ");
                    } catch (TimeoutError e) {
                        order.append("outer timed out");
                    }
                    return Async.currentTask().cancelling();
                });

        end(timed);

        assertThat(timed.result()).isZero();
        assertThat(order.toString())
                .isIn(
                        "inner timed out, outer ended ",
                        "inner timed out, outer timed out",
                        "outer timed out");
    }

    private static void nested(StringBuilder order) {
        try {
            Async.timeout(ms(3), () -> Async.sleep(ms(9)).await()).await();
        } catch (TimeoutError e) {
            order.append("inner timed out, ");
        }
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void aDeadlineThatIsMovedWhenItPassesHoldsOrDoesNot(Simulation simulation) {
        Timeout timeout = Timeout.after(ms(2));
        Task<?> timed =
                Async.createTask(() -> timeout.run(() -> Async.sleep(ms(4)).await()).await());
        Task<?> moving =
                Async.createTask(() -> {
                    Async.sleep(ms(2)).await();
                    if (!timeout.expired() && !timed.isDone()) {
                        try {
                            timeout.reschedule(ms(9));
                        } catch (IllegalStateException e) {
                            assertThat(e).hasMessageContaining("expir");
                        }
                    }
                });

        end(timed, moving);

        if (failureOf(timed) == null) {
            assertThat(timeout.expired()).isFalse();
            assertThat(simulation.elapsed()).isEqualTo(ms(4));
        } else {
            assertThat(failureOf(timed)).isInstanceOf(TimeoutError.class);
            assertThat(timeout.expired()).isTrue();
            assertThat(simulation.elapsed()).isEqualTo(ms(2));
        }
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void waitForCancelsWhatItGivesUpAndWaitsForItsEnd(Simulation simulation) {
        Task<String> slow =
                Async.createTask(() -> {
                    try {
                        Async.sleep(ms(2)).await();
                        return "in time";
                    } finally {
                        Async.yieldNow().await();
                    }
                });
        Task<String> waiting = Async.createTask(() -> Async.waitFor(slow, ms(2)).await());
        Task<?> cancelling = sometime(simulation, 3, waiting::cancel);

        end(waiting, cancelling);
        boolean endedBefore = slow.isDone();
        end(slow);

        if (!waiting.isCancelled() && waiting.exception() == null) {
            assertThat(waiting.result()).isEqualTo("in time");
            assertThat(slow.result()).isEqualTo("in time");
        }
        // Who was cancelled before it began has given up nothing yet.
        assertThat(endedBefore || (waiting.isCancelled() && simulation.elapsed().equals(ms(2))))
                .isTrue();
    }

    @TreadleTest(
            strategies = {Strategy.RANDOM, Strategy.PCT},
            stepCostMicros = 2000)
    void stepsThatTakeTimeMakeNoTimeoutEarly(Simulation simulation) {
        Promise<String> never = simulation.loop().createPromise();
        long before = simulation.loop().time();
        Task<String> timed = Async.createTask(() -> Async.waitFor(never, ms(5)).await());

        end(timed);

        assertThat(failureOf(timed)).isInstanceOf(TimeoutError.class);
        assertThat(simulation.loop().time() - before).isGreaterThanOrEqualTo(ms(5).toNanos());
    }

    @TreadleTest(
            strategies = Strategy.FIFO,
            faults = {Fault.CANCEL, Fault.EXCEPTION, Fault.TIMEOUT, Fault.CLOSE})
    void whateverMeetsATimeoutItsTimerIsDisarmed(Simulation simulation) {
        simulation
                .subject(() -> {
                    Async.timeout(
                                    ms(9),
                                    () -> {
                                        Async.yieldNow().await();
                                        Async.sleep(ms(1)).await();
                                    })
                            .await();
                    try {
                        Async.timeout(ms(1), () -> Async.sleep(ms(9)).await()).await();
                    } catch (TimeoutError e) {
                        Async.yieldNow().await();
                    }
                })
                .await(); // that a timer is left would be told at the end
    }
}
