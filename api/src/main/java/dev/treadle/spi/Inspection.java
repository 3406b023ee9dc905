package dev.treadle.spi;

import dev.treadle.Future;
import dev.treadle.Task;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a loop tells those who look at it from outside: which tasks it has, and who awaits whom.
///
/// [CallGraph][dev.treadle.graph.CallGraph] and [LoopGraph][dev.treadle.graph.LoopGraph] are drawn
/// from it. All methods may be called from any thread at any moment, also while the loop's own
/// thread is stuck; they change nothing and wait for nothing. While the loop runs on they see
/// different moments of it, so that what one of them answers need not agree with another.
public interface Inspection {

    /// A loop that can be inspected: an [EventLoop][dev.treadle.EventLoop] may implement it.
    interface Inspectable {
        /// {@return the view of this loop from outside}
        Inspection inspection();
    }

    /// {@return the tasks that have not ended, oldest first}
    Collection<Task<?>> tasks();

    /// {@return a number that no other task of the loop has}
    ///
    /// @param task a task of this loop
    long number(Task<?> task);

    /// {@return the frames of the callback or task that runs at this moment, innermost first; empty
    /// if the loop waits, or does not run} On a loop with several workers: what the first one runs.
    List<StackTraceElement> standsAt();

    /// {@return the frames of the callback or task that a worker runs at this moment, innermost
    /// first; empty if it waits, if the loop has no such worker, or if the scheduler does not tell}
    ///
    /// @implSpec Knows of the first worker alone, by [#standsAt()].
    /// @param worker its number, as in
    ///   [LoopStatistics.Worker#index()][dev.treadle.LoopStatistics.Worker#index()]
    default List<StackTraceElement> standsAt(int worker) {
        return worker == 0 ? standsAt() : List.of();
    }

    /// {@return the task whose step runs, or null} On a loop with several workers: on the first
    /// one.
    @Nullable Task<?> running();

    /// {@return the task whose step a worker runs; null if it runs none, if the loop has no such
    /// worker, or if the scheduler does not tell}
    ///
    /// @implSpec Knows of the first worker alone, by [#running()].
    /// @param worker its number, as in
    ///   [LoopStatistics.Worker#index()][dev.treadle.LoopStatistics.Worker#index()]
    default @Nullable Task<?> running(int worker) {
        return worker == 0 ? running() : null;
    }

    /// {@return whether a step of a task runs at this moment}
    ///
    /// @implSpec Knows of the first worker alone, by [#running()].
    /// @param task a task of this loop
    default boolean isRunning(Task<?> task) {
        return running() == task;
    }

    /// {@return what a suspended task awaits, or null}
    ///
    /// @param task a task of this loop
    @Nullable Future<?> awaited(Task<?> task);

    /// {@return the task that holds what a future waits for, such as a lock; null if the future is
    /// done, if nobody does, or if the scheduler does not tell}
    ///
    /// @implSpec Does not tell.
    /// @param future a future of this loop
    default @Nullable Task<?> holder(Future<?> future) {
        return null;
    }

    /// {@return who waits for a future: the tasks that await it, and the futures and tasks that
    /// said so by an [AwaitLink]; each once, in the order in which they came}
    ///
    /// @param future a future of this loop
    List<Future<?>> awaitedBy(Future<?> future);

    /// {@return the frames of a task that is suspended or running, innermost first; empty if it has
    /// not started}
    ///
    /// @param task a task of this loop
    List<StackTraceElement> stack(Task<?> task);

    /// {@return the frames that created a future, innermost first; empty unless the loop was in
    /// debug mode then}
    ///
    /// @param future a future of this loop
    List<StackTraceElement> createdAt(Future<?> future);
}
