package dev.treadle;

import dev.treadle.spi.Execution;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Children with one lifetime: the group ends when all of them have, and one that fails ends the
/// others.
///
/// ```java
/// TaskGroup.run(group -> {
///     group.createTask(() -> fetch(left));
///     group.createTask(() -> fetch(right));
/// }).await();   // both are done here
/// ```
///
/// When a child fails, the others and the body are cancelled and waited for, and an
/// [ExceptionGroup] with all failures is thrown. A child that was cancelled is no failure. When the
/// task that runs the group is cancelled, so are the children; the [CancelledError] then leaves the
/// group, unless a child really failed meanwhile. A [FatalError] is thrown bare.
///
/// All methods must be called on the loop thread.
///
/// Source of the semantics: `asyncio.TaskGroup`.
public final class TaskGroup {

    /// The body of a group that returns a value.
    ///
    /// @param <T> what it returns
    @FunctionalInterface
    public interface Body<T extends @Nullable Object> extends java.io.Serializable {
        /// Runs the body; it may await.
        ///
        /// @param group the group, to create tasks in
        /// @return the result
        /// @throws Exception if it fails
        T run(TaskGroup group) throws Exception;
    }

    /// The body of a group that returns nothing.
    @FunctionalInterface
    public interface Action extends java.io.Serializable {
        /// Runs the body; it may await.
        ///
        /// @param group the group, to create tasks in
        /// @throws Exception if it fails
        void run(TaskGroup group) throws Exception;
    }

    private final Task<?> parent;
    private final Set<Task<?>> children =
            new LinkedHashSet<>(); // loop thread only, unfinished ones
    private final List<Throwable> errors = new ArrayList<>(); // loop thread only
    private @Nullable FatalError fatal; // loop thread only
    // Loop thread only; set while the end waits for the children.
    private @Nullable Promise<@Nullable Void> allDone;
    private boolean exiting; // loop thread only
    private boolean aborting; // loop thread only
    private boolean parentCancelRequested; // loop thread only

    private TaskGroup(Task<?> parent) {
        this.parent = parent;
    }

    /// Runs a body that returns a value with a group for its children.
    ///
    /// @param <T> what the body returns
    /// @param body creates tasks in the group, and may await
    /// @return a coroutine with the body's result, done when all children are; awaiting it throws
    ///   [ExceptionGroup] if the body or a child failed
    public static <T extends @Nullable Object> Coroutine<T> call(Body<T> body) {
        return Coroutine.of(() -> {
            Task<?> parent = Execution.current().task();
            if (parent == null) {
                throw new IllegalStateException("a task group should be used inside a task");
            }
            TaskGroup group = new TaskGroup(parent);
            T value;
            try {
                value = body.run(group);
            } catch (Throwable e) {
                Throwable outcome = group.exit(e);
                throw Rethrow.asException(outcome == null ? e : outcome);
            }
            Throwable outcome = group.exit(null);
            if (outcome != null) {
                throw Rethrow.asException(outcome);
            }
            return value;
        });
    }

    /// Runs a body that returns nothing with a group for its children.
    ///
    /// @param action creates tasks in the group, and may await
    /// @return a coroutine, as [#call] returns
    public static Coroutine<@Nullable Void> run(Action action) {
        return TaskGroup.<@Nullable Void>call(group -> {
            action.run(group);
            return null;
        });
    }

    /// Creates a child.
    ///
    /// @param <T> what it returns
    /// @param body what to run
    /// @return the child's task
    /// @throws IllegalStateException if the group has finished or is shutting down
    public <T extends @Nullable Object> Task<T> createTask(Coroutine.Body<T> body) {
        return createTask(Coroutine.of(body), TaskOptions.defaults());
    }

    /// Creates a child that returns nothing.
    ///
    /// @param action what to run
    /// @return the child's task
    /// @throws IllegalStateException if the group has finished or is shutting down
    public Task<@Nullable Void> createTask(Coroutine.Action action) {
        return createTask(Coroutine.of(action), TaskOptions.defaults());
    }

    /// Creates a child with a name or a context.
    ///
    /// @param <T> what it returns
    /// @param body what to run
    /// @param options the task's name and context
    /// @return the child's task
    /// @throws IllegalStateException if the group has finished or is shutting down
    public <T extends @Nullable Object> Task<T> createTask(
            Coroutine.Body<T> body, TaskOptions options) {
        return createTask(Coroutine.of(body), options);
    }

    /// Creates a child that returns nothing, with a name or a context.
    ///
    /// @param action what to run
    /// @param options the task's name and context
    /// @return the child's task
    /// @throws IllegalStateException if the group has finished or is shutting down
    public Task<@Nullable Void> createTask(Coroutine.Action action, TaskOptions options) {
        return createTask(Coroutine.of(action), options);
    }

    /// Creates a child.
    ///
    /// @param <T> what it returns
    /// @param coroutine what to run; it is closed if the group refuses
    /// @param options the task's name and context
    /// @return the child's task
    /// @throws IllegalStateException if the group has finished or is shutting down
    public <T extends @Nullable Object> Task<T> createTask(
            Coroutine<T> coroutine, TaskOptions options) {
        if (exiting && children.isEmpty()) {
            coroutine.close();
            throw new IllegalStateException(
                    "task group has finished: create the task inside its body");
        }
        if (aborting) {
            coroutine.close();
            throw new IllegalStateException(
                    "task group is shutting down, because a child failed or its task was cancelled");
        }
        Task<T> child = parent.loop().createTask(coroutine, options);
        children.add(child);
        child.addDoneCallback(this::childEnded);
        return child;
    }

    /// Waits for the children; returns what is to be thrown, null for nothing.
    private @Nullable Throwable exit(@Nullable Throwable error) {
        exiting = true;
        if (error instanceof FatalError e && fatal == null) {
            fatal = e;
        }
        CancelledError cancelled = error instanceof CancelledError e ? e : null;
        if (error != null && !aborting) {
            abort();
        }
        CancelledError whileWaiting = awaitChildren();
        if (whileWaiting != null) {
            cancelled = whileWaiting;
        }
        if (fatal != null) {
            return fatal;
        }
        // After the wait, because a child that fails during it makes the request only then.
        if (parentCancelRequested && parent.uncancel() == 0) {
            // The only request was our own, to stop the body: nobody outside wants the task to end.
            cancelled = null;
        }
        if (cancelled != null && errors.isEmpty()) {
            return cancelled;
        }
        if (error != null && !(error instanceof CancelledError)) {
            errors.add(error);
        }
        if (errors.isEmpty()) {
            return null;
        }
        if (parent.cancelling() > 0) {
            // Somebody outside cancels as well. The group's error goes first; re-arming keeps their
            // request for the next await.
            parent.uncancel();
            parent.cancel();
        }
        return new ExceptionGroup("unhandled errors in a TaskGroup", errors);
    }

    /// Returns the first cancellation from outside that arrived while waiting, or null.
    private @Nullable CancelledError awaitChildren() {
        CancelledError first = null;
        while (!children.isEmpty()) {
            // A new promise each time round: a cancellation of the parent cancels the one it waits
            // on.
            Promise<@Nullable Void> done = parent.loop().createPromise();
            allDone = done;
            try {
                done.await();
            } catch (CancelledError e) {
                if (!aborting) {
                    first = e;
                    abort();
                }
            }
            allDone = null;
        }
        return first;
    }

    private void abort() {
        aborting = true;
        for (Task<?> child : List.copyOf(children)) {
            if (!child.isDone()) {
                child.cancel();
            }
        }
    }

    private void childEnded(Future<?> child) {
        children.remove(child);
        if (allDone != null && children.isEmpty()) {
            allDone.tryComplete(null);
        }
        if (child.isCancelled()) {
            return;
        }
        Throwable failure = child.exception();
        if (failure == null) {
            return;
        }
        errors.add(failure);
        if (failure instanceof FatalError e && fatal == null) {
            fatal = e;
        }
        if (parent.isDone()) {
            parent.loop()
                    .callExceptionHandler(
                            EventLoop.Problem.of(
                                            "task "
                                                    + child
                                                    + " has failed but its parent task "
                                                    + parent
                                                    + " is already done",
                                            failure)
                                    .withFuture(child));
            return;
        }
        if (!aborting && !parentCancelRequested) {
            abort();
            parentCancelRequested = true;
            parent.cancel();
        }
    }
}
