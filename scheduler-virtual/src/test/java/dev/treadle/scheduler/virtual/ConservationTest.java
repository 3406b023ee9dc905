package dev.treadle.scheduler.virtual;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.TimeoutError;
import dev.treadle.spi.Droppable;
import dev.treadle.sync.Lock;
import dev.treadle.sync.Queue;
import dev.treadle.sync.Semaphore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/// Nothing is lost, and nothing is there twice, whatever meets whatever: tasks that wake each
/// other, are cancelled by each other and by time limits, and threads that submit while the loop
/// closes.
///
/// Each round is a program made of a seed, which a failure names. How its threads meet is up to the
/// machine; `-Dtreadle.stress.rounds` makes more of them, as the profile `stress` does.
@NullUnmarked
class ConservationTest {
    private static final int ROUNDS = Integer.getInteger("treadle.stress.rounds", 2_000);

    /// What went in and came out in one round.
    private static final class Ledger {
        final AtomicInteger spawned = new AtomicInteger();
        final AtomicInteger succeeded = new AtomicInteger();
        final AtomicInteger failed = new AtomicInteger();
        final AtomicInteger cancelled = new AtomicInteger();
        final AtomicInteger put = new AtomicInteger();
        final AtomicInteger got = new AtomicInteger();
        final AtomicInteger inside = new AtomicInteger();
        final AtomicInteger permits = new AtomicInteger();
        int plain; // counted by who holds the lock
        final AtomicInteger counted = new AtomicInteger();
    }

    @Test
    void tasksAndItemsAreConserved() {
        for (int round = 0; round < ROUNDS; round++) {
            long seed = round;
            try {
                play(seed);
            } catch (Throwable e) {
                throw new AssertionError("in the round of seed " + seed, e);
            }
        }
    }

    private static void play(long seed) {
        Random random = new Random(seed);
        int size = 3 + random.nextInt(6);
        int permits = 1 + random.nextInt(2);
        Ledger ledger = new Ledger();
        Async.run(() -> {
            Queue<Integer> queue = Queue.bounded(1 + random.nextInt(3));
            Lock lock = new Lock();
            Semaphore semaphore = new Semaphore(permits);
            List<Task<?>> tasks = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                Random own = new Random(random.nextLong());
                ledger.spawned.incrementAndGet();
                tasks.add(Async.createTask(() -> act(own, queue, lock, semaphore, ledger)));
            }
            for (int i = random.nextInt(3); i > 0; i--) {
                Async.yieldNow().await();
                tasks.get(random.nextInt(size)).cancel();
            }
            // Who waits for an item that nobody will put, or for room, is let go.
            boolean waiting = true;
            while (waiting) {
                waiting =
                        !Async.wait(tasks, Async.When.ALL_COMPLETED, Duration.ofMillis(2))
                                .await()
                                .pending()
                                .isEmpty();
                if (waiting) {
                    tasks.forEach(Task::cancel);
                }
            }
            count(tasks, ledger);
            assertThat(queue.size())
                    .as("items left")
                    .isEqualTo(ledger.put.get() - ledger.got.get());
            assertThat(lock.isLocked()).as("whether the lock is held").isFalse();
            assertThat(ledger.inside.get()).as("tasks inside the semaphore").isZero();
            for (int i = 0; i < permits; i++) { // all permits are back
                assertThat(semaphore.isLocked()).as("permits after %s", i).isFalse();
                semaphore.acquire().await();
            }
        });
        assertThat(ledger.succeeded.get() + ledger.failed.get() + ledger.cancelled.get())
                .as("tasks that ended")
                .isEqualTo(ledger.spawned.get());
        assertThat(ledger.failed.get()).as("tasks that failed").isZero();
        assertThat(ledger.permits.get())
                .as("most inside the semaphore")
                .isLessThanOrEqualTo(permits);
        assertThat(ledger.plain).as("counted under the lock").isEqualTo(ledger.counted.get());
    }

    private static void act(
            Random random, Queue<Integer> queue, Lock lock, Semaphore semaphore, Ledger ledger) {
        for (int step = 0; step < 6; step++) {
            switch (random.nextInt(7)) {
                case 0, 1 -> {
                    queue.put(step).await();
                    ledger.put.incrementAndGet();
                }
                case 2, 3 -> {
                    queue.get().await();
                    ledger.got.incrementAndGet();
                }
                case 4 -> {
                    try (var _ = lock.acquire().await()) {
                        ledger.plain++;
                        ledger.counted.incrementAndGet();
                        if (random.nextBoolean()) {
                            Async.yieldNow().await();
                        }
                    }
                }
                case 5 -> {
                    try (var _ = semaphore.acquire().await()) {
                        ledger.permits.accumulateAndGet(ledger.inside.incrementAndGet(), Math::max);
                        try {
                            Async.yieldNow().await();
                        } finally {
                            ledger.inside.decrementAndGet();
                        }
                    }
                }
                default -> underLimit(queue, ledger);
            }
        }
    }

    /// Gets an item within a time that is about as long as it takes.
    private static void underLimit(Queue<Integer> queue, Ledger ledger) {
        try {
            Async.timeout(
                            Duration.ofNanos(20_000),
                            () -> {
                                queue.get().await();
                                ledger.got.incrementAndGet();
                            })
                    .await();
        } catch (TimeoutError e) {
            Async.yieldNow().await();
        }
    }

    private static void count(List<Task<?>> tasks, Ledger ledger) {
        for (Task<?> task : tasks) {
            if (task.isCancelled()) {
                ledger.cancelled.incrementAndGet();
            } else if (task.exception() == null) {
                ledger.succeeded.incrementAndGet();
            } else {
                ledger.failed.incrementAndGet();
                throw new AssertionError("a task failed", task.exception());
            }
        }
    }

    @Test
    void wakeUpsFromOtherThreadsAreNeitherLostNorRepeated() {
        for (int round = 0; round < ROUNDS; round++) {
            int expected = round;
            int got =
                    Async.run(() -> {
                        Promise<Integer> first = EventLoop.running().createPromise();
                        Promise<Integer> second = EventLoop.running().createPromise();
                        Thread.ofVirtual().start(() -> first.complete(expected));
                        Thread.ofVirtual()
                                .start(() -> {
                                    second.tryComplete(1);
                                    second.tryComplete(2);
                                });
                        return first.await() + second.await();
                    });
            assertThat(got).isIn(expected + 1, expected + 2);
        }
    }

    /// What becomes of callbacks that a loop has taken.
    private static final class Submissions {
        final AtomicInteger begun = new AtomicInteger();
        final AtomicInteger dropped = new AtomicInteger();

        private final class Callback implements Runnable, Droppable {
            @Override
            public void run() {
                begun.incrementAndGet();
            }

            @Override
            public void dropped() {
                dropped.incrementAndGet();
            }
        }

        Runnable newCallback() {
            return new Callback();
        }
    }

    @Test
    void whatIsSubmittedWhileTheLoopClosesRunsOrIsRefusedOrIsDropped() throws InterruptedException {
        for (int round = 0; round < ROUNDS / 10; round++) {
            AtomicInteger submitted = new AtomicInteger();
            AtomicInteger rejected = new AtomicInteger();
            Submissions submissions = new Submissions();
            EventLoop loop = EventLoop.create();
            Thread submitter =
                    Thread.ofVirtual()
                            .start(() -> {
                                for (int i = 0; i < 200; i++) {
                                    submitted.incrementAndGet();
                                    try {
                                        loop.callSoonThreadsafe(submissions.newCallback());
                                    } catch (IllegalStateException e) {
                                        rejected.incrementAndGet();
                                    }
                                }
                            });
            loop.runUntilComplete(Coroutine.of(() -> Async.yieldNow().await()));
            loop.close();
            int atClose = submissions.begun.get();
            submitter.join();

            assertThat(submissions.begun).as("begun after close()").hasValue(atClose);
            assertThat(submissions.begun.get() + rejected.get() + submissions.dropped.get())
                    .as("begun + rejected + dropped")
                    .isEqualTo(submitted.get());
        }
    }

    @Test
    void cancellingMeetsEveryMomentOfATask() {
        for (int round = 0; round < ROUNDS; round++) {
            int spins = round % 400;
            Async.run(() -> {
                Promise<String> gate = EventLoop.running().createPromise();
                Task<String> task =
                        Async.createTask(() -> {
                            try {
                                return gate.await();
                            } catch (CancelledError e) {
                                assertThat(e.reason()).isEqualTo("now");
                                throw e;
                            }
                        });
                Task<?> completer = Async.createTask(() -> gate.tryComplete("open"));
                for (int i = 0; i < spins; i++) {
                    Thread.onSpinWait();
                }
                boolean requested = task.cancel("now");
                Async.wait(List.of(task, completer)).await();
                if (!requested) {
                    assertThat(task.result()).isEqualTo("open");
                } else {
                    assertThat(task.isCancelled() || task.result().equals("open")).isTrue();
                }
            });
        }
    }
}
