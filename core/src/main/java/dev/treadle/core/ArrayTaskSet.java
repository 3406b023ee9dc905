package dev.treadle.core;

import dev.treadle.Task;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The unfinished tasks of a loop that runs one thing at a time.
///
/// An array in which each task knows its place: joining and leaving allocate nothing, and write one
/// reference between them. (A linked list would write several, each of which costs a memory fence
/// with the JDK's default collector.)
final class ArrayTaskSet implements TaskSet {
    private @Nullable CoreTask<?>[] places = new CoreTask<?>[64]; // loop thread only
    private int[] free = new int[64]; // loop thread only: places below used that are empty
    private int freeCount; // loop thread only
    private int used; // loop thread only: places that have ever held a task
    private final Counter.Owned created = Counter.owned(); // loop thread

    @Override
    public long nextNumber() {
        created.increment();
        return created.get();
    }

    @Override
    public long created() {
        return created.get();
    }

    @Override
    public void add(CoreTask<?> task) {
        int place = freeCount > 0 ? free[--freeCount] : used++;
        if (place == places.length) {
            places = Arrays.copyOf(places, 2 * place);
        }
        places[place] = task;
        task.place = place;
    }

    @Override
    public void remove(CoreTask<?> task) {
        places[task.place] = null;
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, 2 * freeCount);
        }
        free[freeCount++] = task.place;
    }

    @Override
    public Set<Task<?>> snapshot() {
        Set<Task<?>> tasks = new LinkedHashSet<>();
        Arrays.stream(places)
                .filter(Objects::nonNull)
                .sorted(Comparator.comparingLong(CoreTask::number))
                .forEach(tasks::add);
        return tasks;
    }
}
