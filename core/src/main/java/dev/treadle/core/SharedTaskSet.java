package dev.treadle.core;

import dev.treadle.Task;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// The unfinished tasks of a parallel loop: used by many threads.
///
/// A concurrent map and no lock: who creates tasks and who ends them meet here all the time, and a
/// virtual thread that has to wait for a lock costs more than all else that a small task does.
final class SharedTaskSet implements TaskSet {
    private final AtomicLong created = new AtomicLong();
    private final ConcurrentHashMap<Long, CoreTask<?>> tasks = new ConcurrentHashMap<>();

    @Override
    public long nextNumber() {
        return created.incrementAndGet();
    }

    @Override
    public long created() {
        return created.get();
    }

    @Override
    public void add(CoreTask<?> task) {
        tasks.put(task.number(), task);
    }

    @Override
    public void remove(CoreTask<?> task) {
        tasks.remove(task.number());
    }

    @Override
    public Set<Task<?>> snapshot() {
        Set<Task<?>> sorted = new LinkedHashSet<>();
        tasks.values().stream()
                .sorted(Comparator.comparingLong(CoreTask::number))
                .forEach(sorted::add);
        return sorted;
    }
}
