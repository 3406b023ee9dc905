package dev.treadle;

import dev.treadle.spi.Execution;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// The facade: asyncio's functions, for the loop that runs the calling code.
///
/// ```java
/// void main() {
///     Async.run(() -> {
///         var pages = Async.gather(List.of(fetch("a"), fetch("b"))).await();
///         System.out.println(pages);
///     });
/// }
/// ```
///
/// What returns an [Awaitable] does nothing, or goes on by itself, until it is awaited; each method
/// says which. Unless a method says otherwise it must be called on the loop thread: in a coroutine,
/// or in a callback.
///
/// Source of the semantics: the functions of Python's `asyncio` module.
public final class Async {
    private Async() {}

    /// When [Async#wait(Collection, When)] returns.
    ///
    /// Source of the semantics: `asyncio.ALL_COMPLETED` and its siblings.
    public enum When {
        /// When all are done.
        ALL_COMPLETED,
        /// When one is done, however it ended.
        FIRST_COMPLETED,
        /// When one has failed, else when all are done. A cancelled one has not failed.
        FIRST_EXCEPTION
    }

    /// What [Async#wait(Collection, When)] gives.
    ///
    /// @param <F> the kind of future waited for
    /// @param done those that were done when the waiter went on, in the order given
    /// @param pending the others, in the order given
    public record Waited<F extends Future<?>>(Set<F> done, Set<F> pending) {}

    /// Runs a coroutine on a loop of its own, to its end, and returns its result.
    ///
    /// Blocks the calling thread. When the coroutine has ended, the tasks that are left are
    /// cancelled and waited for, the asynchronous generators that are left are closed, the offload
    /// pool is shut down and the loop closed. Ctrl-C cancels the coroutine, see [Runner].
    ///
    /// @param <T> the result
    /// @param body what to run
    /// @return its result
    /// @throws IllegalStateException inside a running loop: await the coroutine instead; or if no
    ///   scheduler is found
    /// @throws java.util.concurrent.CompletionException if it failed with a checked exception,
    ///   which is the cause; an unchecked failure is rethrown as the same instance
    /// @throws CancelledError if it ended cancelled
    /// @throws KeyboardInterrupt if it ended because of Ctrl-C
    public static <T extends @Nullable Object> T run(Coroutine.Body<T> body) {
        return run(Coroutine.of(body), LoopConfig.defaults());
    }

    /// Runs a coroutine that returns nothing, as [#run(Coroutine.Body)] does.
    ///
    /// @param action what to run
    public static void run(Coroutine.Action action) {
        run(Coroutine.of(action), LoopConfig.defaults());
    }

    /// Runs a coroutine as [#run(Coroutine.Body)] does, on a loop made to order.
    ///
    /// @param <T> the result
    /// @param body what to run
    /// @param config the loop's name and scheduler
    /// @return its result
    public static <T extends @Nullable Object> T run(Coroutine.Body<T> body, LoopConfig config) {
        return run(Coroutine.of(body), config);
    }

    /// Runs a coroutine that returns nothing as [#run(Coroutine.Body)] does, on a loop made to
    /// order.
    ///
    /// @param action what to run
    /// @param config the loop's name and scheduler
    public static void run(Coroutine.Action action, LoopConfig config) {
        run(Coroutine.of(action), config);
    }

    /// Runs a coroutine as [#run(Coroutine.Body)] does, on a loop made to order.
    ///
    /// @param <T> the result
    /// @param coroutine what to run
    /// @param config the loop's name and scheduler
    /// @return its result
    public static <T extends @Nullable Object> T run(Coroutine<T> coroutine, LoopConfig config) {
        try (Runner runner = new Runner(config)) {
            return runner.run(coroutine);
        }
    }

    /// Suspends the current task for a time.
    ///
    /// Zero or less gives up control once, as [#yieldNow()] does.
    ///
    /// Source of the semantics: `asyncio.sleep`.
    ///
    /// @param delay how long, at least
    /// @return a coroutine; the time counts from when it is awaited
    public static Coroutine<@Nullable Void> sleep(Duration delay) {
        return sleep(delay, (@Nullable Void) null);
    }

    /// Suspends the current task for a time, and gives a value.
    ///
    /// @param <T> the value's type
    /// @param delay how long, at least
    /// @param result what awaiting gives
    /// @return a coroutine; the time counts from when it is awaited
    public static <T extends @Nullable Object> Coroutine<T> sleep(Duration delay, T result) {
        return Waiting.sleep(delay, result);
    }

    /// Gives up control once: all that is ready now runs before the current task goes on.
    ///
    /// Source of the semantics: `asyncio.sleep(0)`.
    ///
    /// @return an awaitable
    public static Awaitable<@Nullable Void> yieldNow() {
        return EventLoop.running().yieldNow();
    }

    /// Runs a coroutine beside the current task.
    ///
    /// Source of the semantics: `asyncio.create_task`.
    ///
    /// @param <T> the result
    /// @param body what to run
    /// @return its task, which has not started
    public static <T extends @Nullable Object> Task<T> createTask(Coroutine.Body<T> body) {
        return createTask(Coroutine.of(body), TaskOptions.defaults());
    }

    /// Runs a coroutine that returns nothing beside the current task.
    ///
    /// @param action what to run
    /// @return its task, which has not started
    public static Task<@Nullable Void> createTask(Coroutine.Action action) {
        return createTask(Coroutine.of(action), TaskOptions.defaults());
    }

    /// Runs a coroutine beside the current task, with options.
    ///
    /// @param <T> the result
    /// @param body what to run
    /// @param options the task's name, context and start
    /// @return its task, which has not started
    public static <T extends @Nullable Object> Task<T> createTask(
            Coroutine.Body<T> body, TaskOptions options) {
        return createTask(Coroutine.of(body), options);
    }

    /// Runs a coroutine that returns nothing beside the current task, with options.
    ///
    /// @param action what to run
    /// @param options the task's name, context and start
    /// @return its task, which has not started
    public static Task<@Nullable Void> createTask(Coroutine.Action action, TaskOptions options) {
        return createTask(Coroutine.of(action), options);
    }

    /// Runs a coroutine beside the current task.
    ///
    /// @param <T> the result
    /// @param coroutine what to run; it must not have started
    /// @return its task, which has not started
    public static <T extends @Nullable Object> Task<T> createTask(Coroutine<T> coroutine) {
        return createTask(coroutine, TaskOptions.defaults());
    }

    /// Runs a coroutine beside the current task, with options.
    ///
    /// @param <T> the result
    /// @param coroutine what to run; it must not have started
    /// @param options the task's name, context and start
    /// @return its task, which has not started unless it starts eagerly
    public static <T extends @Nullable Object> Task<T> createTask(
            Coroutine<T> coroutine, TaskOptions options) {
        return EventLoop.running().createTask(coroutine, options);
    }

    /// Makes a future of the running loop of anything awaitable: a future is returned as it is,
    /// everything else becomes a task.
    ///
    /// Source of the semantics: `asyncio.ensure_future`.
    ///
    /// @param <T> the result
    /// @param awaitable what to wait for
    /// @return a future of the running loop
    /// @throws IllegalArgumentException if it is a future of another loop
    public static <T extends @Nullable Object> Future<T> ensureFuture(Awaitable<T> awaitable) {
        return EventLoop.running().ensureFuture(awaitable);
    }

    /// Runs several awaitables at once and collects their results in the order given.
    ///
    /// They start at once, awaited or not. The first failure, or cancellation of a member, is what
    /// the returned future fails with, at once; the others run on. Cancelling the future, or the
    /// task that awaits it, cancels all members that are not done. A member given several times
    /// runs once and fills several places.
    ///
    /// Source of the semantics: `asyncio.gather`.
    ///
    /// @param <T> the result of each
    /// @param awaitables what to run; those that are no futures become tasks
    /// @return a future of the list of results; already done and empty if there is nothing to run
    /// @throws IllegalArgumentException if one is a future of another loop
    public static <T extends @Nullable Object> Future<List<T>> gather(
            Collection<? extends Awaitable<? extends T>> awaitables) {
        return Gathering.results(awaitables, EventLoop.running());
    }

    /// Runs several awaitables at once, as [#gather(Collection)] does.
    ///
    /// @param <T> the result of each
    /// @param awaitables what to run; those that are no futures become tasks
    /// @return a future of the list of results
    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    public static <T extends @Nullable Object> Future<List<T>> gather(
            Awaitable<? extends T>... awaitables) {
        return gather(List.of(awaitables));
    }

    /// Runs several awaitables at once and waits for all of them, whatever comes of each.
    ///
    /// As [#gather(Collection)], but a failure or cancellation of a member ends nothing: it is
    /// found in the list. Only cancelling the returned future, or the task that awaits it, makes it
    /// fail, with [CancelledError], when all members have ended.
    ///
    /// Source of the semantics: `asyncio.gather(return_exceptions=True)`.
    ///
    /// @param <T> the result of each
    /// @param awaitables what to run; those that are no futures become tasks
    /// @return a future of the list of done futures, in the order given
    /// @throws IllegalArgumentException if one is a future of another loop
    public static <T extends @Nullable Object> Future<List<Future<T>>> gatherSettled(
            Collection<? extends Awaitable<T>> awaitables) {
        return Gathering.settled(awaitables, EventLoop.running());
    }

    /// Runs several awaitables at once and gives their results as they come.
    ///
    /// They start at once. None is cancelled by this, whatever becomes of it.
    ///
    /// Source of the semantics: `asyncio.as_completed`.
    ///
    /// @param <T> the result of each
    /// @param awaitables what to run; those that are no futures become tasks, and one that is given
    ///   twice counts once
    /// @return the results, or the futures, in the order in which they are done
    /// @throws IllegalArgumentException if one is a future of another loop
    public static <T extends @Nullable Object> Completions<T> asCompleted(
            Collection<? extends Awaitable<? extends T>> awaitables) {
        return new Completions<>(awaitables, null, EventLoop.running());
    }

    /// Runs several awaitables at once and gives their results as they come, for some time.
    ///
    /// @param <T> the result of each
    /// @param awaitables what to run; those that are no futures become tasks, and one that is given
    ///   twice counts once
    /// @param timeout how long to wait, from now; then what is still awaited throws [TimeoutError],
    ///   and the awaitables run on
    /// @return the results, or the futures, in the order in which they are done
    /// @throws IllegalArgumentException if one is a future of another loop
    public static <T extends @Nullable Object> Completions<T> asCompleted(
            Collection<? extends Awaitable<? extends T>> awaitables, Duration timeout) {
        return new Completions<>(
                awaitables, Objects.requireNonNull(timeout, "timeout"), EventLoop.running());
    }

    /// Protects something awaitable from the cancellation of whoever awaits it.
    ///
    /// ```java
    /// Task<Receipt> booking = Async.createTask(() -> book(order));
    /// Receipt receipt = Async.shield(booking).await();
    /// ```
    ///
    /// If the task that awaits is cancelled, it leaves with [CancelledError], and what it awaited
    /// goes on. If that then fails, nobody is left to be told, and the loop's exception handler is.
    ///
    /// Source of the semantics: `asyncio.shield`.
    ///
    /// @param <T> the result
    /// @param awaitable what to protect; if it is no future it becomes a task
    /// @return a future that ends as the awaitable does, and that can be cancelled alone; the
    ///   awaitable itself if it is done
    /// @throws IllegalArgumentException if it is a future of another loop
    public static <T extends @Nullable Object> Future<T> shield(Awaitable<T> awaitable) {
        return Shielding.around(awaitable, EventLoop.running());
    }

    /// Waits until all futures are done. Nothing is cancelled and no failure is raised.
    ///
    /// Source of the semantics: `asyncio.wait`.
    ///
    /// @param <F> the kind of future
    /// @param futures what to wait for; one that is given twice counts once
    /// @return a coroutine
    /// @throws IllegalArgumentException if there is nothing to wait for
    public static <F extends Future<?>> Coroutine<Waited<F>> wait(Collection<F> futures) {
        return wait(futures, When.ALL_COMPLETED);
    }

    /// Waits until some futures are done. Nothing is cancelled and no failure is raised.
    ///
    /// @param <F> the kind of future
    /// @param futures what to wait for; one that is given twice counts once
    /// @param when which ones must be done
    /// @return a coroutine
    /// @throws IllegalArgumentException if there is nothing to wait for
    public static <F extends Future<?>> Coroutine<Waited<F>> wait(
            Collection<F> futures, When when) {
        return Waiting.wait(futures, when, null);
    }

    /// Waits until some futures are done or a time has passed. Nothing is cancelled and nothing is
    /// raised, not even for the time.
    ///
    /// @param <F> the kind of future
    /// @param futures what to wait for; one that is given twice counts once
    /// @param when which ones must be done
    /// @param timeout how long to wait at most
    /// @return a coroutine
    /// @throws IllegalArgumentException if there is nothing to wait for
    public static <F extends Future<?>> Coroutine<Waited<F>> wait(
            Collection<F> futures, When when, Duration timeout) {
        return Waiting.wait(futures, when, timeout);
    }

    /// Waits for one thing, but not for long.
    ///
    /// When the time has passed, it is cancelled and waited for, and then [TimeoutError] is raised;
    /// if it answers the cancellation with a value or another error, that is the outcome. With a
    /// time of zero or less, what is done already gives its result, and everything else is
    /// cancelled.
    ///
    /// Source of the semantics: `asyncio.wait_for`.
    ///
    /// @param <T> the result
    /// @param awaitable what to wait for; a coroutine runs in the current task
    /// @param timeout how long to wait at most
    /// @return a coroutine; the time counts from when it is awaited
    public static <T extends @Nullable Object> Coroutine<T> waitFor(
            Awaitable<T> awaitable, Duration timeout) {
        return Waiting.waitFor(awaitable, timeout);
    }

    /// Runs a body that may not take longer than a time: the short form of [Timeout].
    ///
    /// Source of the semantics: `asyncio.timeout`.
    ///
    /// @param <T> the result
    /// @param timeout how long the body may take
    /// @param body what to run
    /// @return a coroutine; awaiting it throws [TimeoutError] if the time passes first. The time
    ///   counts from when it is awaited
    public static <T extends @Nullable Object> Coroutine<T> timeout(
            Duration timeout, Coroutine.Body<T> body) {
        return Coroutine.of(() -> Timeout.after(timeout).run(body).runBody());
    }

    /// Runs a body that returns nothing and may not take longer than a time.
    ///
    /// @param timeout how long the body may take
    /// @param action what to run
    /// @return a coroutine; awaiting it throws [TimeoutError] if the time passes first. The time
    ///   counts from when it is awaited
    public static Coroutine<@Nullable Void> timeout(Duration timeout, Coroutine.Action action) {
        return Coroutine.<@Nullable Void>of(() -> Timeout.after(timeout).run(action).runBody());
    }

    /// Runs a body that must be done at a point in time.
    ///
    /// Source of the semantics: `asyncio.timeout_at`.
    ///
    /// @param <T> the result
    /// @param deadline a reading of the loop's clock, in nanoseconds: see [EventLoop#time()]
    /// @param body what to run
    /// @return a coroutine; awaiting it throws [TimeoutError] if the deadline passes first
    public static <T extends @Nullable Object> Coroutine<T> timeoutAt(
            long deadline, Coroutine.Body<T> body) {
        return Coroutine.of(() -> Timeout.at(deadline).run(body).runBody());
    }

    /// Runs a body that returns nothing and must be done at a point in time.
    ///
    /// @param deadline a reading of the loop's clock, in nanoseconds: see [EventLoop#time()]
    /// @param action what to run
    /// @return a coroutine; awaiting it throws [TimeoutError] if the deadline passes first
    public static Coroutine<@Nullable Void> timeoutAt(long deadline, Coroutine.Action action) {
        return Coroutine.<@Nullable Void>of(() -> Timeout.at(deadline).run(action).runBody());
    }

    /// Runs blocking work on another thread, in a copy of the current context.
    ///
    /// Cancelling what waits for it does not stop the thread.
    ///
    /// Source of the semantics: `asyncio.to_thread`.
    ///
    /// @param <T> the result
    /// @param action what may block
    /// @return a coroutine; the action starts when it is awaited
    public static <T extends @Nullable Object> Coroutine<T> toThread(Callable<T> action) {
        return Coroutine.of(() -> {
            Context context = Context.copyCurrent();
            return EventLoop.running().<T>offload(() -> context.run(action::call)).await();
        });
    }

    /// Runs a coroutine on a loop that another thread runs.
    ///
    /// Cancelling the returned future cancels the task. If the task can't be created, the future
    /// fails with the reason and the loop's exception handler is told.
    ///
    /// May be called from any thread but the loop's own, which would wait for itself.
    ///
    /// Source of the semantics: `asyncio.run_coroutine_threadsafe`.
    ///
    /// @param <T> the result
    /// @param coroutine what to run
    /// @param loop where to run it
    /// @return a future whose `get()` blocks the calling thread
    /// @throws IllegalStateException if the loop is closed; the coroutine is closed then
    public static <T extends @Nullable Object>
            java.util.concurrent.Future<T> runCoroutineThreadsafe(
                    Coroutine<T> coroutine, EventLoop loop) {
        return Threads.runCoroutine(coroutine, loop);
    }

    /// {@return the task that runs the calling code; null in a callback}
    ///
    /// @throws IllegalStateException if no loop runs here
    public static @Nullable Task<?> currentTask() {
        Execution execution = Execution.current();
        if (execution.loop() == null) {
            EventLoop.running(); // throws, with the message for this
        }
        return execution.task();
    }

    /// {@return the tasks of the running loop that have not ended, oldest first} A snapshot.
    ///
    /// @throws IllegalStateException if no loop runs here
    public static Set<Task<?>> allTasks() {
        return EventLoop.running().tasks();
    }
}
