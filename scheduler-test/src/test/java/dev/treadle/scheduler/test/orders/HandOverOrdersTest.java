package dev.treadle.scheduler.test.orders;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Coroutine;
import dev.treadle.Task;
import dev.treadle.scheduler.test.Simulation;
import dev.treadle.scheduler.test.Strategy;
import dev.treadle.scheduler.test.TreadleTest;
import dev.treadle.sync.Condition;
import dev.treadle.sync.Lock;
import dev.treadle.sync.Permit;
import dev.treadle.sync.Queue;
import dev.treadle.sync.Semaphore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// Hands things over while those who wait for them are cancelled. Each run is a program of its own:
/// what it does at each step is chosen like the order in which its tasks go on.
class HandOverOrdersTest {
    private static final int BURSTS = 4;
    private static final int STEPS = 12;

    /// One program. After each burst of steps, when everybody has done what can be done, all is
    /// looked at.
    private abstract static class Program {
        final Simulation simulation;
        final List<Task<?>> tasks = new ArrayList<>();

        Program(Simulation simulation) {
            this.simulation = simulation;
        }

        /// Does something, of which there are six kinds.
        abstract void step(int kind);

        abstract void check();

        final void run() {
            for (int burst = 0; burst < BURSTS; burst++) {
                for (int i = 0; i < STEPS; i++) {
                    int kind = simulation.choose(10);
                    if (kind < 2) {
                        Async.yieldNow().await();
                    } else if (kind < 4) {
                        cancelAny();
                    } else {
                        step(kind - 4);
                    }
                }
                simulation.idle().await();
                check();
            }
            cancelAll();
            check();
        }

        /// Often it is the oldest, for whom a wake-up is most likely to be under way.
        private void cancelAny() {
            tasks.removeIf(Task::isDone);
            if (!tasks.isEmpty()) {
                boolean oldest = simulation.choose(2) == 0;
                tasks.get(oldest ? 0 : simulation.choose(tasks.size())).cancel();
            }
        }

        final void cancelAll() {
            tasks.forEach(Task::cancel);
            simulation.idle().await();
        }

        final void spawn(Coroutine.Action action) {
            tasks.add(
                    Async.createTask(() -> {
                        try {
                            action.run();
                        } catch (CancelledError e) {
                            // what this is all about
                        }
                    }));
        }
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT})
    void ofItemsLosesAndDoublesNoneAndLeavesNobodyWaitingInVain(Simulation simulation) {
        new Program(simulation) {
            final Queue<Integer> queue = Queue.bounded(1 + simulation.choose(3));
            final List<Integer> put = new ArrayList<>();
            final List<Integer> taken = new ArrayList<>();
            int next;

            @Override
            void step(int kind) {
                int item = next++;
                switch (kind) {
                    case 0, 1 ->
                            spawn(() -> {
                                queue.put(item).await();
                                put.add(item);
                            });
                    case 2, 3 -> spawn(() -> taken.add(queue.get().await()));
                    case 4 -> {
                        if (queue.tryPut(item)) {
                            put.add(item);
                        }
                    }
                    default -> queue.tryGet().ifPresent(taken::add);
                }
            }

            @Override
            void check() {
                if (!queue.isEmpty()) {
                    assertThat(queue.toString()).contains("getters=0");
                }
                if (!queue.isFull()) {
                    assertThat(queue.toString()).contains("putters=0");
                }
                cancelAll();
                assertThat(queue.toString()).contains("getters=0, putters=0");
                while (!queue.isEmpty()) {
                    taken.add(queue.getNow());
                }
                assertThat(taken).containsExactlyInAnyOrderElementsOf(put);
            }
        }.run();
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT})
    void ofPermitsKeepsTheirNumber(Simulation simulation) {
        new Program(simulation) {
            final int permits = 1 + simulation.choose(3);
            final Semaphore semaphore = new Semaphore(permits);
            int held;

            @Override
            void step(int kind) {
                if (kind < 4) {
                    spawn(() -> {
                        semaphore.acquire().await();
                        held++;
                        assertThat(held).isLessThanOrEqualTo(permits);
                    });
                } else if (held > 0) {
                    held--;
                    semaphore.release();
                }
            }

            @Override
            void check() {
                if (held < permits) {
                    assertThat(semaphore)
                            .hasToString("Semaphore[permits=" + (permits - held) + ", waiters=0]");
                } else {
                    assertThat(semaphore.toString()).contains("permits=0");
                }
            }
        }.run();
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT})
    void ofALockGoesToOneAtATimeInTheOrderInWhichTheyCame(Simulation simulation) {
        new Program(simulation) {
            final Lock lock = new Lock();
            final List<Integer> entered = new ArrayList<>();
            boolean held;
            int arrivals;

            @Override
            void step(int kind) {
                if (kind < 4) {
                    spawn(() -> {
                        int number = arrivals++;
                        lock.acquire().await();
                        assertThat(held).isFalse();
                        held = true;
                        entered.add(number);
                    });
                } else if (held) {
                    held = false;
                    lock.release();
                }
            }

            @Override
            void check() {
                assertThat(lock.isLocked()).isEqualTo(held);
                if (!held) {
                    assertThat(lock.toString()).contains("waiters=0");
                }
                assertThat(entered).isSorted();
            }
        }.run();
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT})
    void ofSignalsWakesSomebodyAsLongAsThereIsWork(Simulation simulation) {
        new Program(simulation) {
            final Condition condition = new Condition();
            final ArrayDeque<Integer> items = new ArrayDeque<>();
            int waiting;

            @Override
            void step(int kind) {
                if (kind < 3) {
                    spawn(() -> {
                        try (Permit _ = condition.acquire().await()) {
                            waiting++;
                            try {
                                condition.await(() -> !items.isEmpty()).await();
                            } finally {
                                waiting--;
                                assertThat(condition.isLocked()).isTrue();
                            }
                            items.removeFirst();
                        }
                    });
                } else {
                    // Not cancelled: what is added without a signal, nobody need see.
                    Async.createTask(() -> {
                        try (Permit _ = condition.acquire().await()) {
                            items.add(kind);
                            condition.signal();
                        }
                    });
                }
            }

            @Override
            void check() {
                assertThat(condition.isLocked()).isFalse();
                if (!items.isEmpty()) {
                    assertThat(waiting).isZero();
                }
            }
        }.run();
    }

    /// A detector that cries wolf would do so here.
    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void ofLocksThatAllTakeInOneOrderEndsWhoeverIsCancelled(Simulation simulation) {
        List<Lock> locks = List.of(new Lock(), new Lock(), new Lock());
        List<Task<?>> diners = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Lock first = locks.get(i == 1 ? 1 : 0);
            Lock second = locks.get(i == 0 ? 1 : 2);
            diners.add(
                    Async.createTask(() -> {
                        try (Permit _ = first.acquire().await()) {
                            Async.yieldNow().await();
                            try (Permit _ = second.acquire().await()) {
                                Async.yieldNow().await();
                            }
                        }
                    }));
        }
        Task<?> cancelling = Async.createTask(() -> diners.get(simulation.choose(3)).cancel());

        Racing.end(diners);
        cancelling.await();

        assertThat(diners).allMatch(diner -> Racing.failureOf(diner) == null);
        assertThat(locks).noneMatch(Lock::isLocked);
    }
}
