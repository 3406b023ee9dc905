package dev.treadle.scheduler.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.EventLoop;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.sync.Lock;
import dev.treadle.sync.Permit;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;

/// Bugs of locks, and of those who use them.
@NullUnmarked
final class Mutexes {
    private final EventLoop loop;
    private final boolean broken;
    private final Deque<Promise<Void>> waiters = new ArrayDeque<>();
    private boolean locked;

    private Mutexes(EventLoop loop, boolean broken) {
        this.loop = loop;
        this.broken = broken;
    }

    private void lock() {
        if (!locked) {
            locked = true;
            return;
        }
        Promise<Void> promise = loop.createPromise();
        waiters.add(promise);
        promise.await();
        locked = true; // who has woken us is sure that it is ours
    }

    private void unlock() {
        Promise<Void> next = waiters.poll();
        if (next == null) {
            locked = false;
        } else {
            locked = !broken; // handed over, or free until the woken one runs
            next.complete(null);
        }
    }

    /// Between a release and the next owner's step the lock looks free to a newcomer.
    static void barging(Simulation simulation, boolean broken) {
        Mutexes mutex = new Mutexes(simulation.loop(), broken);
        int[] inside = {0};
        List<Task<?>> tasks = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Duration arrival = Duration.ofMillis(simulation.choose(3));
            tasks.add(
                    Async.createTask(() -> {
                        Async.sleep(arrival).await();
                        mutex.lock();
                        assertThat(++inside[0]).isEqualTo(1);
                        Async.sleep(Duration.ofMillis(1)).await();
                        inside[0]--;
                        mutex.unlock();
                    }));
        }
        Async.wait(tasks).await();
        tasks.forEach(Task::result);
    }

    /// Somebody who gives up waiting unlocks what he does not hold.
    static void wrongOwner(Simulation simulation, boolean broken) {
        Mutexes mutex = new Mutexes(simulation.loop(), false);
        int[] inside = {0};
        Task<?> owner =
                Async.createTask(() -> {
                    mutex.lock();
                    assertThat(++inside[0]).isEqualTo(1);
                    Async.yieldNow().await();
                    inside[0]--;
                    mutex.unlock();
                });
        Task<?> hasty =
                Async.createTask(() -> {
                    boolean ours = false;
                    try {
                        if (!mutex.locked) {
                            mutex.lock();
                            ours = true;
                        }
                    } finally {
                        if (ours || broken) {
                            mutex.unlock();
                        }
                    }
                });
        Task<?> third =
                Async.createTask(() -> {
                    mutex.lock();
                    assertThat(++inside[0]).isEqualTo(1);
                    Async.yieldNow().await();
                    inside[0]--;
                    mutex.unlock();
                });
        Async.gather(owner, hasty, third).await();
    }

    /// Two tasks take the same two locks, each in an order of its own.
    static void twoOrders(Simulation simulation, boolean broken) {
        Lock left = new Lock();
        Lock right = new Lock();
        Async.gather(
                        Async.createTask(() -> both(left, right)),
                        Async.createTask(() -> both(broken ? right : left, broken ? left : right)))
                .await();
    }

    private static void both(Lock first, Lock second) {
        try (Permit _ = first.acquire().await()) {
            Async.yieldNow().await();
            try (Permit _ = second.acquire().await()) {
                Async.yieldNow().await();
            }
        }
    }

    /// Each of three takes the fork on his left, and then waits for the one on his right.
    static void philosophers(Simulation simulation, boolean broken) {
        List<Lock> forks = List.of(new Lock(), new Lock(), new Lock());
        List<Task<?>> tasks = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int left = i;
            int right = (i + 1) % 3;
            tasks.add(
                    Async.createTask(() -> {
                        boolean ordered = !broken && left > right;
                        both(forks.get(ordered ? right : left), forks.get(ordered ? left : right));
                    }));
        }
        Async.wait(tasks).await();
    }

    /// Who fails while he holds the lock does not give it back.
    static void keptByFailure(Simulation simulation, boolean broken) {
        Mutexes mutex = new Mutexes(simulation.loop(), false);
        simulation
                .subject(() -> {
                    mutex.lock();
                    if (broken) {
                        Async.yieldNow().await();
                        mutex.unlock();
                        return;
                    }
                    try {
                        Async.yieldNow().await();
                    } finally {
                        mutex.unlock();
                    }
                })
                .await();
        mutex.lock();
    }
}
