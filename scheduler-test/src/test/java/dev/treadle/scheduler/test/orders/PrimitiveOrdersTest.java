package dev.treadle.scheduler.test.orders;

import static dev.treadle.scheduler.test.orders.Racing.end;
import static dev.treadle.scheduler.test.orders.Racing.failureOf;
import static dev.treadle.scheduler.test.orders.Racing.ms;
import static dev.treadle.scheduler.test.orders.Racing.sometime;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Task;
import dev.treadle.scheduler.test.Fault;
import dev.treadle.scheduler.test.Simulation;
import dev.treadle.scheduler.test.Strategy;
import dev.treadle.scheduler.test.TreadleTest;
import dev.treadle.sync.Barrier;
import dev.treadle.sync.BoundedSemaphore;
import dev.treadle.sync.BrokenBarrierError;
import dev.treadle.sync.Condition;
import dev.treadle.sync.Permit;
import dev.treadle.sync.Queue;
import dev.treadle.sync.QueueShutDown;
import java.util.ArrayList;
import java.util.List;

/// Conditions, barriers, bounded semaphores and queues, whose waiters are cancelled when it
/// matters.
class PrimitiveOrdersTest {

    // ---- conditions

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void aSignalThatMeetsACancelledWaiterIsHandedOn(Simulation simulation) {
        Condition condition = new Condition();
        int[] items = {0};
        int[] taken = {0};
        List<Task<?>> takers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            takers.add(Async.createTask(() -> take(condition, items, taken)));
        }
        Task<?> cancelling = sometime(simulation, 2, () -> takers.get(0).cancel());
        Task<?> giving =
                Async.createTask(() -> {
                    for (int i = 0; i < 2; i++) {
                        Async.sleep(ms(1)).await();
                        give(condition, items);
                    }
                });
        end(giving, cancelling);
        boolean oneShort = !takers.get(0).isCancelled();
        if (oneShort) { // it has got an item, or still waits for the third
            give(condition, items);
        }
        end(takers); // a signal that was lost would leave one waiting for ever

        assertThat(taken[0]).isEqualTo(takers.get(0).isCancelled() ? 2 : 3);
        assertThat(condition.isLocked()).isFalse();
    }

    private static void take(Condition condition, int[] items, int[] taken) {
        try (Permit _ = condition.acquire().await()) {
            while (items[0] == 0) {
                condition.await().await();
            }
            items[0]--;
            taken[0]++;
        }
    }

    private static void give(Condition condition, int[] items) {
        try (Permit _ = condition.acquire().await()) {
            items[0]++;
            condition.signal();
        }
    }

    @TreadleTest(strategies = Strategy.FIFO, faults = Fault.CANCEL)
    void whoWaitsForAConditionHoldsItsLockAgainWhateverMeetsIt(Simulation simulation) {
        Condition condition = new Condition();
        int[] inside = {0};
        Task<?> other =
                Async.createTask(() -> {
                    for (int i = 0; i < 3; i++) {
                        Async.sleep(ms(1)).await();
                        try (Permit _ = condition.acquire().await()) {
                            assertThat(++inside[0]).isOne();
                            condition.signalAll();
                            Async.sleep(ms(1)).await();
                            inside[0]--;
                        }
                    }
                });
        simulation
                .subject(() -> {
                    try (Permit _ = condition.acquire().await()) {
                        try {
                            condition.await().await();
                        } finally {
                            assertThat(condition.isLocked()).isTrue();
                            assertThat(++inside[0]).isOne();
                            inside[0]--;
                        }
                    }
                })
                .await();
        end(other);

        assertThat(condition.isLocked()).isFalse();
        other.result();
    }

    // ---- barriers

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void whoIsCancelledAtABarrierMakesRoomForAnother(Simulation simulation) {
        Barrier barrier = new Barrier(2);
        int[] passed = {0};
        List<Task<?>> parties = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            parties.add(
                    Async.createTask(() -> {
                        barrier.await().await();
                        passed[0]++;
                    }));
        }
        Task<?> cancelling = sometime(simulation, 1, () -> parties.get(0).cancel());
        end(cancelling);
        simulation.idle().await();
        if (barrier.waiting() > 0) { // the one who was cancelled had passed already, or was third
            barrier.await().await();
        }
        end(parties);

        assertThat(passed[0]).isEqualTo(parties.get(0).isCancelled() ? 2 : 3);
        assertThat(barrier.waiting()).isZero();
        assertThat(barrier.isBroken()).isFalse();
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void aBarrierThatIsBrokenByOneWhoIsCancelledLetsNobodyWait(Simulation simulation) {
        Barrier barrier = new Barrier(3);
        List<Task<?>> parties = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int arrival = i == 2 ? 0 : simulation.choose(2);
            parties.add(
                    Async.createTask(() -> {
                        try {
                            Async.sleep(ms(arrival)).await();
                            barrier.await().await();
                        } catch (CancelledError e) {
                            barrier.abort().await();
                            throw e;
                        }
                    }));
        }
        Task<?> cancelling = sometime(simulation, 2, () -> parties.get(2).cancel());
        Async.yieldNow().await();

        end(cancelling);
        simulation.advance(ms(5)).await();

        if (barrier.waiting() > 0) { // who was cancelled never began: nobody is there to break it
            assertThat(parties.get(2).isCancelled()).isTrue();
            barrier.abort().await();
        }
        end(parties);
        assertThat(parties)
                .allMatch(party ->
                        failureOf(party) == null || failureOf(party) instanceof BrokenBarrierError);
        assertThat(barrier.waiting()).isZero();
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void aBarrierThatIsResetSendsAwayWhoWaitsAndServesWhoComes(Simulation simulation) {
        Barrier barrier = new Barrier(2);
        Task<?> early = Async.createTask(() -> barrier.await().await());
        Task<?> resetting = Async.createTask(() -> barrier.reset().await());
        end(resetting);
        simulation.idle().await();
        if (!early.isDone()) {
            barrier.await().await();
        } else {
            assertThat(failureOf(early)).isInstanceOf(BrokenBarrierError.class);
        }
        end(early);

        Async.gather(barrier.await(), barrier.await()).await();
        assertThat(barrier.waiting()).isZero();
    }

    // ---- bounded semaphores

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void aBoundedSemaphoreHasAllItsPermitsInTheEndAndNotOneMore(Simulation simulation) {
        BoundedSemaphore semaphore = new BoundedSemaphore(2);
        int[] inside = {0};
        List<Task<?>> users = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            users.add(
                    Async.createTask(() -> {
                        try (Permit _ = semaphore.acquire().await()) {
                            assertThat(++inside[0]).isLessThanOrEqualTo(2);
                            try {
                                Async.sleep(ms(1)).await();
                            } finally {
                                inside[0]--;
                            }
                        }
                    }));
        }
        Task<?> first = sometime(simulation, 2, () -> users.get(simulation.choose(4)).cancel());
        Task<?> second = sometime(simulation, 2, () -> users.get(simulation.choose(4)).cancel());

        end(first, second);
        end(users);

        assertThat(users).allMatch(user -> failureOf(user) == null);
        Permit one = semaphore.acquire().await();
        Permit other = semaphore.acquire().await();
        assertThat(semaphore.isLocked()).isTrue();
        one.close();
        other.close();
        assertThatThrownBy(semaphore::release).isInstanceOf(IllegalStateException.class);
    }

    // ---- queues

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void aQueueThatIsShutDownGivesAllThatWasPutAndLetsNobodyWait(Simulation simulation) {
        Queue<Integer> queue = Queue.bounded(1);
        List<Integer> put = new ArrayList<>();
        List<Integer> got = new ArrayList<>();
        List<Task<?>> tasks = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            tasks.add(
                    Async.createTask(() -> {
                        try {
                            while (true) {
                                got.add(queue.get().await());
                            }
                        } catch (QueueShutDown e) {
                            assertThat(queue.isEmpty()).isTrue();
                        }
                    }));
            int item = 10 * i;
            tasks.add(
                    Async.createTask(() -> {
                        try {
                            for (int each = item; each < item + 2; each++) {
                                queue.put(each).await();
                                put.add(each);
                            }
                        } catch (QueueShutDown e) {
                            assertThat(put.size()).isLessThan(4);
                        }
                    }));
        }
        Task<?> shutting = sometime(simulation, 1, queue::shutdown);

        end(shutting);
        end(tasks);

        tasks.forEach(Task::result);
        assertThat(got).containsExactlyInAnyOrderElementsOf(put);
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void aQueueThatIsShutDownAtOnceLosesOnlyWhatItDropsAndJoinReturns(Simulation simulation) {
        Queue<Integer> queue = Queue.bounded(2);
        List<Integer> put = new ArrayList<>();
        List<Integer> got = new ArrayList<>();
        Task<?> putting =
                Async.createTask(() -> {
                    try {
                        for (int i = 0; i < 4; i++) {
                            queue.put(i).await();
                            put.add(i);
                        }
                    } catch (QueueShutDown e) {
                        assertThat(put.size()).isLessThan(4);
                    }
                });
        Task<?> getting =
                Async.createTask(() -> {
                    try {
                        while (true) {
                            got.add(queue.get().await());
                            Async.yieldNow().await();
                            queue.taskDone();
                        }
                    } catch (QueueShutDown e) {
                        assertThat(queue.isEmpty()).isTrue();
                    }
                });
        Task<?> shutting = sometime(simulation, 1, queue::shutdownNow);
        Task<?> joining = Async.createTask(() -> queue.join().await());

        end(shutting, putting, getting, joining);

        putting.result();
        getting.result();
        assertThat(got).isSubsetOf(put).isSorted();
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void gettersThatAreCancelledWhenItemsComeLoseNone(Simulation simulation) {
        Queue<Integer> queue = Queue.unbounded();
        List<Integer> got = new ArrayList<>();
        List<Task<?>> getters = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            getters.add(Async.createTask(() -> got.add(queue.get().await())));
        }
        Task<?> putting =
                Async.createTask(() -> {
                    Async.sleep(ms(1)).await();
                    queue.putNow(1);
                    queue.putNow(2);
                });
        Task<?> cancelling = sometime(simulation, 2, () -> getters.get(0).cancel());
        end(putting, cancelling);
        simulation.idle().await();
        getters.forEach(Task::cancel);
        end(getters);

        assertThat(got.size() + queue.size()).isEqualTo(2);
        assertThat(got).doesNotHaveDuplicates();
    }
}
