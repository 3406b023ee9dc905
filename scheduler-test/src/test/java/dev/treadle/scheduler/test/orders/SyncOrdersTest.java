package dev.treadle.scheduler.test.orders;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.Task;
import dev.treadle.scheduler.test.Fault;
import dev.treadle.scheduler.test.Simulation;
import dev.treadle.scheduler.test.Strategy;
import dev.treadle.scheduler.test.TreadleTest;
import dev.treadle.sync.Event;
import dev.treadle.sync.Lock;
import dev.treadle.sync.Permit;
import dev.treadle.sync.Queue;
import dev.treadle.sync.Semaphore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Primitives under cancellation that meets a hand-over, wherever it can.
class SyncOrdersTest {

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void aLockLetsInOneAtATimeAndIsFreeAtTheEnd() {
        Lock lock = new Lock();
        int[] inside = {0};
        List<Task<?>> tasks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            tasks.add(
                    Async.createTask(() -> {
                        try (Permit _ = lock.acquire().await()) {
                            assertThat(++inside[0]).isEqualTo(1);
                            try {
                                Async.yieldNow().await();
                            } finally {
                                inside[0]--;
                            }
                        }
                    }));
        }
        Task<?> cancelling = Async.createTask(() -> tasks.get(1).cancel());

        Async.wait(tasks).await();
        cancelling.await();

        assertThat(lock.isLocked()).isFalse();
        assertThat(tasks).allMatch(task -> task.isCancelled() || task.exception() == null);
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void aSemaphoreGivesEachPermitToOneEvenIfWaitersAreCancelled(Simulation simulation) {
        Semaphore semaphore = new Semaphore(2);
        int[] inside = {0};
        List<Task<?>> tasks = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            tasks.add(
                    Async.createTask(() -> {
                        try (Permit _ = semaphore.acquire().await()) {
                            assertThat(++inside[0]).isLessThanOrEqualTo(2);
                            try {
                                Async.yieldNow().await();
                            } finally {
                                inside[0]--;
                            }
                        }
                    }));
        }
        Task<?> victim = tasks.get(simulation.choose(tasks.size()));
        Task<?> cancelling =
                Async.createTask(() -> {
                    Async.yieldNow().await();
                    victim.cancel();
                });

        Async.wait(tasks).await();
        cancelling.await();

        Permit first = semaphore.acquire().await();
        Permit second = semaphore.acquire().await();
        assertThat(semaphore.isLocked()).isTrue();
        first.close();
        second.close();
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void aQueueNeitherLosesNorDoublesItemsAndKeepsThemInOrder() {
        Queue<Integer> queue = Queue.bounded(2);
        List<Integer> got = new ArrayList<>();
        Task<?> putting =
                Async.createTask(() -> {
                    for (int i = 0; i < 6; i++) {
                        queue.put(i).await();
                    }
                });
        Task<?> impatient = Async.createTask(() -> got.add(queue.get().await()));
        Task<?> cancelling =
                Async.createTask(() -> {
                    Async.yieldNow().await();
                    impatient.cancel();
                });
        Async.wait(List.of(impatient, cancelling)).await();
        while (got.size() < 6) {
            got.add(queue.get().await());
        }
        putting.await();

        assertThat(got).containsExactlyElementsOf(IntStream.range(0, 6).boxed().toList());
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void anEventWakesAllWhoWaitAndAllWhoCome() {
        Event event = new Event();
        List<Task<?>> tasks = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            tasks.add(Async.createTask(() -> event.await().await()));
        }
        tasks.add(Async.createTask(event::set));

        Async.gather(tasks).await();

        assertThat(event.isSet()).isTrue();
    }

    @TreadleTest(
            strategies = Strategy.FIFO,
            faults = {Fault.CANCEL, Fault.EXCEPTION, Fault.TIMEOUT})
    void whoFailsBetweenGettingAndGivingBackLeavesTheLockFree(Simulation simulation) {
        Lock lock = new Lock();
        Task<?> other =
                Async.createTask(() -> {
                    try (Permit _ = lock.acquire().await()) {
                        Async.sleep(Duration.ofMillis(1)).await();
                    }
                });
        simulation
                .subject(() -> {
                    try (Permit _ = lock.acquire().await()) {
                        Async.yieldNow().await();
                    }
                    try (Permit _ = lock.acquire().await()) {
                        Async.sleep(Duration.ofMillis(1)).await();
                    }
                })
                .await();
        other.await();

        assertThat(lock.isLocked()).isFalse();
    }
}
