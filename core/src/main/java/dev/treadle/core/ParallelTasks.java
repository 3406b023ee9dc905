package dev.treadle.core;

import dev.treadle.Context;
import dev.treadle.Coroutine;
import dev.treadle.LoopStatistics.Worker;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where the tasks of a parallel loop run, beside each other and beside its callbacks.
abstract class ParallelTasks {

    /// What `EventLoop.carriers()` answers.
    abstract String name();

    /// Makes a task, which is not started. On the thread that creates it.
    ///
    /// @throws java.util.concurrent.RejectedExecutionException if there is no room for it; the
    ///   coroutine is closed then
    abstract <T extends @Nullable Object> ParallelTask<T> newTask(
            Coroutine<T> coroutine, @Nullable String name, Context context, long number);

    /// Called when the body of a task has ended, before its waiters are told: they may create the
    /// next one.
    void ended() {}

    // ---- seen from outside, by any thread

    /// What each of the workers does and has done that run tasks and nothing else; none if tasks
    /// have threads of their own.
    List<Worker> workers(@Nullable Measuring measuring) {
        return List.of();
    }

    /// The task whose step such a worker runs.
    @Nullable ParallelTask<?> running(int worker) {
        return null;
    }

    /// Steps that any of these workers may take, and how many there ever were.
    Inbox.Contents unassigned() {
        return Inbox.Contents.NONE;
    }

    // ---- the life of the loop

    /// Lets steps begin: the loop runs. By the caller, as all that follows.
    abstract void open();

    /// Lets no step begin until the next run; one that is under way goes on to its own end.
    abstract void close();

    /// Ends all that runs tasks: the loop is closed. Every task has been told to
    /// [unwind][CoreTask#unwind()], but those that were created meanwhile.
    abstract void shut();
}
