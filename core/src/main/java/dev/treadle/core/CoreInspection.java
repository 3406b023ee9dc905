package dev.treadle.core;

import dev.treadle.Future;
import dev.treadle.Task;
import dev.treadle.spi.Inspection;
import dev.treadle.spi.UserFrames;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A loop as seen from outside.
///
/// It reads what belongs to the holder of the turn, without a lock and from any thread: only
/// references and numbers, each of which is at worst out of date. What is stuck does not change,
/// and so is seen as it is.
final class CoreInspection implements Inspection {
    private final CoreEventLoop loop;

    CoreInspection(CoreEventLoop loop) {
        this.loop = loop;
    }

    @Override
    public Collection<Task<?>> tasks() {
        return loop.unfinished();
    }

    @Override
    public long number(Task<?> task) {
        return ours(task).number();
    }

    @Override
    public List<StackTraceElement> standsAt() {
        Thread thread = loop.dispatcher.holderThread();
        if (thread == null || !loop.dispatcher.isInStep()) {
            return List.of();
        }
        return stackOf(thread);
    }

    @Override
    public List<StackTraceElement> standsAt(int worker) {
        if (worker == 0) {
            return standsAt();
        }
        ParallelTask<?> task = loop.parallelRunning(worker);
        Thread thread = task == null ? null : task.ownThread();
        if (thread == null) {
            return List.of();
        }
        List<StackTraceElement> frames = stackOf(thread);
        // Else the step is over, and the frames are of what came next.
        return loop.parallelRunning(worker) == task ? frames : List.of();
    }

    @Override
    public @Nullable Task<?> running(int worker) {
        return worker == 0 ? running() : loop.parallelRunning(worker);
    }

    /// The stack of a thread that runs a step.
    private static List<StackTraceElement> stackOf(Thread thread) {
        StackTraceElement[] stack = thread.getStackTrace();
        return thread == Thread.currentThread()
                ? UserFrames.of(stack)
                : UserFrames.ofRunning(stack);
    }

    @Override
    public @Nullable Task<?> running() {
        return loop.dispatcher.currentTask();
    }

    @Override
    public boolean isRunning(Task<?> task) {
        return ours(task) instanceof ParallelTask<?> beside
                ? beside.isInStep()
                : loop.dispatcher.currentTask() == task;
    }

    @Override
    public @Nullable Future<?> awaited(Task<?> task) {
        return ours(task).awaited();
    }

    @Override
    public @Nullable Task<?> holder(Future<?> future) {
        return ((CoreFuture<?>) ofThisLoop(future)).holder();
    }

    @Override
    public List<Future<?>> awaitedBy(Future<?> future) {
        return ((CoreFuture<?>) ofThisLoop(future)).awaiters();
    }

    @Override
    public List<StackTraceElement> stack(Task<?> task) {
        CoreTask<?> ours = ours(task);
        if (loop.dispatcher.currentTask() == ours) {
            return standsAt();
        }
        Thread suspended = ours.suspendedOn();
        if (suspended != null) {
            return UserFrames.of(suspended.getStackTrace());
        }
        Thread running = ours instanceof ParallelTask<?> parallel ? parallel.ownThread() : null;
        if (running == null) {
            return List.of();
        }
        StackTraceElement[] stack = running.getStackTrace();
        boolean isSuspending = ours.awaited() != null; // and about to say so
        return isSuspending ? UserFrames.of(stack) : UserFrames.ofRunning(stack);
    }

    @Override
    public List<StackTraceElement> createdAt(Future<?> future) {
        return ((CoreFuture<?>) ofThisLoop(future)).createdAt();
    }

    private CoreTask<?> ours(Task<?> task) {
        return (CoreTask<?>) ofThisLoop(task);
    }

    private Future<?> ofThisLoop(Future<?> future) {
        if (future.loop() != loop) {
            throw new IllegalArgumentException(
                    future + " is not of loop " + loop.name() + " but of " + future.loop().name());
        }
        return future;
    }
}
