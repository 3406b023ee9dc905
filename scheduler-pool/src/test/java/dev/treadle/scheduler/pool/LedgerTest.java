package dev.treadle.scheduler.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.sync.Queue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Where seats meet: a task that is woken while its runner still looks for something else, one that
/// is stolen while it is cancelled, one that comes while the loop closes. Of each there is a
/// ledger.
///
/// Each round is a program made of a seed, which a failure names, on a pool of one to four
/// carriers. How its threads meet is up to the machine; `-Dtreadle.stress.rounds` makes more of
/// them, as the profile `stress` does.
@NullUnmarked
class LedgerTest {
    private static final int ROUNDS = Integer.getInteger("treadle.stress.rounds", 2_000);
    private static final String PARALLELISM = "treadle.pool.parallelism";

    @AfterEach
    void forgetTheParallelism() {
        System.clearProperty(PARALLELISM);
    }

    private interface Round {
        void play(Random random) throws Exception;
    }

    private static void rounds(int count, Round round) {
        for (int seed = 0; seed < count; seed++) {
            Random random = new Random(seed);
            System.setProperty(PARALLELISM, Integer.toString(1 + random.nextInt(4)));
            try {
                round.play(random);
            } catch (Throwable e) {
                throw new AssertionError("in the round of seed " + seed, e);
            }
        }
    }

    // ---- park and unpark

    /// What the tasks of one round did.
    private static final class Ledger {
        final ConcurrentLinkedQueue<Task<?>> spawned = new ConcurrentLinkedQueue<>();
        final AtomicInteger put = new AtomicInteger();
        final AtomicInteger got = new AtomicInteger();
        final AtomicInteger promised = new AtomicInteger();
        final AtomicInteger kept = new AtomicInteger();

        Task<?> spawn(Coroutine.Action action) {
            Task<?> task = Async.createTask(action);
            spawned.add(task);
            return task;
        }
    }

    @Test
    void whoeverWakesATaskWakesItOnce() {
        rounds(ROUNDS / 2, random -> Async.run(() -> wakeEachOther(random)));
    }

    private static void wakeEachOther(Random random) {
        Ledger ledger = new Ledger();
        Queue<Integer> queue = Queue.bounded(1 + random.nextInt(3));
        int size = 2 + random.nextInt(6);
        for (int i = 0; i < size; i++) {
            Random own = new Random(random.nextLong());
            ledger.spawn(() -> act(own, queue, ledger, 2));
        }
        while (ledger.spawned.stream().anyMatch(task -> !task.isDone())) {
            List<Task<?>> tasks = List.copyOf(ledger.spawned);
            boolean stuck =
                    !Async.wait(tasks, Async.When.ALL_COMPLETED, Duration.ofMillis(2))
                            .await()
                            .pending()
                            .isEmpty();
            if (stuck) { // who waits for an item that nobody will put, or for room, is let go
                tasks.forEach(Task::cancel);
            }
        }
        for (Task<?> task : ledger.spawned) {
            if (!task.isCancelled() && task.exception() != null) {
                throw new AssertionError("a task failed", task.exception());
            }
        }
        assertThat(ledger.put.get()).as("put").isEqualTo(ledger.got.get() + queue.size());
        assertThat(ledger.kept.get()).as("kept").isLessThanOrEqualTo(ledger.promised.get());
    }

    private static void act(Random random, Queue<Integer> queue, Ledger ledger, int depth) {
        for (int step = 0; step < 8; step++) {
            switch (random.nextInt(8)) {
                case 0 -> Async.yieldNow().await();
                case 1 -> {
                    queue.put(step).await();
                    ledger.put.incrementAndGet();
                }
                case 2 -> {
                    queue.get().await();
                    ledger.got.incrementAndGet();
                }
                case 3 -> {
                    Promise<Integer> promise = EventLoop.running().createPromise();
                    Thread.ofVirtual().start(() -> promise.tryComplete(1));
                    keep(promise, ledger);
                }
                case 4 -> {
                    Promise<Integer> promise = EventLoop.running().createPromise();
                    EventLoop.running().callSoon(() -> promise.tryComplete(1));
                    keep(promise, ledger);
                }
                case 5 -> {
                    Promise<Integer> promise = EventLoop.running().createPromise();
                    ledger.spawn(() -> promise.tryComplete(1));
                    keep(promise, ledger);
                }
                case 6 -> Async.sleep(Duration.ofNanos(random.nextInt(50_000))).await();
                default -> {
                    Random own = new Random(random.nextLong());
                    if (depth > 0) {
                        ledger.spawn(() -> act(own, queue, ledger, depth - 1));
                    }
                }
            }
        }
    }

    private static void keep(Promise<Integer> promise, Ledger ledger) {
        ledger.promised.incrementAndGet();
        ledger.kept.addAndGet(promise.await());
    }

    // ---- steal and cancel

    @Test
    void aTaskThatIsCancelledRunsToItsEndOrNotAtAll() {
        rounds(
                ROUNDS / 2,
                random -> {
                    int tasks = 1 + random.nextInt(60);
                    AtomicInteger begun = new AtomicInteger();
                    AtomicInteger left = new AtomicInteger();
                    AtomicInteger neverBegun = new AtomicInteger();
                    Async.run(() -> {
                        Promise<?> gate = EventLoop.running().createPromise();
                        List<Task<?>> all = new ArrayList<>();
                        for (int i = 0; i < tasks; i++) {
                            boolean awaits = random.nextBoolean();
                            all.add(
                                    Async.createTask(() -> {
                                        begun.incrementAndGet();
                                        try {
                                            if (awaits) {
                                                gate.await();
                                            } else {
                                                Async.yieldNow().await();
                                            }
                                        } finally {
                                            left.incrementAndGet();
                                        }
                                    }));
                            if (random.nextInt(4) == 0) {
                                all.get(random.nextInt(all.size())).cancel();
                            }
                        }
                        Async.createTask(() -> all.forEach(Task::cancel)).await();
                        Async.wait(all).await();
                        for (Task<?> task : all) {
                            if (!task.isCancelled() && task.exception() != null) {
                                throw new AssertionError("a task failed", task.exception());
                            }
                        }
                        neverBegun.set(tasks - begun.get());
                    });
                    assertThat(left.get())
                            .as("tasks that left of those that began")
                            .isEqualTo(begun.get());
                    assertThat(neverBegun.get()).as("tasks that never began").isBetween(0, tasks);
                });
    }

    // ---- close and submit

    @Test
    void whatIsSubmittedWhileTheLoopClosesBeginsOrIsRefusedOrIsDropped() {
        rounds(
                ROUNDS / 5,
                random -> {
                    AtomicInteger begun = new AtomicInteger();
                    AtomicInteger refused = new AtomicInteger();
                    List<Future<?>> accepted = new ArrayList<>();
                    int submissions = 1 + random.nextInt(300);
                    EventLoop loop = EventLoop.create();
                    loop.exceptionHandler((_, _) -> {}); // tasks that are pending are reported
                    Thread submitter =
                            Thread.ofPlatform()
                                    .start(() -> {
                                        for (int i = 0; i < submissions; i++) {
                                            Coroutine<?> work =
                                                    Coroutine.of(() -> {
                                                        begun.incrementAndGet();
                                                        Async.yieldNow().await();
                                                    });
                                            try {
                                                accepted.add(
                                                        Async.runCoroutineThreadsafe(work, loop));
                                            } catch (IllegalStateException e) {
                                                refused.incrementAndGet();
                                            }
                                        }
                                    });
                    loop.runUntilComplete(Coroutine.of(() -> Async.yieldNow().await()));
                    loop.close();
                    int atClose = begun.get();
                    submitter.join();

                    assertThat(begun.get()).as("begun after close()").isEqualTo(atClose);
                    assertThat(accepted).as("accepted and still pending").allMatch(Future::isDone);
                    assertThat(accepted.size() + refused.get()).isEqualTo(submissions);
                    long dropped = accepted.stream().filter(Future::isCancelled).count();
                    assertThat(accepted.size() - dropped)
                            .as("ended well")
                            .isLessThanOrEqualTo(begun.get());
                });
    }

    @Test
    void tasksThatStartTasksWhileTheLoopClosesLeaveNone() {
        rounds(
                ROUNDS / 5,
                random -> {
                    ConcurrentLinkedQueue<Task<?>> spawned = new ConcurrentLinkedQueue<>();
                    EventLoop loop = EventLoop.create();
                    loop.exceptionHandler((_, _) -> {});
                    for (int i = 0; i < 4; i++) {
                        spawned.add(loop.createTask(Coroutine.of(() -> breed(spawned))));
                    }
                    int yields = random.nextInt(20);
                    loop.runUntilComplete(
                            Coroutine.of(() -> {
                                for (int i = 0; i < yields; i++) {
                                    Async.yieldNow().await();
                                }
                            }));

                    loop.close();

                    assertThat(spawned).allMatch(Task::isDone);
                });
    }

    private static void breed(ConcurrentLinkedQueue<Task<?>> spawned) {
        for (int i = 0; i < 1_000_000; i++) {
            try {
                spawned.add(Async.createTask(() -> Async.yieldNow().await()));
            } catch (IllegalStateException e) {
                return; // the loop is closed
            }
            Async.yieldNow().await();
        }
    }
}
