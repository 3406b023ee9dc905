package dev.treadle.benchmarks.footprint;

import dev.treadle.Async;
import dev.treadle.EventLoop;
import dev.treadle.Promise;
import dev.treadle.Runner;
import dev.treadle.Task;
import dev.treadle.benchmarks.Reasons;
import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.contestants.Contestant;
import dev.treadle.benchmarks.contestants.KotlinCoroutines;
import dev.treadle.benchmarks.contestants.Peer;
import dev.treadle.benchmarks.contestants.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// The memory of a task that is suspended.
@Row(
        family = Row.Family.MEMORY,
        title = "memory of an idle task",
        operation = "task",
        unit = "B",
        work =
                "Tasks that wait for what never comes, made in a JVM of their own; the heap is compared"
                        + " before and after. CPython's figure is by tracemalloc.",
        behind =
                "A suspended task keeps its future beside its stack, of which a virtual thread has the latter"
                        + " only. "
                        + Reasons.STACKS,
        counts = "tasks")
public final class MemoryOfTask implements MemoryRow {
    private record Kept(Runner runner, List<Task<?>> tasks) {}

    @Override
    public List<Contestant> contestants() {
        List<Contestant> all = new ArrayList<>(List.of(Variant.values()));
        all.addAll(List.of(Peer.KOTLIN_DEFAULT, Peer.VIRTUAL_THREADS));
        return all;
    }

    @Override
    public Object hold(Contestant who, int n) throws InterruptedException {
        return switch (who) {
            case Variant variant -> tasks(variant.newRunner(), n);
            case Peer.KOTLIN_DEFAULT -> KotlinCoroutines.on(Peer.KOTLIN_DEFAULT).startIdle(n);
            case Peer.VIRTUAL_THREADS -> threads(n);
            default -> throw new IllegalArgumentException(who + " has no tasks");
        };
    }

    private static Kept tasks(Runner runner, int n) {
        AtomicInteger waiting = new AtomicInteger();
        return runner.run(() -> {
            Promise<Integer> never = EventLoop.running().createPromise();
            List<Task<?>> tasks = new ArrayList<>(n);
            for (int i = 0; i < n; i++) {
                tasks.add(
                        Async.createTask(() -> {
                            waiting.incrementAndGet();
                            return never.await();
                        }));
            }
            while (waiting.get() < n) {
                Async.yieldNow().await();
            }
            return new Kept(runner, tasks);
        });
    }

    private static List<Thread> threads(int n) throws InterruptedException {
        CountDownLatch waiting = new CountDownLatch(n);
        CountDownLatch never = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            threads.add(
                    Thread.startVirtualThread(() -> {
                        waiting.countDown();
                        try {
                            never.await();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException("nobody interrupts it", e);
                        }
                    }));
        }
        waiting.await();
        return threads;
    }
}
