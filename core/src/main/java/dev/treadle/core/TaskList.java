package dev.treadle.core;

import dev.treadle.Task;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The unfinished tasks of a loop, oldest first. Linked through the tasks themselves: joining and
/// leaving allocate nothing.
final class TaskList {
    private @Nullable CoreTask<?> oldest; // loop thread only
    private @Nullable CoreTask<?> newest; // loop thread only

    void add(CoreTask<?> task) {
        CoreTask<?> last = newest;
        task.older = last;
        if (last == null) {
            oldest = task;
        } else {
            last.newer = task;
        }
        newest = task;
    }

    void remove(CoreTask<?> task) {
        CoreTask<?> before = task.older;
        CoreTask<?> after = task.newer;
        if (before == null) {
            oldest = after;
        } else {
            before.newer = after;
        }
        if (after == null) {
            newest = before;
        } else {
            after.older = before;
        }
        task.older = null;
        task.newer = null;
    }

    Set<Task<?>> snapshot() {
        Set<Task<?>> tasks = new LinkedHashSet<>();
        for (CoreTask<?> task = oldest; task != null; task = task.newer) {
            tasks.add(task);
        }
        return tasks;
    }
}
