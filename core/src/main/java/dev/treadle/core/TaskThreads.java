package dev.treadle.core;

/// Threads for the tasks of a parallel loop, each of which has one of its own.
public interface TaskThreads {

    /// {@return what `EventLoop.carriers()` answers}
    String name();

    /// {@return how many tasks may be in a step at once; `Integer.MAX_VALUE` for any number}
    default int mostRunning() {
        return Integer.MAX_VALUE;
    }

    /// Makes the thread of a task. Called from any thread.
    ///
    /// @param name the thread's name, which shows the task
    /// @param body what it runs
    /// @return an unstarted virtual thread
    Thread newThread(String name, Runnable body);
}
