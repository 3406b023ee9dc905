package dev.treadle.core;

import dev.treadle.AsyncGenerators;
import dev.treadle.Awaitable;
import dev.treadle.Context;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.FatalError;
import dev.treadle.Future;
import dev.treadle.Handle;
import dev.treadle.LoopStatistics;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.TaskFactory;
import dev.treadle.TaskOptions;
import dev.treadle.spi.Execution;
import dev.treadle.spi.Held;
import dev.treadle.spi.Inspection;
import dev.treadle.spi.LoopListener;
import dev.treadle.spi.LoopObservers;
import dev.treadle.spi.NeverAwaited;
import dev.treadle.spi.UserFrames;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// An event loop, assembled from its [ports][Ports].
///
/// This class is what asyncio's `BaseEventLoop` promises; the [Dispatcher] is how entries are run,
/// and on which thread.
public final class CoreEventLoop implements EventLoop, Inspection.Inspectable {
    private static final System.Logger LOG = System.getLogger("dev.treadle");
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    final LoopCounters counters;
    final Dispatcher dispatcher;
    private final String name;
    private final String scheduler;
    private final String threadPrefix;
    private final Clock clock;
    private final Carriers carriers;
    final LoopOffload offload;
    private final TaskSet tasks;
    private final Listeners listeners = new Listeners(this);
    private final @Nullable ParallelTasks parallel; // null: tasks take turns with callbacks
    final Object removing = new Object(); // held while waiters of a future are removed
    private final AsyncGenerators asyncGenerators = new AsyncGenerators(this);
    private final AtomicReference<State> state = new AtomicReference<>(State.STOPPED);
    private volatile boolean closing; // written by the thread that calls close, read by any
    private final AtomicReference<@Nullable FatalError> thrownWhileClosing =
            new AtomicReference<>(); // by the exception handler, on any thread
    private final Awaitable<@Nullable Void> yielding = this::yieldOnce;
    private final Object debugLock = new Object();
    final @Nullable Probe probe;
    private volatile @Nullable ExceptionHandler exceptionHandler; // any thread
    private volatile long slowCallbackNanos = 100_000_000; // any thread
    private volatile @Nullable TaskFactory taskFactory; // any thread

    // STOPPED -> RUNNING -> STOPPED  by the thread that calls run…
    // STOPPED -> CLOSED              by the thread that calls close
    private enum State {
        STOPPED,
        RUNNING,
        CLOSED
    }

    /// Assembles a loop.
    ///
    /// @param name the loop's name
    /// @param scheduler the name of the scheduler that assembles it
    /// @param ports its parts, which must not be shared with another loop
    public CoreEventLoop(String name, String scheduler, Ports ports) {
        this(name, scheduler, ports, new HeapTimerQueue(), null, null);
    }

    /// Assembles a parallel loop, whose tasks have threads of their own.
    ///
    /// @param name the loop's name
    /// @param scheduler the name of the scheduler that assembles it
    /// @param ports its parts, which must not be shared with another loop; the carriers are those
    ///   of the callbacks
    /// @param taskThreads where the tasks run
    public CoreEventLoop(String name, String scheduler, Ports ports, TaskThreads taskThreads) {
        this(
                name,
                scheduler,
                ports,
                new HeapTimerQueue(),
                loop -> new ThreadPerTask(loop, taskThreads),
                null);
    }

    /// Assembles a parallel loop, whose tasks take the seats of a pool.
    ///
    /// @param name the loop's name
    /// @param scheduler the name of the scheduler that assembles it
    /// @param ports its parts, which must not be shared with another loop; the carriers are those
    ///   of the callbacks
    /// @param pool how large the pool is
    public CoreEventLoop(String name, String scheduler, Ports ports, PoolConfig pool) {
        this(name, scheduler, ports, new HeapTimerQueue(), loop -> new TaskPool(loop, pool), null);
    }

    /// Assembles a loop that tells what happens in it.
    ///
    /// @param name the loop's name
    /// @param scheduler the name of the scheduler that assembles it
    /// @param ports its parts, which must not be shared with another loop
    /// @param probe told of what happens
    public CoreEventLoop(String name, String scheduler, Ports ports, Probe probe) {
        this(
                name,
                scheduler,
                ports,
                new HeapTimerQueue(),
                null,
                Objects.requireNonNull(probe, "probe"));
    }

    CoreEventLoop(
            String name,
            String scheduler,
            Ports ports,
            TimerQueue timers,
            @Nullable Function<CoreEventLoop, ParallelTasks> parallel,
            @Nullable Probe probe) {
        this.probe = probe;
        this.name = Objects.requireNonNull(name, "name");
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        this.threadPrefix = LoopNames.threads(scheduler, name) + "-";
        this.clock = ports.clock();
        this.carriers = ports.carriers();
        this.parallel = parallel == null ? null : parallel.apply(this);
        this.counters = new LoopCounters(parallel != null);
        this.offload = new LoopOffload(this, ports.offload());
        this.dispatcher = new Dispatcher(this, ports, timers);
        if (parallel == null) {
            this.tasks = new ArrayTaskSet();
        } else {
            this.tasks = new SharedTaskSet();
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String scheduler() {
        return scheduler;
    }

    @Override
    public String carriers() {
        return parallel == null ? carriers.name() : parallel.name();
    }

    @Override
    public boolean isParallel() {
        return parallel != null;
    }

    @Override
    public long time() {
        return clock.nanoTime();
    }

    /// The name of a thread of this: of a runner by its number, of a task's own by the task's name,
    /// of any other by what it does.
    String threadName(Object whose) {
        return threadPrefix + whose;
    }

    // ---- who may call

    /// Whether the calling code runs on this loop: on the runner that holds the turn, or in a
    /// generator that it drives.
    boolean isCurrent() {
        return dispatcher.isHolder() || Execution.current().loop() == this;
    }

    /// Whether the calling code may touch what belongs to the holder of the turn: it is the holder,
    /// or the holder waits for it.
    boolean isHolding() {
        return parallel == null ? isCurrent() : dispatcher.isHolder();
    }

    /// Whether the calling code may touch what belongs to the holder while nobody holds the turn.
    /// On a parallel loop steps of tasks may still be under way then.
    private boolean standsFor() {
        return state.get() != State.RUNNING && (parallel == null || !isCurrent());
    }

    /// Refuses a foreign thread while the loop runs.
    void ensureLoopThread(String what, String instead) {
        if (state.get() == State.RUNNING && !isCurrent()) {
            throw new IllegalStateException(
                    what
                            + " called on thread "
                            + Thread.currentThread().getName()
                            + ", which does not run loop "
                            + name
                            + ": use "
                            + instead);
        }
    }

    /// Refuses a closed loop, and a foreign thread while the loop runs. A step of a running loop,
    /// which is who calls most, is known by its turn alone.
    private void ensureUsable(String what, String instead) {
        if (!dispatcher.isHolder() || isClosed()) {
            ensureAccepting();
            ensureLoopThread(what, instead);
        }
    }

    /// Refuses what is handed to a closed loop.
    private void ensureAccepting() {
        if (isClosed()) {
            counters.refused.increment();
            ensureOpen();
        }
    }

    private void ensureOpen() {
        if (isClosed()) {
            throw new IllegalStateException("event loop " + name + " is closed");
        }
    }

    // ---- callbacks

    /// Queues an entry from whatever thread.
    void enqueue(ReadyEntry entry) {
        boolean held = isHolding();
        dispatcher.add(entry, held);
        if (!held && probe != null) {
            probe.submitted();
        }
    }

    /// Copies the current context.
    Context captureContext() {
        Context current = dispatcher.isHolder() ? dispatcher.currentContext() : null;
        return current != null ? Context.copyCurrent(current) : Context.copyCurrent();
    }

    @Override
    public Handle callSoon(Runnable callback) {
        return callSoon(callback, captureContext());
    }

    @Override
    public Handle callSoon(Runnable callback, Context context) {
        ensureUsable("callSoon", "callSoonThreadsafe");
        CallbackHandle handle = new CallbackHandle(this, callback, context);
        if (debug()) {
            handle.trace();
        }
        enqueue(handle);
        return handle;
    }

    @Override
    public Handle callSoonThreadsafe(Runnable callback, Context context) {
        ensureAccepting();
        CallbackHandle handle = new ThreadsafeHandle(this, callback, context);
        if (debug()) {
            handle.trace();
        }
        enqueue(handle);
        if (isClosed()
                && handle.refuse()) { // it was closed meanwhile, and did not see this any more
            ensureAccepting();
        }
        return handle;
    }

    @Override
    public Handle callAt(long when, Runnable callback) {
        return callAt(when, callback, captureContext());
    }

    @Override
    public Handle callAt(long when, Runnable callback, Context context) {
        ensureUsable("callAt", "callSoonThreadsafe, and callAt in the callback");
        TimerHandle timer = new TimerHandle(this, when, callback, context);
        if (debug()) {
            timer.trace();
        }
        if (isHolding() || standsFor()) {
            counters.timersArmed.increment();
            dispatcher.timers().add(timer);
        } else {
            dispatcher.add(new ArmedTimer(timer), false);
        }
        if (probe != null) {
            probe.timerArmed(timer);
        }
        return timer;
    }

    /// Has the timer queue take note of a cancelled timer, on the loop's thread.
    void timerCancelled(TimerHandle timer) {
        if (isClosed()) {
            return; // which has dropped it
        }
        if (isHolding() || standsFor()) {
            noteCancelled(timer);
        } else {
            dispatcher.add(new CancelledTimer(timer), false);
        }
    }

    private void noteCancelled(TimerHandle timer) {
        counters.timersCancelled.increment();
        if (timer.armed) {
            dispatcher.timers().cancelled(timer);
        }
    }

    /// A note about a timer, for the holder of the turn.
    private abstract static class TimerNote extends ReadyEntry {
        final TimerHandle timer;

        TimerNote(TimerHandle timer) {
            this.timer = timer;
        }

        @Override
        public boolean isInternal() {
            return true;
        }
    }

    /// A task of a parallel loop has armed it.
    private static final class ArmedTimer extends TimerNote {
        ArmedTimer(TimerHandle timer) {
            super(timer);
        }

        @Override
        void run() {
            timer.loop.counters.timersArmed.increment();
            if (!timer.isCancelled()) {
                timer.loop.dispatcher.timers().add(timer);
            }
        }
    }

    /// Another thread has cancelled it.
    private static final class CancelledTimer extends TimerNote {
        CancelledTimer(TimerHandle timer) {
            super(timer);
        }

        @Override
        void run() {
            timer.loop.noteCancelled(timer);
        }
    }

    // ---- tasks and futures

    @Override
    public <T extends @Nullable Object> Task<T> newTask(
            Coroutine<T> coroutine, TaskOptions options) {
        Objects.requireNonNull(coroutine, "coroutine");
        try {
            ensureUsable("createTask", "Async.runCoroutineThreadsafe");
        } catch (IllegalStateException e) {
            coroutine.close(); // so that nobody waits for it to run
            throw e;
        }
        Context context = options.context() == null ? captureContext() : options.context();
        CoreTask<T> task = makeTask(coroutine, options.name(), context);
        if (debug()) {
            task.trace();
        }
        tasks.add(task);
        if (probe != null) {
            probe.taskCreated(task);
        }
        if (options.start() == TaskOptions.Start.EAGER && parallel == null && isRunning()) {
            startNow(task);
        } else {
            task.start();
        }
        return task;
    }

    private void startNow(CoreTask<?> task) {
        if (dispatcher.isHolder()) {
            dispatcher.startNow(task);
        } else { // in the body of a generator, whose driver holds the turn
            Execution.current()
                    .<@Nullable Void>onTaskStack(() -> {
                        dispatcher.startNow(task);
                        return null;
                    });
        }
    }

    @Override
    public @Nullable TaskFactory taskFactory() {
        return taskFactory;
    }

    @Override
    public void taskFactory(@Nullable TaskFactory factory) {
        taskFactory = factory;
    }

    private <T extends @Nullable Object> CoreTask<T> makeTask(
            Coroutine<T> coroutine, @Nullable String taskName, Context context) {
        long number = tasks.nextNumber();
        return parallel == null
                ? new CoreTask<>(this, coroutine, taskName, context, number)
                : parallel.newTask(coroutine, taskName, context, number);
    }

    /// Called when the body of a task has ended, before its waiters are told.
    ///
    /// @param outcome where to count how it has ended
    void ended(CoreTask<?> task, Counter outcome) {
        outcome.increment();
        tasks.remove(task);
        if (parallel != null) {
            parallel.ended();
        }
    }

    long tasksCreated() {
        return tasks.created();
    }

    @Override
    public Set<Task<?>> tasks() {
        ensureLoopThread("tasks", "callSoonThreadsafe, and tasks in the callback");
        return tasks.snapshot();
    }

    /// The tasks that have not ended, as any thread may see them.
    Collection<Task<?>> unfinished() {
        return tasks.snapshot();
    }

    @Override
    public Inspection inspection() {
        return new CoreInspection(this);
    }

    @Override
    public <T extends @Nullable Object> Promise<T> createPromise() {
        return newPromise(null);
    }

    @Override
    public <T extends @Nullable Object> Promise<T> createPromise(
            Predicate<@Nullable Object> canceller) {
        return newPromise(Objects.requireNonNull(canceller, "canceller"));
    }

    @Override
    public <T extends @Nullable Object> Promise<T> createWaiter(Held held) {
        Objects.requireNonNull(held, "held");
        return new HeldPromise<>(this, held, debug() ? UserFrames.here() : List.of());
    }

    private <T extends @Nullable Object> Promise<T> newPromise(
            @Nullable Predicate<@Nullable Object> canceller) {
        return debug() ? new TracedPromise<>(this, canceller) : new CorePromise<>(this, canceller);
    }

    @Override
    public Awaitable<@Nullable Void> yieldNow() {
        return yielding;
    }

    private @Nullable Void yieldOnce() {
        Runner holder = dispatcher.holder();
        Execution execution = holder != null ? holder : Execution.current();
        execution.requireTask();
        switch (execution) {
            case Runner runner -> runner.requireTask().suspendOnce(runner);
            case ParallelExecution own -> own.requireTask().suspendOnce();
            default -> execution.<@Nullable Void>onTaskStack(this::yieldOnce);
        }
        return null;
    }

    @Override
    public AsyncGenerators asyncGenerators() {
        return asyncGenerators;
    }

    // ---- blocking work

    @Override
    public <T extends @Nullable Object> Future<T> offload(Callable<T> action) {
        ensureAccepting();
        return offload.submit(action);
    }

    @Override
    public Awaitable<Boolean> shutdownOffload(Duration timeout) {
        return offload.shutdown(timeout);
    }

    // ---- running

    @Override
    public void runForever() {
        run(this::stop);
    }

    @Override
    public <T extends @Nullable Object> T runUntilComplete(Awaitable<T> awaitable) {
        Objects.requireNonNull(awaitable, "awaitable");
        ensureMayRun();
        boolean ours = !(awaitable instanceof Future<?>);
        Future<T> future = ensureFuture(awaitable);
        StopWhenDone<T> stopWhenDone = new StopWhenDone<>(this, future);
        future.addDoneCallback(stopWhenDone);
        AtomicBoolean cancelled = new AtomicBoolean();
        try {
            run(() -> {
                if (cancelled.compareAndSet(false, true)) {
                    callSoonThreadsafe(future::cancel);
                } else {
                    stop();
                }
            });
        } catch (Throwable e) {
            if (ours && future.isDone() && !future.isCancelled()) {
                // It is what is thrown here, or is overtaken by it: not one that nobody saw.
                future.exception();
            }
            throw e;
        } finally {
            future.removeDoneCallback(stopWhenDone);
            stopWhenDone.runIsOver();
        }
        if (!future.isDone()) {
            throw new IllegalStateException(
                    "event loop " + name + " stopped before the future completed: " + future);
        }
        return future.result();
    }

    private void ensureMayRun() {
        ensureOpen();
        if (state.get() == State.RUNNING) {
            throw new IllegalStateException("event loop " + name + " is already running");
        }
        EventLoop other = Execution.current().loop();
        if (other != null) {
            throw new IllegalStateException(
                    "cannot run event loop "
                            + name
                            + " while loop "
                            + other.name()
                            + " runs the calling code: await instead");
        }
    }

    private void run(Runnable onInterrupt) {
        ensureMayRun();
        if (!state.compareAndSet(State.STOPPED, State.RUNNING)) {
            ensureMayRun();
            throw new IllegalStateException(
                    "event loop " + name + " is being started by two threads at once");
        }
        try {
            if (parallel != null) {
                parallel.open();
            }
            dispatcher.run(onInterrupt);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a step threw what no step can throw", e);
        } finally {
            if (parallel != null) {
                parallel.close();
            }
            state.set(State.STOPPED);
        }
    }

    /// Ends the run with what was thrown where nobody can catch it. From any thread.
    void endRun(Throwable thrown) {
        enqueue(new Thrown(thrown));
    }

    private static final class Thrown extends ReadyEntry {
        private final Throwable thrown;

        Thrown(Throwable thrown) {
            this.thrown = thrown;
        }

        @Override
        void run() {
            if (thrown instanceof FatalError fatal) {
                throw fatal;
            }
            throw new AssertionError("a step threw what no step can throw", thrown);
        }
    }

    @Override
    public void stop() {
        dispatcher.stop(isHolding());
    }

    @Override
    public boolean isRunning() {
        return state.get() == State.RUNNING;
    }

    @Override
    public boolean isClosed() {
        return state.get() == State.CLOSED;
    }

    @Override
    public void close() {
        if (isParallel() && !isClosed() && !isRunning() && isCurrent()) {
            throw new IllegalStateException(
                    "cannot close event loop "
                            + name
                            + " in a step of its own: it would wait for itself");
        }
        if (!state.compareAndSet(State.STOPPED, State.CLOSED)) {
            if (isClosed()) {
                return;
            }
            throw new IllegalStateException(
                    "cannot close event loop " + name + " while it runs: stop it first");
        }
        closing = true;
        for (Task<?> task : tasks.snapshot()) {
            callExceptionHandler(
                    Problem.of("task was destroyed but it is pending: " + task, null)
                            .withFuture(task));
            ((CoreTask<?>) task).unwind();
        }
        if (parallel != null) {
            parallel.shut();
        }
        debug(false);
        listeners.close();
        offload.close();
        dispatcher.close();
        LoopObservers.closed(this);
        closing = false;
        FatalError thrown = thrownWhileClosing.get();
        if (thrown != null) {
            throw thrown;
        }
    }

    // ---- seen from outside

    @Override
    public LoopStatistics statistics() {
        return new CoreStatistics(this).read();
    }

    /// What the workers of a parallel loop do that run tasks and nothing else.
    List<LoopStatistics.Worker> parallelWorkers() {
        return parallel == null ? List.of() : parallel.workers(dispatcher.measuring());
    }

    /// The task whose step such a worker runs.
    @Nullable ParallelTask<?> parallelRunning(int worker) {
        return parallel == null ? null : parallel.running(worker);
    }

    /// Steps that any such worker may take.
    Inbox.Contents unassigned() {
        return parallel == null ? Inbox.Contents.NONE : parallel.unassigned();
    }

    @Override
    public void addListener(LoopListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(LoopListener listener) {
        listeners.remove(listener);
    }

    // ---- debug mode

    @Override
    public boolean debug() {
        return dispatcher.watch() != null;
    }

    @Override
    public void debug(boolean on) {
        DebugWatch begun = switchDebug(on);
        if (begun != null && isRunning()) {
            begun.lookSoon(); // the loop may be stuck already
        }
    }

    /// Switches debug mode; returns the watch that has begun with it, if one has.
    private @Nullable DebugWatch switchDebug(boolean on) {
        synchronized (debugLock) {
            DebugWatch before = dispatcher.watch();
            if (on == (before != null)) {
                return null;
            }
            if (before != null) {
                dispatcher.watch(null);
                before.end();
                return null;
            }
            NeverAwaited.watch();
            DebugWatch begun = new DebugWatch(this);
            dispatcher.watch(begun);
            return begun;
        }
    }

    @Override
    public Duration slowCallback() {
        return Duration.ofNanos(slowCallbackNanos);
    }

    @Override
    public void slowCallback(Duration threshold) {
        if (threshold.isNegative()) {
            throw new IllegalArgumentException(
                    "a callback cannot take less than no time: " + threshold);
        }
        slowCallbackNanos = threshold.compareTo(LONGEST) > 0 ? Long.MAX_VALUE : threshold.toNanos();
    }

    long slowCallbackNanos() {
        return slowCallbackNanos;
    }

    void warn(String message) {
        LOG.log(Level.WARNING, "loop " + name + ": " + message);
    }

    // ---- problems

    @Override
    public @Nullable ExceptionHandler exceptionHandler() {
        return exceptionHandler;
    }

    @Override
    public void exceptionHandler(@Nullable ExceptionHandler handler) {
        exceptionHandler = handler;
    }

    @Override
    public void callExceptionHandler(Problem problem) {
        if (problem.exception() != null) {
            counters.unhandled.increment();
        }
        ExceptionHandler handler = exceptionHandler;
        if (handler == null) {
            log(problem);
            return;
        }
        try {
            handle(handler, problem);
        } catch (FatalError e) {
            if (!closing) {
                throw e;
            }
            throwWhenClosed(e);
        } catch (Throwable e) {
            counters.unhandled.increment();
            log(problem);
            log(Problem.of("unhandled error in exception handler", e));
        }
    }

    /// Calls the handler in the context that the caller is in; where no loop runs, in that of the
    /// task which the problem is about.
    private void handle(ExceptionHandler handler, Problem problem) {
        if (problem.future() instanceof CoreTask<?> task && Execution.current().loop() == null) {
            task.context()
                    .copy()
                    .<@Nullable Void, RuntimeException>run(() -> {
                        handler.handle(this, problem);
                        return null;
                    });
        } else {
            handler.handle(this, problem);
        }
    }

    /// Keeps what would leave the loop half closed, for the end of `close()`.
    private void throwWhenClosed(FatalError e) {
        FatalError first = thrownWhileClosing.compareAndExchange(null, e);
        if (first != null && first != e) {
            first.addSuppressed(e);
        }
    }

    /// Reports a problem that came up on a thread of its own.
    void reportFromAnyThread(Problem problem, Context context) {
        if (isClosed()) {
            logUnhandled(problem);
            return;
        }
        try {
            callSoonThreadsafe(() -> callExceptionHandler(problem), context);
        } catch (IllegalStateException e) {
            logUnhandled(problem); // it was closed meanwhile
        }
    }

    /// Reports a problem of a closed loop, whose handler is no longer called.
    private void logUnhandled(Problem problem) {
        counters.unhandled.increment();
        log(problem);
    }

    private void log(Problem problem) {
        ExceptionHandler.logging().handle(this, problem);
    }

    @Override
    public String toString() {
        return "EventLoop["
                + name
                + ", "
                + scheduler
                + ", "
                + carriers()
                + ", "
                + state.get()
                + "]";
    }
}
