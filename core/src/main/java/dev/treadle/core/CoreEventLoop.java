package dev.treadle.core;

import dev.treadle.Awaitable;
import dev.treadle.Context;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.FatalError;
import dev.treadle.Future;
import dev.treadle.Handle;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.TaskOptions;
import dev.treadle.spi.Execution;
import dev.treadle.spi.LoopObservers;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// An event loop, assembled from its [ports][Ports].
///
/// This class is what asyncio's `BaseEventLoop` promises; the [Dispatcher] is how entries are run,
/// and on which thread.
public final class CoreEventLoop implements EventLoop {
    private static final System.Logger LOG = System.getLogger("dev.treadle");

    final Dispatcher dispatcher;
    private final String name;
    private final String scheduler;
    private final Clock clock;
    private final Carriers carriers;
    private final LoopOffload offload;
    private final TaskSet tasks = new TaskSet();
    private final AtomicReference<State> state = new AtomicReference<>(State.STOPPED);
    private final Awaitable<@Nullable Void> yielding = this::yieldOnce;
    private long tasksCreated; // loop thread only
    private volatile @Nullable ExceptionHandler exceptionHandler; // any thread

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
        this(name, scheduler, ports, new HeapTimerQueue());
    }

    CoreEventLoop(String name, String scheduler, Ports ports, TimerQueue timers) {
        this.name = Objects.requireNonNull(name, "name");
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        this.clock = ports.clock();
        this.carriers = ports.carriers();
        this.offload = new LoopOffload(this, ports.offload());
        this.dispatcher = new Dispatcher(this, ports, timers);
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
        return carriers.name();
    }

    @Override
    public long time() {
        return clock.nanoTime();
    }

    String threadName(int number) {
        return "treadle-" + scheduler + "-" + name + "-" + number;
    }

    // ---- who may call

    /// Whether the calling code runs on this loop: on the runner that holds the turn, or in a
    /// generator that it drives.
    boolean isCurrent() {
        return dispatcher.isHolder() || Execution.current().loop() == this;
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
            ensureOpen();
            ensureLoopThread(what, instead);
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
        dispatcher.add(entry, isCurrent());
    }

    /// Copies the current context.
    Context captureContext() {
        Context current = dispatcher.isHolder() ? dispatcher.currentContext() : null;
        return current != null ? current.copy() : Context.copyCurrent();
    }

    @Override
    public Handle callSoon(Runnable callback) {
        return callSoon(callback, captureContext());
    }

    @Override
    public Handle callSoon(Runnable callback, Context context) {
        ensureUsable("callSoon", "callSoonThreadsafe");
        CallbackHandle handle = new CallbackHandle(this, callback, context);
        enqueue(handle);
        return handle;
    }

    @Override
    public Handle callSoonThreadsafe(Runnable callback, Context context) {
        ensureOpen();
        CallbackHandle handle = new ThreadsafeHandle(this, callback, context);
        enqueue(handle);
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
        dispatcher.timers().add(timer);
        return timer;
    }

    /// Has the timer queue take note of a cancelled timer, on the loop's thread.
    void timerCancelled(TimerHandle timer) {
        if (isCurrent() || state.get() != State.RUNNING) {
            if (timer.armed) {
                dispatcher.timers().cancelled(timer);
            }
        } else {
            dispatcher.add(new CancelledTimer(timer), false);
        }
    }

    /// The note of a timer that another thread has cancelled.
    private static final class CancelledTimer extends ReadyEntry {
        private final TimerHandle timer;

        CancelledTimer(TimerHandle timer) {
            this.timer = timer;
        }

        @Override
        boolean isInternal() {
            return true;
        }

        @Override
        void run() {
            if (timer.armed) {
                timer.loop.dispatcher.timers().cancelled(timer);
            }
        }
    }

    // ---- tasks and futures

    @Override
    public <T extends @Nullable Object> Task<T> createTask(
            Coroutine<T> coroutine, TaskOptions options) {
        Objects.requireNonNull(coroutine, "coroutine");
        try {
            ensureUsable("createTask", "Async.runCoroutineThreadsafe");
        } catch (IllegalStateException e) {
            coroutine.close(); // so that nobody waits for it to run
            throw e;
        }
        Context context = options.context() == null ? captureContext() : options.context();
        CoreTask<T> task = new CoreTask<>(this, coroutine, options.name(), context, ++tasksCreated);
        tasks.add(task);
        enqueue(task.step());
        return task;
    }

    /// Called when the body of a task has ended, before its waiters are told.
    void ended(CoreTask<?> task) {
        tasks.remove(task);
    }

    @Override
    public Set<Task<?>> tasks() {
        ensureLoopThread("tasks", "callSoonThreadsafe, and tasks in the callback");
        return tasks.snapshot();
    }

    @Override
    public <T extends @Nullable Object> Promise<T> createPromise() {
        return new CorePromise<>(this, null);
    }

    @Override
    public <T extends @Nullable Object> Promise<T> createPromise(
            Predicate<@Nullable Object> canceller) {
        return new CorePromise<>(this, Objects.requireNonNull(canceller, "canceller"));
    }

    @Override
    public Awaitable<@Nullable Void> yieldNow() {
        return yielding;
    }

    private @Nullable Void yieldOnce() {
        Runner holder = dispatcher.holder();
        Execution execution = holder != null ? holder : Execution.current();
        execution.requireTask();
        if (!(execution instanceof Runner runner)) {
            return execution.<@Nullable Void>onTaskStack(this::yieldOnce);
        }
        runner.requireTask().suspendOnce(runner);
        return null;
    }

    // ---- blocking work

    @Override
    public <T extends @Nullable Object> Future<T> offload(Callable<T> action) {
        ensureOpen();
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
        Consumer<Future<T>> stopWhenDone = this::stopAfter;
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
        }
        if (!future.isDone()) {
            throw new IllegalStateException(
                    "event loop " + name + " stopped before the future completed: " + future);
        }
        return future.result();
    }

    private void stopAfter(Future<?> done) {
        if (done.state() == java.util.concurrent.Future.State.FAILED
                && done.exceptionNow() instanceof FatalError) {
            return; // it has ended the run already, and must not end the next one
        }
        stop();
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
            dispatcher.run(onInterrupt);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a step threw what no step can throw", e);
        } finally {
            state.set(State.STOPPED);
        }
    }

    @Override
    public void stop() {
        dispatcher.stop(isCurrent());
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
        if (!state.compareAndSet(State.STOPPED, State.CLOSED)) {
            if (isClosed()) {
                return;
            }
            throw new IllegalStateException(
                    "cannot close event loop " + name + " while it runs: stop it first");
        }
        for (Task<?> task : tasks.snapshot()) {
            callExceptionHandler(
                    Problem.of("task was destroyed but it is pending: " + task, null)
                            .withFuture(task));
            ((CoreTask<?>) task).unwind();
        }
        offload.close();
        dispatcher.close();
        LoopObservers.closed(this);
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
        ExceptionHandler handler = exceptionHandler;
        if (handler == null) {
            log(problem);
            return;
        }
        try {
            handler.handle(this, problem);
        } catch (FatalError e) {
            throw e;
        } catch (Throwable e) {
            log(problem);
            log(Problem.of("unhandled error in exception handler", e));
        }
    }

    /// Reports a problem that came up on a thread of its own.
    void reportFromAnyThread(Problem problem) {
        try {
            callSoonThreadsafe(() -> callExceptionHandler(problem), Context.empty());
        } catch (IllegalStateException e) {
            log(problem); // the loop is closed, and its handler no longer called
        }
    }

    private void log(Problem problem) {
        LOG.log(Level.ERROR, "loop " + name + ": " + problem.message(), problem.exception());
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
