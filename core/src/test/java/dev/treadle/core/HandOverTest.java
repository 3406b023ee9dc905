package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Coroutine;
import dev.treadle.Task;
import dev.treadle.sync.Condition;
import dev.treadle.sync.Lock;
import dev.treadle.sync.Queue;
import dev.treadle.sync.Semaphore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.LongFunction;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/// Hands things over while those who wait for them are cancelled, in many orders: each seed is a
/// program of its own, whose steps all meet in a few iterations of the loop.
@NullUnmarked
class HandOverTest extends OnVirtualLoop {
    private static final int SEEDS = 150;
    private static final int BURSTS = 6;
    private static final int STEPS = 12;

    /// One program: it does something random at each step, and gives up control at some. After each
    /// burst of steps all is looked at.
    private abstract static class Program {
        final Random random;
        final List<Task<?>> tasks = new ArrayList<>();

        Program(long seed) {
            random = new Random(seed);
        }

        abstract void step(int kind);

        /// Called when everybody has done what can be done.
        abstract void check();

        final void run() {
            for (int burst = 0; burst < BURSTS; burst++) {
                for (int i = 0; i < STEPS; i++) {
                    int kind = random.nextInt(10);
                    if (kind < 2) {
                        yieldNow();
                    } else if (kind < 4) {
                        cancelAny();
                    } else {
                        step(kind - 4);
                    }
                }
                yieldTimes(BURSTS * STEPS);
                check();
            }
            tasks.forEach(Task::cancel);
            yieldTimes(3);
            check();
        }

        /// Often it is the oldest, for whom a wake-up is most likely to be under way.
        private void cancelAny() {
            tasks.removeIf(Task::isDone);
            if (!tasks.isEmpty()) {
                tasks.get(random.nextBoolean() ? 0 : random.nextInt(tasks.size())).cancel();
            }
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

    private void eachSeed(LongFunction<Program> program) {
        for (long seed = 0; seed < SEEDS; seed++) {
            Program each = program.apply(seed);
            try {
                run(each::run);
            } catch (AssertionError e) {
                throw new AssertionError("with seed " + seed, e);
            }
        }
    }

    @Test
    void ofQueuesLosesAndDoublesNothingAndLeavesNobodyWaitingInVain() {
        eachSeed(seed ->
                new Program(seed) {
                    final Queue<Integer> queue = Queue.bounded(1 + random.nextInt(3));
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
                        tasks.forEach(Task::cancel);
                        yieldTimes(3);
                        assertThat(queue.toString()).contains("getters=0, putters=0");
                        while (!queue.isEmpty()) {
                            taken.add(queue.getNow());
                        }
                        assertThat(taken).containsExactlyInAnyOrderElementsOf(put);
                    }
                });
    }

    @Test
    void ofSemaphoresKeepsThePermits() {
        eachSeed(seed ->
                new Program(seed) {
                    final int permits = 1 + random.nextInt(3);
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
                                    .hasToString(
                                            "Semaphore[permits="
                                                    + (permits - held)
                                                    + ", waiters=0]");
                        } else {
                            assertThat(semaphore.toString()).contains("permits=0");
                        }
                    }
                });
    }

    @Test
    void ofLocksGoesToOneAtATimeInTheOrderInWhichTheyCame() {
        eachSeed(seed ->
                new Program(seed) {
                    final Lock lock = new Lock();
                    final List<Integer> entered = new ArrayList<>();
                    boolean held;
                    int next;

                    @Override
                    void step(int kind) {
                        if (kind < 4) {
                            int number = next++;
                            spawn(() -> {
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
                        List<Integer> sorted = new ArrayList<>(entered);
                        Collections.sort(sorted);
                        assertThat(entered).isEqualTo(sorted);
                    }
                });
    }

    @Test
    void ofSignalsWakesSomebodyAsLongAsThereIsWork() {
        eachSeed(seed ->
                new Program(seed) {
                    final Condition condition = new Condition();
                    final ArrayDeque<Integer> items = new ArrayDeque<>();
                    int waiting;

                    @Override
                    void step(int kind) {
                        if (kind < 3) {
                            spawn(() -> {
                                try (var _ = condition.acquire().await()) {
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
                                try (var _ = condition.acquire().await()) {
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
                });
    }
}
