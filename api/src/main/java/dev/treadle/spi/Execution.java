package dev.treadle.spi;

import dev.treadle.Context;
import dev.treadle.EventLoop;
import dev.treadle.Task;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// On whose behalf a thread runs: which loop, which task, which context.
///
/// The facade and `await()` find their loop through [#current()]. A scheduler binds one execution
/// to each thread that carries its steps, once, with [#call], and changes what it answers from step
/// to step.
public interface Execution {

    /// {@return what the calling thread runs for; one without loop, task and context if nothing is
    /// bound to it}
    static Execution current() {
        return Executions.current();
    }

    /// {@return whether steps of other tasks may be running on the same loop while the calling code
    /// does}
    ///
    /// Costs next to nothing in a program in which no parallel execution has ever been bound.
    static boolean runsInParallel() {
        return Executions.runsInParallel();
    }

    /// Binds an execution to the calling thread while an action runs.
    ///
    /// A thread that inherits the binding from its creator is not meant by it: only [#thread()] is.
    ///
    /// @param <T> what the action returns
    /// @param <X> what it throws
    /// @param execution what the thread runs for
    /// @param action what to run
    /// @return its result
    /// @throws X if the action throws it
    static <T extends @Nullable Object, X extends Throwable> T call(
            Execution execution, ScopedValue.CallableOp<? extends T, X> action) throws X {
        return Executions.call(execution, action);
    }

    /// {@return the thread that this is bound to, or null if to none}
    @Nullable Thread thread();

    /// {@return whether the loop runs steps of other tasks at the same time} For a generator it is
    /// what it is for the code that drives it.
    default boolean isParallel() {
        return false;
    }

    /// {@return the loop that runs the calling code, or null}
    @Nullable EventLoop loop();

    /// {@return the task that runs the calling code, or null in a callback and outside a loop}
    @Nullable Task<?> task();

    /// {@return the task that runs the calling code}
    ///
    /// @throws IllegalStateException if none does; the message says what to call instead of
    ///   `await()`
    default Task<?> requireTask() {
        Task<?> task = task();
        if (task == null) {
            throw new IllegalStateException(
                    "await() outside a coroutine: on a plain thread call Async.run(...) or"
                            + " Future.get(), in a callback create a task");
        }
        return task;
    }

    /// {@return the context of the calling code, or null on a thread that runs in none}
    @Nullable Context context();

    /// Runs an action in another context.
    ///
    /// If the action suspends its task, the context goes with the task.
    ///
    /// @param <T> what the action returns
    /// @param <X> what it throws
    /// @param context the context to run in
    /// @param action what to run
    /// @return its result
    /// @throws X if the action throws it
    <T extends @Nullable Object, X extends Throwable> T callIn(
            Context context, ScopedValue.CallableOp<? extends T, X> action) throws X;

    /// Returns what an error becomes that leaves a part of the calling task's body.
    ///
    /// Where a request for cancellation interrupts a step that is under way, a blocking call of the
    /// JDK answers it with `InterruptedException`. Where coroutines, time limits and task groups
    /// end, that becomes a [dev.treadle.CancelledError] which it is the cause of, and the request
    /// counts as delivered. Every other error stays as it is.
    ///
    /// @param thrown what was thrown
    /// @return what is to be thrown in its place, or the same
    default Throwable asCancellation(Throwable thrown) {
        return thrown;
    }

    /// Runs an action on the stack of the task itself.
    ///
    /// A stackful generator runs its body on a thread of its own; what its body awaits must suspend
    /// the task that steps it, and so runs where that task does. Everywhere else this calls the
    /// action.
    ///
    /// @param <T> what the action returns
    /// @param action what may suspend
    /// @return its result
    <T extends @Nullable Object> T onTaskStack(Supplier<T> action);
}
