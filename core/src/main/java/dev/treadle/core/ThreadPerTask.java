package dev.treadle.core;

import dev.treadle.Context;
import dev.treadle.Coroutine;
import org.jspecify.annotations.Nullable;

/// Each task has a thread of its own.
final class ThreadPerTask extends ParallelTasks {
    private final CoreEventLoop loop;
    private final TaskThreads threads;
    private final StepGate gate;

    ThreadPerTask(CoreEventLoop loop, TaskThreads threads) {
        this.loop = loop;
        this.threads = threads;
        this.gate = new StepGate(threads.mostRunning());
    }

    @Override
    String name() {
        return threads.name();
    }

    @Override
    <T extends @Nullable Object> ParallelTask<T> newTask(
            Coroutine<T> coroutine, @Nullable String name, Context context, long number) {
        return new ThreadTask<>(loop, coroutine, name, context, number, threads, gate);
    }

    @Override
    void open() {
        gate.open();
    }

    @Override
    void close() {
        gate.close();
    }

    @Override
    void shut() {
        gate.shut();
    }
}
