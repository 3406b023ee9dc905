package dev.treadle;

import dev.treadle.spi.AwaitLink;
import dev.treadle.spi.CancelRequests;
import dev.treadle.spi.Execution;
import dev.treadle.spi.Guard;
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
/// group, unless a child really failed meanwhile. A [FatalError] is thrown bare, and so is a
/// [GeneratorExit] of the body if no child failed.
///
/// [#cancel()] ends the group early and without an error. [#create()] makes a group to be passed on
/// before it is entered.
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

    private @Nullable Task<?> parent; // guarded; null before the group is entered and after its end
    private final Guard guard = new Guard();
    private final Set<Task<?>> children = new LinkedHashSet<>(); // guarded, unfinished ones
    private final List<Throwable> errors = new ArrayList<>(); // guarded
    private @Nullable FatalError fatal; // guarded
    // Guarded; set while the end waits for the children.
    private @Nullable Promise<@Nullable Void> allDone;
    private int underWay; // guarded: creations and abortions, which the end waits for too
    private boolean entered; // guarded
    private boolean exiting; // guarded
    private boolean aborting; // guarded
    private boolean cancelOnEntry; // guarded
    private boolean parentCancelRequested; // guarded
    private int parentRequest; // guarded; which one that is

    private TaskGroup() {}

    /// Makes a group that is not entered yet.
    ///
    /// For code that hands the group to others, who may cancel it at any time, before it enters it.
    /// Where the body alone needs the group, [#run] and [#call] are shorter.
    ///
    /// @return a group to be [entered][#enter(Coroutine.Action)] once
    public static TaskGroup create() {
        return new TaskGroup();
    }

    /// Runs a body that returns a value with a group for its children.
    ///
    /// @param <T> what the body returns
    /// @param body creates tasks in the group, and may await
    /// @return a coroutine with the body's result, done when all children are; null if [#cancel()]
    ///   has cut the body short. Awaiting it throws [ExceptionGroup] if the body or a child failed
    public static <T extends @Nullable Object> Coroutine<@Nullable T> call(Body<T> body) {
        return Coroutine.<@Nullable T>of(() -> {
            TaskGroup group = create();
            return group.<T>around(() -> body.run(group));
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

    /// Runs a body that returns a value inside this group.
    ///
    /// @param <T> what the body returns
    /// @param body creates tasks in this group, and may await
    /// @return a coroutine, as [#call] returns; awaiting it throws `IllegalStateException` outside
    ///   a task, or if the group was entered before
    public <T extends @Nullable Object> Coroutine<@Nullable T> enter(Coroutine.Body<T> body) {
        return Coroutine.<@Nullable T>of(() -> this.<T>around(body));
    }

    /// Runs a body that returns nothing inside this group.
    ///
    /// @param action creates tasks in this group, and may await
    /// @return a coroutine, as [#enter(Coroutine.Body)] returns
    public Coroutine<@Nullable Void> enter(Coroutine.Action action) {
        return this.<@Nullable Void>enter(() -> {
            action.run();
            return null;
        });
    }

    private <T extends @Nullable Object> @Nullable T around(Coroutine.Body<T> body)
            throws Exception {
        Task<?> owner = begin();
        T value;
        try {
            value = body.run();
        } catch (Throwable e) {
            Throwable outcome = end(owner, Execution.current().asCancellation(e));
            if (outcome == null) { // it was only cancelled because the group was
                return null;
            }
            throw Rethrow.asException(outcome);
        }
        Throwable outcome = end(owner, null);
        if (outcome != null) {
            throw Rethrow.asException(outcome);
        }
        return value;
    }

    private Task<?> begin() {
        Task<?> current = Execution.current().task();
        boolean cancelled;
        try (var _ = guard.enter()) {
            if (entered) {
                throw new IllegalStateException(
                        "task group has already been entered: make a new one for each use");
            }
            if (current == null) {
                throw new IllegalStateException("a task group should be used inside a task");
            }
            entered = true;
            parent = current;
            cancelled = cancelOnEntry;
        }
        if (cancelled) {
            cancel();
        }
        return current;
    }

    /// Ends this group early and without an error: its unfinished children are cancelled, and so is
    /// the body, at its next suspension.
    ///
    /// A failure of a child is thrown all the same. May be called by the body, by a child or by
    /// anybody else on the loop; before the group is entered, which then cancels it on entry; and
    /// again, or after the group has ended, when it does nothing.
    ///
    /// Source of the semantics: `TaskGroup.cancel` of Python 3.15.
    public void cancel() {
        Task<?> owner;
        boolean requests;
        try (var _ = guard.enter()) {
            owner = parent;
            if (owner == null) {
                cancelOnEntry = true; // which is too late for one that has ended
                return;
            }
            if (aborting || (exiting && isOver())) {
                return;
            }
            requests = requestParentsCancellation();
        }
        abortWith(owner, requests);
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
        Task<?> owner = beginCreating(coroutine);
        Task<T> child = null;
        try {
            child = owner.loop().createTask(coroutine, options);
        } finally {
            created(child);
        }
        // Also on one that has ended in its eager first step, so that the body is cancelled at one
        // of its suspensions, and never inside this call.
        child.addDoneCallback(AwaitLink.of(owner, done -> childEnded(owner, done)));
        return child;
    }

    /// Returns the task that runs the group, which must take children.
    private Task<?> beginCreating(Coroutine<?> coroutine) {
        String refusal;
        try (var _ = guard.enter()) {
            Task<?> owner = parent;
            if (!entered) {
                refusal = "task group has not been entered: create the task inside its body";
            } else if (owner == null || (exiting && isOver())) {
                refusal = "task group has finished: create the task inside its body";
            } else if (aborting) {
                refusal =
                        "task group is shutting down, because a child failed, its task was cancelled"
                                + " or cancel() was called";
            } else {
                underWay++;
                return owner;
            }
        }
        coroutine.close();
        throw new IllegalStateException(refusal);
    }

    private void created(@Nullable Task<?> child) {
        boolean tooLate;
        try (var _ = guard.enter()) {
            underWay--;
            tooLate = aborting;
            if (child != null) {
                children.add(child);
            }
            wakeEnd();
        }
        if (child != null
                && tooLate) { // the children were cancelled while this one was being created
            child.cancel();
        }
    }

    private boolean isOver() {
        return children.isEmpty() && underWay == 0;
    }

    private void wakeEnd() {
        if (allDone != null && isOver()) {
            allDone.tryComplete(null);
        }
    }

    /// Waits for the children, and lets go of what may keep others from being collected; returns
    /// what is to be thrown, null for nothing.
    private @Nullable Throwable end(Task<?> owner, @Nullable Throwable error) {
        try {
            return exit(owner, error);
        } finally {
            try (var _ = guard.enter()) {
                parent = null;
                errors.clear();
                fatal = null;
            }
        }
    }

    /// Waits for the children; returns what is to be thrown, null for nothing.
    private @Nullable Throwable exit(Task<?> owner, @Nullable Throwable error) {
        try (var _ = guard.enter()) {
            exiting = true;
            if (error instanceof FatalError e && fatal == null) {
                fatal = e;
            }
        }
        CancelledError cancelled = error instanceof CancelledError e ? e : null;
        if (error != null) {
            abort();
        }
        CancelledError whileWaiting = null; // the latest that arrived
        for (var done = joinEnd(owner); done != null; done = joinEnd(owner)) {
            try {
                done.await();
            } catch (CancelledError e) {
                whileWaiting = e;
                if (abort()) {
                    cancelled = e;
                }
            }
        }
        List<Throwable> overtaken;
        FatalError thrown;
        try (var _ = guard.enter()) {
            thrown = fatal;
            if (thrown == null) {
                return outcome(owner, error, cancelled, whileWaiting);
            }
            overtaken = new ArrayList<>(errors);
        }
        if (error != null && !(error instanceof CancelledError)) {
            overtaken.add(error);
        }
        for (Throwable lost : overtaken) {
            if (lost != thrown) {
                owner.loop()
                        .callExceptionHandler(
                                EventLoop.Problem.of(
                                        "exception in a task group is overtaken by " + thrown,
                                        lost));
            }
        }
        return thrown;
    }

    private @Nullable Throwable outcome(
            Task<?> owner,
            @Nullable Throwable error,
            @Nullable CancelledError cancelled,
            @Nullable CancelledError whileWaiting) {
        // After the wait, because a child that fails during it makes the request only then.
        if (parentCancelRequested) {
            if (CancelRequests.withdraw(owner, parentRequest) == 0) {
                // The only request was our own, to stop the body: nobody outside wants the task to
                // end.
                cancelled = null;
            } else if (cancelled == null) {
                cancelled = whileWaiting; // what is left of the requests is not ours to drop
            }
        }
        if (cancelled != null && errors.isEmpty()) {
            if (parentCancelRequested) {
                CancelRequests.learned(owner); // of those for which it is thrown
            }
            return cancelled;
        }
        if (error != null && !(error instanceof CancelledError)) {
            errors.add(error);
        }
        if (errors.isEmpty()) {
            return null;
        }
        if (owner.cancelling() > 0) {
            // Somebody outside cancels as well. The group's error goes first; re-arming keeps their
            // request for the next await.
            owner.uncancel();
            owner.cancel();
        }
        if (error instanceof GeneratorExit && errors.size() == 1) {
            return error; // so that the generator around the group closes cleanly
        }
        return new ExceptionGroup("unhandled errors in a TaskGroup", errors);
    }

    /// Returns what to await until the children have ended; null if they have.
    ///
    /// A new one each time round: a cancellation of the parent cancels the one it waits on.
    private @Nullable Promise<@Nullable Void> joinEnd(Task<?> owner) {
        try (var _ = guard.enter()) {
            allDone = isOver() ? null : owner.loop().createPromise();
            return allDone;
        }
    }

    /// Cancels the children; false if somebody else has.
    private boolean abort() {
        List<Task<?>> left;
        try (var _ = guard.enter()) {
            if (aborting) {
                return false;
            }
            aborting = true;
            left = List.copyOf(children);
        }
        left.forEach(Task::cancel); // which does nothing to one that has ended
        return true;
    }

    private void childEnded(Task<?> owner, Future<?> child) {
        Throwable failure = child.isCancelled() ? null : child.exception();
        boolean endsGroup;
        boolean orphaned;
        try (var _ = guard.enter()) {
            children.remove(child);
            if (failure != null) {
                errors.add(failure);
            }
            if (failure instanceof FatalError e && fatal == null) {
                fatal = e;
            }
            endsGroup = failure != null && !owner.isDone() && !aborting && !parentCancelRequested;
            if (endsGroup) {
                requestParentsCancellation();
            }
            orphaned =
                    failure != null && owner.isDone(); // before it is told that this was the last
            wakeEnd();
        }
        if (endsGroup) {
            abortWith(owner, true);
        } else if (orphaned) {
            owner.loop()
                    .callExceptionHandler(
                            EventLoop.Problem.of(
                                            "task "
                                                    + child
                                                    + " has failed but its parent task "
                                                    + owner
                                                    + " is already done",
                                            failure)
                                    .withFuture(child));
        }
    }

    /// Takes note, guarded, that the group is about to be aborted together with its body; returns
    /// whether the parent is to be cancelled for it, which is done once.
    private boolean requestParentsCancellation() {
        underWay++; // the end is to find the request made
        boolean first = !parentCancelRequested;
        parentCancelRequested = true;
        return first;
    }

    private void abortWith(Task<?> owner, boolean cancelsOwner) {
        int request = 0;
        try {
            abort();
            if (cancelsOwner) {
                request = CancelRequests.request(owner);
            }
        } finally {
            try (var _ = guard.enter()) {
                if (cancelsOwner) {
                    parentRequest = request;
                }
                underWay--;
                wakeEnd();
            }
        }
    }
}
