package dev.treadle;

import org.jspecify.annotations.Nullable;

/// Makes the tasks of a loop.
///
/// For code that is to have its way with every task of a loop: start it eagerly, name it, carry
/// something into it, count it. Set with [EventLoop#taskFactory(TaskFactory)].
///
/// ```java
/// static <T> Task<T> create(EventLoop loop, Coroutine<T> coroutine, TaskOptions options) {
///     Task<T> task = loop.newTask(coroutine, options);
///     started.increment();
///     return task;
/// }
/// loop.taskFactory(Counting::create);
/// ```
///
/// Source of the semantics: `loop.set_task_factory`.
@FunctionalInterface
public interface TaskFactory {

    /// Makes a task.
    ///
    /// Called by [EventLoop#createTask(Coroutine, TaskOptions)], on the loop's thread, in the
    /// context of its caller. What it throws is thrown from there, and the coroutine is closed.
    ///
    /// @param <T> what the coroutine returns
    /// @param loop the loop that is to run the task
    /// @param coroutine what to run; it has not started
    /// @param options as they were given, the defaults if none were
    /// @return the task, made by [EventLoop#newTask]
    <T extends @Nullable Object> Task<T> createTask(
            EventLoop loop, Coroutine<T> coroutine, TaskOptions options);

    /// {@return a factory whose tasks start eagerly, unless their options say otherwise}
    ///
    /// Source of the semantics: `asyncio.eager_task_factory`.
    static TaskFactory eager() {
        return EagerTasks.FACTORY;
    }
}
