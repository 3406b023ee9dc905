package dev.treadle;

import org.jspecify.annotations.Nullable;

/// Has tasks start eagerly that do not say how they want to start.
enum EagerTasks implements TaskFactory {
    FACTORY;

    @Override
    public <T extends @Nullable Object> Task<T> createTask(
            EventLoop loop, Coroutine<T> coroutine, TaskOptions options) {
        return loop.newTask(
                coroutine,
                options.start() == null ? options.withStart(TaskOptions.Start.EAGER) : options);
    }
}
