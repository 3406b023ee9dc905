package dev.treadle.core;

/// What the thread of a [ThreadTask] runs for.
final class TaskThread extends ParallelExecution {
    private final ThreadTask<?> task;
    private final Thread thread = Thread.currentThread();

    /// Made on the thread itself.
    TaskThread(ThreadTask<?> task) {
        this.task = task;
    }

    @Override
    public Thread thread() {
        return thread;
    }

    @Override
    public CoreEventLoop loop() {
        return task.loop();
    }

    @Override
    public ThreadTask<?> task() {
        return task;
    }
}
