package dev.treadle;

import dev.treadle.spi.Execution;
import dev.treadle.spi.Held;
import dev.treadle.spi.Inspection;
import dev.treadle.spi.LoopListener;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Runs callbacks and tasks, one at a time, in the order in which they became ready.
///
/// Most programs never touch a loop: [Async#run] makes one, runs a coroutine on it and closes it.
/// Libraries reach the loop they run on by [#running()].
///
/// ## Order
///
/// Callbacks run in the order in which they were queued, never inside the call that queues them.
/// One pass over what was ready when the pass began is an *iteration*; what is queued meanwhile
/// runs in the next one. Timers that are due join the queue at the start of an iteration, by due
/// time, equal ones in the order in which they were armed. A step of a task is an entry of the same
/// queue. While an entry runs the loop does nothing else; what blocks its thread blocks the loop,
/// and [#offload] is the way out.
///
/// On a loop that is [parallel][#isParallel()] this holds for callbacks and timers; its tasks run
/// beside them and beside each other, in no order among them.
///
/// ## Threads
///
/// Methods that say so may be called from any thread. All others must be called on the loop thread,
/// that is from a callback or a coroutine of this loop, or, while the loop does not run, from any
/// one thread at a time.
///
/// Source of the semantics: `asyncio.AbstractEventLoop`.
public interface EventLoop extends Executor, AutoCloseable {

    /// Told of what went wrong without anybody to tell it to.
    @FunctionalInterface
    public interface ExceptionHandler {
        /// Handles a problem. Called on the loop thread, in the context of the task or callback
        /// that failed.
        ///
        /// @param loop where it happened
        /// @param problem what happened
        void handle(EventLoop loop, Problem problem);

        /// Returns the handler of a loop that has been given none: it logs to the `System.Logger`
        /// named `dev.treadle`, as an error.
        ///
        /// ```java
        /// loop.exceptionHandler((where, problem) -> {
        ///     failures.increment();
        ///     ExceptionHandler.logging().handle(where, problem);
        /// });
        /// ```
        ///
        /// Source of the semantics: `loop.default_exception_handler`.
        ///
        /// @return the handler, which may be called from any thread
        static ExceptionHandler logging() {
            return LoggingHandler.INSTANCE;
        }
    }

    /// Something that went wrong without anybody to tell it to.
    ///
    /// @param message what happened
    /// @param exception why, or null
    /// @param future the future or task concerned, or null
    /// @param handle the callback concerned, or null
    /// @param createdAt the frames that created what is concerned, innermost first; empty unless
    ///   the loop was in debug mode then
    public record Problem(
            String message,
            @Nullable Throwable exception,
            @Nullable Future<?> future,
            @Nullable Handle handle,
            List<StackTraceElement> createdAt) {

        /// Keeps a copy of the list.
        public Problem {
            createdAt = List.copyOf(createdAt);
        }

        /// Makes a problem of an exception.
        ///
        /// @param message what happened
        /// @param exception why, or null
        /// @return a problem that names no future and no callback
        public static Problem of(String message, @Nullable Throwable exception) {
            return new Problem(message, exception, null, null, List.of());
        }

        /// {@return a copy of this that names a future}
        ///
        /// @param future the future or task concerned; the copy also says where it was created
        public Problem withFuture(Future<?> future) {
            List<StackTraceElement> site =
                    future.loop() instanceof Inspection.Inspectable loop
                            ? loop.inspection().createdAt(future)
                            : List.of();
            return new Problem(
                    message, exception, future, handle, site.isEmpty() ? createdAt : site);
        }

        /// {@return a copy of this that names a callback}
        ///
        /// @param handle the callback concerned
        public Problem withHandle(Handle handle) {
            return new Problem(message, exception, future, handle, createdAt);
        }

        /// {@return a copy of this that says where what is concerned was created}
        ///
        /// @param frames the frames that created it, innermost first
        public Problem withCreatedAt(List<StackTraceElement> frames) {
            return new Problem(message, exception, future, handle, frames);
        }

        /// {@return all of this but the exception in words, in several lines: what the default
        /// handler logs}
        public String describe() {
            StringBuilder text = new StringBuilder(message);
            if (future != null) {
                text.append("\nfuture: ").append(future);
            }
            if (handle != null) {
                text.append("\nhandle: ").append(handle);
            }
            if (!createdAt.isEmpty()) {
                text.append("\ncreated at, innermost call first:");
                createdAt.forEach(frame -> text.append("\n\tat ").append(frame));
            }
            return text.toString();
        }
    }

    /// {@return the loop that runs the calling code}
    ///
    /// May be called from any thread.
    ///
    /// @throws IllegalStateException if no loop runs here
    static EventLoop running() {
        EventLoop loop = Execution.current().loop();
        if (loop == null) {
            throw new IllegalStateException(
                    "no running event loop here: call this inside a coroutine, or start one with"
                            + " Async.run(...)");
        }
        return loop;
    }

    /// Makes a loop with the only scheduler that is there.
    ///
    /// @return a new loop that does not run yet
    /// @throws IllegalStateException if there is no scheduler, or several and no choice was made;
    ///   the message says what to do
    static EventLoop create() {
        return create(LoopConfig.defaults());
    }

    /// Makes a loop.
    ///
    /// @param config its name and scheduler
    /// @return a new loop that does not run yet
    /// @throws IllegalStateException if the scheduler is not there, is not decided, or fails to
    ///   make a loop; the message says what to do
    static EventLoop create(LoopConfig config) {
        return Schedulers.newLoop(config);
    }

    /// {@return the loop's name} May be called from any thread.
    String name();

    /// {@return the name of the scheduler behind it, for instance `single`} May be called from any
    /// thread.
    String scheduler();

    /// {@return what its coroutines run on, in one word that the scheduler's documentation
    /// explains} May be called from any thread.
    String carriers();

    /// {@return whether tasks of this loop run beside each other, and beside its callbacks} Then
    /// what a task does between two awaits is not atomic, and the order among different tasks is
    /// open. Callbacks still run one at a time. May be called from any thread.
    default boolean isParallel() {
        return false;
    }

    /// {@return a reading of the loop's monotonic clock, in nanoseconds from an arbitrary origin}
    /// May be called from any thread.
    long time();

    /// Queues a callback, in a copy of the current context.
    ///
    /// What it throws goes to the exception handler; the loop goes on.
    ///
    /// @param callback what to run
    /// @return prevents the callback from running when cancelled in time
    /// @throws IllegalStateException if the loop is closed, or runs and this is another thread
    default Handle callSoon(Runnable callback) {
        return callSoon(callback, Context.copyCurrent());
    }

    /// Queues a callback, in an explicit context.
    ///
    /// @param callback what to run
    /// @param context the context to run it in; not copied
    /// @return prevents the callback from running when cancelled in time
    /// @throws IllegalStateException if the loop is closed, or runs and this is another thread
    Handle callSoon(Runnable callback, Context context);

    /// Queues a callback from any thread, and wakes the loop if it is idle. In a copy of the
    /// current context.
    ///
    /// May be called from any thread. What the caller did before *happens-before* the callback.
    ///
    /// @param callback what to run
    /// @return prevents the callback from running when cancelled in time, from any thread
    /// @throws IllegalStateException if the loop is closed
    default Handle callSoonThreadsafe(Runnable callback) {
        return callSoonThreadsafe(callback, Context.copyCurrent());
    }

    /// Queues a callback from any thread, and wakes the loop if it is idle. In an explicit context.
    ///
    /// May be called from any thread. What the caller did before *happens-before* the callback.
    ///
    /// @param callback what to run
    /// @param context the context to run it in; not copied
    /// @return prevents the callback from running when cancelled in time, from any thread
    /// @throws IllegalStateException if the loop is closed
    Handle callSoonThreadsafe(Runnable callback, Context context);

    /// Queues a callback when a delay has passed, in a copy of the current context.
    ///
    /// It runs no earlier than `delay` from now by the loop's clock. Zero or less means as soon as
    /// the timers are looked at next.
    ///
    /// @param delay how long to wait; more than 292 years count as that
    /// @param callback what to run
    /// @return prevents the callback from running when cancelled in time
    /// @throws IllegalStateException if the loop is closed, or runs and this is another thread
    default Handle callLater(Duration delay, Runnable callback) {
        return callAt(Deadlines.after(time(), delay), callback);
    }

    /// Queues a callback when the loop's clock shows `when`, in a copy of the current context.
    ///
    /// Arming costs O(log n) in the number of timers, cancelling O(1) amortised; cancelled ones
    /// never make up more than about half of what is kept.
    ///
    /// @param when a reading of [#time()], in nanoseconds
    /// @param callback what to run
    /// @return prevents the callback from running when cancelled in time
    /// @throws IllegalStateException if the loop is closed, or runs and this is another thread
    default Handle callAt(long when, Runnable callback) {
        return callAt(when, callback, Context.copyCurrent());
    }

    /// Queues a callback when the loop's clock shows `when`, in an explicit context.
    ///
    /// @param when a reading of [#time()], in nanoseconds
    /// @param callback what to run
    /// @param context the context to run it in; not copied
    /// @return prevents the callback from running when cancelled in time
    /// @throws IllegalStateException if the loop is closed, or runs and this is another thread
    Handle callAt(long when, Runnable callback, Context context);

    /// Queues a callback from any thread: what `Executor` asks for.
    ///
    /// @param command what to run
    /// @throws java.util.concurrent.RejectedExecutionException if the loop is closed
    @Override
    default void execute(Runnable command) {
        LoopExecutor.submit(this, command);
    }

    /// Returns a view of this loop for code that knows `ExecutorService`.
    ///
    /// What is submitted runs as a callback, like that of [#callSoonThreadsafe(Runnable)]: on the
    /// loop, one after the other, and without awaiting. To run a coroutine from another thread
    /// there is [Async#runCoroutineThreadsafe].
    ///
    /// May be used from any thread. Waiting for the loop on the loop itself, by `get()`,
    /// `invokeAll`, `invokeAny`, `awaitTermination` or `close()`, throws `IllegalStateException`
    /// instead of blocking for ever. Cancelling a future of the view never interrupts the loop.
    ///
    /// Shutting the view down refuses what comes later and leaves the loop alone. A loop that is
    /// closed cancels what was submitted and has not run, and the view then refuses everything with
    /// `RejectedExecutionException`.
    ///
    /// @return a new view
    default ExecutorService toExecutorService() {
        return new LoopExecutor(this);
    }

    /// Makes a task of a coroutine, with a numbered name and a copy of the current context.
    ///
    /// @param <T> what the coroutine returns
    /// @param coroutine what to run; it must not have started
    /// @return the task, which has not started
    /// @throws IllegalStateException if the loop is closed, or runs and this is another thread; the
    ///   coroutine is closed then
    default <T extends @Nullable Object> Task<T> createTask(Coroutine<T> coroutine) {
        return createTask(coroutine, TaskOptions.defaults());
    }

    /// Makes a task of a coroutine, by the loop's [task factory][#taskFactory()] if it has one.
    ///
    /// @param <T> what the coroutine returns
    /// @param coroutine what to run; it must not have started
    /// @param options the task's name, context and start
    /// @return the task, which has not started unless it starts eagerly
    /// @throws IllegalStateException if the loop is closed, or runs and this is another thread; the
    ///   coroutine is closed then
    /// @throws FatalError if the body starts eagerly and throws it before it suspends
    default <T extends @Nullable Object> Task<T> createTask(
            Coroutine<T> coroutine, TaskOptions options) {
        TaskFactory factory = taskFactory();
        if (factory == null) {
            return newTask(coroutine, options);
        }
        try {
            return factory.createTask(this, coroutine, options);
        } catch (RuntimeException e) {
            if (!coroutine.isSpent()) {
                coroutine.close();
            }
            throw e;
        }
    }

    /// Makes a task of a coroutine without asking the [task factory][#taskFactory()].
    ///
    /// For task factories; everybody else calls [#createTask(Coroutine, TaskOptions)].
    ///
    /// @param <T> what the coroutine returns
    /// @param coroutine what to run; it must not have started
    /// @param options the task's name, context and start
    /// @return the task, which has not started unless it starts eagerly
    /// @throws IllegalStateException if the loop is closed, or runs and this is another thread; the
    ///   coroutine is closed then
    /// @throws FatalError if the body starts eagerly and throws it before it suspends
    <T extends @Nullable Object> Task<T> newTask(Coroutine<T> coroutine, TaskOptions options);

    /// {@return who makes the tasks of this loop; null for the loop itself} May be called from any
    /// thread.
    @Nullable TaskFactory taskFactory();

    /// Sets who makes the tasks of this loop, from now on.
    ///
    /// May be called from any thread.
    ///
    /// Source of the semantics: `loop.set_task_factory`.
    ///
    /// @param factory the factory; null for the loop itself
    void taskFactory(@Nullable TaskFactory factory);

    /// Makes a future of this loop of anything awaitable: a future is returned as it is, everything
    /// else becomes a task.
    ///
    /// @param <T> the result
    /// @param awaitable what to wait for
    /// @return a future of this loop
    /// @throws IllegalArgumentException if it is a future of another loop
    default <T extends @Nullable Object> Future<T> ensureFuture(Awaitable<T> awaitable) {
        return switch (awaitable) {
            case Future<T> future -> {
                if (future.loop() != this) {
                    throw new IllegalArgumentException(
                            "future "
                                    + future
                                    + " belongs to loop "
                                    + future.loop().name()
                                    + ", not to "
                                    + name());
                }
                yield future;
            }
            case Coroutine<T> coroutine -> createTask(coroutine);
            default -> createTask(Coroutine.of(awaitable::await));
        };
    }

    /// {@return the tasks of this loop that have not ended, oldest first} A snapshot.
    Set<Task<?>> tasks();

    /// Makes a future that is completed by hand.
    ///
    /// May be called from any thread.
    ///
    /// @param <T> the result
    /// @return a pending promise of this loop
    <T extends @Nullable Object> Promise<T> createPromise();

    /// Makes a promise that decides itself what cancelling it means.
    ///
    /// For combinators: [Async#gather] hands a cancellation on to its children and ends when they
    /// have.
    ///
    /// May be called from any thread.
    ///
    /// @param <T> the result
    /// @param canceller called, while this is pending, with the message of each `cancel`; its
    ///   answer is what `cancel` returns, and nothing else happens
    /// @return a pending promise of this loop
    <T extends @Nullable Object> Promise<T> createPromise(Predicate<@Nullable Object> canceller);

    /// Makes a promise for who waits for something that a task holds, such as a lock.
    ///
    /// It is like any other, but graphs of who awaits whom, and reports of deadlocks, can tell who
    /// holds it.
    ///
    /// May be called from any thread.
    ///
    /// @implSpec Makes a plain promise, of which nobody can tell.
    /// @param <T> the result
    /// @param held what is waited for
    /// @return a pending promise of this loop
    default <T extends @Nullable Object> Promise<T> createWaiter(Held held) {
        Objects.requireNonNull(held, "held");
        return createPromise();
    }

    /// {@return an awaitable that gives up control once: all that is ready now runs first} What
    /// `asyncio.sleep(0)` does.
    Awaitable<@Nullable Void> yieldNow();

    /// Runs blocking work on a thread of the loop's own pool.
    ///
    /// The action does not see the current context; [Async#toThread] carries it over. Cancelling
    /// the future does not stop the thread.
    ///
    /// @param <T> what the action returns
    /// @param action what may block
    /// @return a future of this loop with its result
    /// @throws IllegalStateException if the loop is closed or [#shutdownOffload] was called
    <T extends @Nullable Object> Future<T> offload(Callable<T> action);

    /// Runs work on an executor of the caller's.
    ///
    /// The action does not see the current context. Cancelling the future does not stop the thread.
    /// The executor stays the caller's to shut down.
    ///
    /// May be called from any thread.
    ///
    /// Source of the semantics: `asyncio.loop.run_in_executor`, with an executor.
    ///
    /// @param <T> what the action returns
    /// @param action what to run
    /// @param executor where to run it
    /// @return a future of this loop with its result
    /// @throws IllegalStateException if the loop is closed, or if the executor refuses
    default <T extends @Nullable Object> Future<T> offload(Callable<T> action, Executor executor) {
        return Threads.offload(action, executor, this);
    }

    /// Refuses further [offloads][#offload] and waits for those that are under way.
    ///
    /// @param timeout how long to wait
    /// @return an awaitable; it gives false if the time ran out while a thread was still busy
    Awaitable<Boolean> shutdownOffload(Duration timeout);

    /// {@return the asynchronous generators that this loop looks after}
    ///
    /// @apiNote For [AsyncGenerator]. A scheduler's loop makes one and always returns the same.
    AsyncGenerators asyncGenerators();

    /// Closes the asynchronous generators that this loop has seen start and that have not ended.
    ///
    /// What their clean-up throws goes to the exception handler. [Runner] calls this at its end.
    /// One that is started afterwards is no longer looked after, which is logged.
    ///
    /// Source of the semantics: `loop.shutdown_asyncgens`.
    ///
    /// @return a coroutine that ends when their bodies have
    default Coroutine<@Nullable Void> shutdownGenerators() {
        return asyncGenerators().shutdown();
    }

    /// Runs the loop until [#stop()], blocking the calling thread.
    ///
    /// An interrupt of the calling thread stops the loop and stays set.
    ///
    /// @throws IllegalStateException if the loop is closed or runs already, or if another loop runs
    ///   the calling code
    void runForever();

    /// Runs the loop until something is done, blocking the calling thread.
    ///
    /// A coroutine is made a task first. An interrupt of the calling thread cancels what is
    /// awaited, a second one stops the loop; the interrupt stays set.
    ///
    /// @param <T> the result
    /// @param awaitable what to wait for
    /// @return its result
    /// @throws IllegalStateException if the loop is closed or runs already, if another loop runs
    ///   the calling code, or if the loop was stopped before the result was there
    /// @throws IllegalArgumentException if it is a future of another loop
    /// @throws CancelledError if it was cancelled
    /// @throws java.util.concurrent.CompletionException if it failed with a checked exception,
    ///   which is the cause; an unchecked failure is rethrown as the same instance
    <T extends @Nullable Object> T runUntilComplete(Awaitable<T> awaitable);

    /// Has the loop return from its `run…` method at the end of the current iteration.
    ///
    /// What is queued then waits for the next run. Called before a run, it makes that run end after
    /// one iteration, without waiting.
    ///
    /// May be called from any thread.
    void stop();

    /// {@return whether a `run…` method is active} May be called from any thread.
    boolean isRunning();

    /// {@return whether the loop was closed} May be called from any thread.
    boolean isClosed();

    /// Closes the loop; closing it again does nothing.
    ///
    /// Queued callbacks and timers are dropped, and the offload pool is shut down without waiting.
    /// A thread that waits for the end of a coroutine it has sent here, or of a future that it
    /// views as a `CompletableFuture`, is told that it was cancelled. A task that has not ended is
    /// reported to the exception handler as destroyed; if it is suspended, [GeneratorExit] is
    /// thrown at its `await()`, so that its `finally` blocks run. [Runner] cancels tasks before it
    /// closes.
    ///
    /// @throws IllegalStateException if the loop runs
    /// @throws FatalError what the exception handler has thrown meanwhile; the loop is closed then
    @Override
    void close();

    /// {@return whether this is in debug mode} May be called from any thread.
    default boolean debug() {
        return false;
    }

    /// Switches debug mode on or off.
    ///
    /// In debug mode
    ///
    /// * a callback, or step of a task, that takes longer than [#slowCallback()] is logged while it
    ///   is still running, with its stack, and once more with its duration when it has ended;
    /// * tasks, futures, callbacks and coroutines remember where they were created, for reports and
    ///   for [LoopGraph][dev.treadle.graph.LoopGraph]; what was created before does not;
    /// * a coroutine that was created on the loop and is never awaited is reported to the exception
    ///   handler, when it has been collected;
    /// * tasks that await each other, or a lock that another one holds, in a circle are reported to
    ///   the exception handler, when the loop has nothing else to do.
    ///
    /// It costs a few clock reads and the walk of a stack here and there: for development, or for a
    /// while in production. Switched off it costs nothing. [LoopConfig#withDebug], or the system
    /// property `treadle.debug`, has a loop begin in debug mode.
    ///
    /// May be called from any thread.
    ///
    /// Source of the semantics: `asyncio.loop.set_debug`.
    ///
    /// @param on whether to be in debug mode
    /// @throws UnsupportedOperationException if it is to be switched on and the scheduler has none
    default void debug(boolean on) {
        if (on) {
            throw new UnsupportedOperationException(
                    "scheduler " + scheduler() + " has no debug mode");
        }
    }

    /// {@return how long a callback or a step of a task may take before it is reported, in debug
    /// mode and by who watches the loop from outside, as metrics do} 100 milliseconds unless told
    /// otherwise. May be called from any thread.
    default Duration slowCallback() {
        return Duration.ofMillis(100);
    }

    /// Sets how long a callback or a step of a task may take before it is reported, in debug mode
    /// and by who watches the loop from outside.
    ///
    /// May be called from any thread.
    ///
    /// Source of the semantics: `asyncio.loop.slow_callback_duration`.
    ///
    /// @param threshold how long; zero reports every one
    /// @throws IllegalArgumentException if it is negative
    /// @throws UnsupportedOperationException if the scheduler has no debug mode
    default void slowCallback(Duration threshold) {
        throw new UnsupportedOperationException("scheduler " + scheduler() + " has no debug mode");
    }

    /// {@return what this has done so far, and does at this moment} A snapshot.
    ///
    /// May be called from any thread at any moment, also while the loop is stuck, and after it was
    /// closed. It waits for nothing, and the loop takes no notice of it.
    LoopStatistics statistics();

    /// Has a listener told how long things take in this loop, from now on, until it is
    /// [removed][#removeListener]. Several may be attached; one that is attached already is not
    /// attached again.
    ///
    /// Measuring costs a clock read for a few steps in a hundred, and two for each time that the
    /// loop waits. With no listener attached it costs nothing.
    ///
    /// May be called from any thread. A loop that has been closed forgets its listeners.
    ///
    /// @implSpec Does nothing: a scheduler that measures nothing calls no listener.
    /// @param listener who is to be told
    default void addListener(LoopListener listener) {}

    /// Has a listener told no more, apart from what is being told at this moment. Does nothing if
    /// it is not attached.
    ///
    /// May be called from any thread.
    ///
    /// @implSpec Does nothing.
    /// @param listener who was told
    default void removeListener(LoopListener listener) {}

    /// {@return who is told of problems; null for the default, which logs them} May be called from
    /// any thread.
    @Nullable ExceptionHandler exceptionHandler();

    /// Sets who is told of problems.
    ///
    /// May be called from any thread.
    ///
    /// @param handler the handler; null for the default, which logs to the `System.Logger` named
    ///   `dev.treadle`
    void exceptionHandler(@Nullable ExceptionHandler handler);

    /// Reports a problem to the exception handler.
    ///
    /// What the handler itself throws is reported to the default handler, unless it is a
    /// [FatalError].
    ///
    /// @param problem what happened
    void callExceptionHandler(Problem problem);
}
