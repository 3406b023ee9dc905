package dev.treadle.core;

import org.jspecify.annotations.Nullable;

/// The next step of a task: its entry in the ready queue, and what waits for the future that it
/// awaits. One for the whole life of a task, because a task has at most one next step.
final class TaskStep extends ReadyEntry implements Waiter {
    final CoreTask<?> task;
    @Nullable Runner suspendedOn; // loop thread only; null before the first step
    private @Nullable Waiter next; // owned by the future's list

    // Written by who makes this ready, taken by who runs it; null unless it was chosen to be
    // measured.
    @Nullable Sample sample;

    TaskStep(CoreTask<?> task) {
        this.task = task;
    }

    @Override
    @Nullable Runner suspendedOn() {
        return suspendedOn;
    }

    @Override
    void run() {
        task.takeTurn();
    }

    @Override
    public String toString() {
        return task.toString();
    }

    @Override
    public CoreTask<?> task() {
        return task;
    }

    @Override
    public boolean isYield() {
        return suspendedOn != null && task.awaitsNothing();
    }

    @Override
    public void futureDone() {
        task.wake();
    }

    @Override
    public boolean retrieves() {
        return true;
    }

    @Override
    public CoreTask<?> awaiter() {
        return task;
    }

    @Override
    public @Nullable Waiter nextWaiter() {
        return next;
    }

    @Override
    public void nextWaiter(@Nullable Waiter waiter) {
        next = waiter;
    }
}
