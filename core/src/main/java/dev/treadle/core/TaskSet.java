package dev.treadle.core;

import dev.treadle.Task;
import java.util.Set;

/// The unfinished tasks of a loop.
interface TaskSet {

    /// {@return the number of a new task}
    long nextNumber();

    /// {@return how many tasks were ever made} From any thread.
    long created();

    void add(CoreTask<?> task);

    void remove(CoreTask<?> task);

    /// {@return the tasks of this moment, oldest first}
    Set<Task<?>> snapshot();
}
