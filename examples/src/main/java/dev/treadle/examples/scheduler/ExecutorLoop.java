package dev.treadle.examples.scheduler;

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
import dev.treadle.spi.LoopObservers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// An event loop whose iterations are jobs of a `ScheduledExecutorService`.
///
/// The queue and the timers are its own, because the order of equal timers and the bounds of an
/// iteration are promised, and the executor knows nothing of either. The executor runs [#iterate()]
/// when something is ready, and serves as an alarm clock for the earliest timer.
class ExecutorLoop implements EventLoop {

    private enum State {
        STOPPED,
        RUNNING,
        CLOSED
    }

    private final String name;
    private final String scheduler;
    private final ScheduledExecutorService executor;
    private final ExecutorService offload;
    private final LoopExecution execution = new LoopExecution(this, null, null);
    private final Set<Task<?>> tasks = new LinkedHashSet<>(); // loop thread only
    private final Tally tally = new Tally();

    private final Object lock = new Object();
    private final ArrayDeque<ExecutorHandle> ready = new ArrayDeque<>(); // guarded by lock
    private final PriorityQueue<ExecutorHandle> timers = new PriorityQueue<>(); // guarded by lock
    private State state = State.STOPPED; // guarded by lock
    private boolean stopping; // guarded by lock
    private boolean iterationQueued; // guarded by lock
    private boolean waited; // guarded by lock: nothing was to do when the last iteration ended
    private @Nullable ScheduledFuture<?> alarm; // guarded by lock
    private @Nullable Throwable failure; // guarded by lock: what ended the run
    private long handles; // guarded by lock
    private long tasksCreated; // loop thread only

    private final AsyncGenerators asyncGenerators = new AsyncGenerators(this);
    private volatile @Nullable ExceptionHandler exceptionHandler;
    private volatile @Nullable TaskFactory taskFactory;

    ExecutorLoop(String name, String scheduler) {
        this.name = name;
        this.scheduler = scheduler;
        String threads = "treadle-" + scheduler + "-" + name;
        this.executor =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name(threads).factory());
        this.offload =
                Executors.newCachedThreadPool(
                        Thread.ofPlatform().daemon().name(threads + "-offload-", 1).factory());
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
        return "executor";
    }

    @Override
    public long time() {
        return System.nanoTime();
    }

    LoopExecution execution() {
        return execution;
    }

    // ---- who may call

    /// Whether this loop runs the calling code.
    final boolean isCurrent() {
        return Execution.current().loop() == this;
    }

    /// Refuses a foreign thread while the loop runs.
    void ensureLoopThread(String what, String instead) {
        if (isInRun() && !isCurrent()) {
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

    /// Refuses what is handed to a closed loop.
    private void ensureAccepting() {
        if (isClosed()) {
            count(Tally.Event.REFUSED);
        }
        ensureOpen();
    }

    final void count(Tally.Event event) {
        tally.count(event);
    }

    private void ensureOpen() {
        if (isClosed()) {
            throw new IllegalStateException("event loop " + name + " is closed");
        }
    }

    // ---- callbacks

    ExecutorHandle newHandle(Runnable callback, Context context) {
        return newHandle(callback, context, ExecutorHandle.NOW);
    }

    ExecutorHandle newHandle(Runnable callback, Context context, long when) {
        synchronized (lock) {
            return newHandle(callback, context, when, ++handles);
        }
    }

    ExecutorHandle newHandle(Runnable callback, Context context, long when, long number) {
        return new ExecutorHandle(this, callback, context, when, number);
    }

    /// Queues a handle from any thread, and wakes the loop.
    void queue(ExecutorHandle handle) {
        count(isCurrent() ? Tally.Event.SUBMITTED_LOCALLY : Tally.Event.SUBMITTED_REMOTELY);
        synchronized (lock) {
            ready.addLast(handle);
            wake();
        }
    }

    /// Has the executor run an iteration, unless it is going to. With the lock.
    private void wake() {
        if (state == State.RUNNING && !iterationQueued) {
            iterationQueued = true;
            executor.execute(() -> execution.bind(this::iterate));
        }
    }

    @Override
    public Handle callSoon(Runnable callback, Context context) {
        ensureAccepting();
        ensureLoopThread("callSoon", "callSoonThreadsafe");
        ExecutorHandle handle = newHandle(callback, context);
        queue(handle);
        return handle;
    }

    @Override
    public Handle callSoonThreadsafe(Runnable callback, Context context) {
        ensureAccepting();
        ExecutorHandle handle = newHandle(callback, context);
        queue(handle);
        return handle;
    }

    @Override
    public Handle callAt(long when, Runnable callback, Context context) {
        ensureAccepting();
        ensureLoopThread("callAt", "callSoonThreadsafe, and callAt in the callback");
        ExecutorHandle timer = newHandle(callback, context, when);
        arm(timer);
        return timer;
    }

    final void arm(ExecutorHandle timer) {
        count(Tally.Event.TIMER_ARMED);
        synchronized (lock) {
            timers.add(timer);
            wake(); // which sets the alarm
        }
    }

    // ---- iterations

    /// Runs what is ready now, and nothing of what that queues. On the executor's thread.
    private void iterate() {
        int todo = beginIteration();
        try {
            for (; todo > 0; todo--) {
                next().run();
            }
        } catch (Throwable e) {
            if (!(e instanceof FatalError)) {
                count(Tally.Event.INTERNAL_ERROR);
            }
            synchronized (lock) {
                failure = e;
                stopping = true;
            }
        }
        endIteration();
    }

    private int beginIteration() {
        synchronized (lock) {
            long now = time();
            while (!timers.isEmpty() && timers.element().dueTime() <= now) {
                ready.addLast(timers.remove());
            }
            countIteration();
            return ready.size();
        }
    }

    /// With the lock.
    private void countIteration() {
        if (waited) {
            waited = false;
            count(ready.isEmpty() ? Tally.Event.EMPTY_WAKEUP : Tally.Event.USEFUL_WAKEUP);
        }
        if (!ready.isEmpty()) {
            count(Tally.Event.ITERATION);
        }
    }

    private ExecutorHandle next() {
        synchronized (lock) {
            return ready.removeFirst();
        }
    }

    private void endIteration() {
        synchronized (lock) {
            iterationQueued = false;
            if (stopping) {
                state = State.STOPPED;
                lock.notifyAll();
            } else if (!ready.isEmpty()) {
                wake();
            } else {
                waited = true;
                setAlarm();
            }
        }
    }

    private void setAlarm() {
        if (alarm != null) {
            alarm.cancel(false);
            alarm = null;
        }
        ExecutorHandle first = timers.peek();
        if (first != null) {
            long delay = Math.max(0, first.dueTime() - time());
            alarm = executor.schedule(this::wakeLocked, delay, TimeUnit.NANOSECONDS);
        }
    }

    private void wakeLocked() {
        synchronized (lock) {
            wake();
        }
    }

    // ---- tasks and futures

    @Override
    public AsyncGenerators asyncGenerators() {
        return asyncGenerators;
    }

    @Override
    public @Nullable TaskFactory taskFactory() {
        return taskFactory;
    }

    @Override
    public void taskFactory(@Nullable TaskFactory factory) {
        taskFactory = factory;
    }

    @Override
    public <T extends @Nullable Object> Task<T> newTask(
            Coroutine<T> coroutine, TaskOptions options) {
        try {
            ensureAccepting();
            ensureLoopThread("createTask", "Async.runCoroutineThreadsafe");
        } catch (IllegalStateException e) {
            coroutine.close();
            throw e;
        }
        Context given = options.context();
        Context context = given != null ? given : Context.copyCurrent();
        ExecutorTask<T> task = newTask(coroutine, options.name(), context, ++tasksCreated);
        tasks.add(task);
        count(Tally.Event.SPAWNED);
        task.resume();
        return task;
    }

    <T extends @Nullable Object> ExecutorTask<T> newTask(
            Coroutine<T> coroutine, @Nullable String taskName, Context context, long number) {
        return new ExecutorTask<>(this, coroutine, taskName, context, number);
    }

    /// Forgets a task whose body has ended.
    ///
    /// @param outcome how
    void ended(ExecutorTask<?> task, ExecutorFuture.Outcome<?> outcome) {
        countEnd(outcome);
        tasks.remove(task);
    }

    final void countEnd(ExecutorFuture.Outcome<?> outcome) {
        count(
                switch (outcome) {
                    case ExecutorFuture.Succeeded<?> _ -> Tally.Event.SUCCEEDED;
                    case ExecutorFuture.Failed<?> _ -> Tally.Event.FAILED;
                    case ExecutorFuture.Cancelled<?> _ -> Tally.Event.CANCELLED;
                });
    }

    @Override
    public Set<Task<?>> tasks() {
        ensureLoopThread("tasks", "callSoonThreadsafe, and tasks in the callback");
        return new LinkedHashSet<>(tasks);
    }

    @Override
    public <T extends @Nullable Object> Promise<T> createPromise() {
        return new ExecutorPromise<>(this, null);
    }

    @Override
    public <T extends @Nullable Object> Promise<T> createPromise(
            Predicate<@Nullable Object> canceller) {
        return new ExecutorPromise<>(this, canceller);
    }

    @Override
    public Awaitable<@Nullable Void> yieldNow() {
        return this::yieldOnce;
    }

    private @Nullable Void yieldOnce() {
        Execution execution = Execution.current();
        if (!(execution.requireTask() instanceof ExecutorTask<?> task) || task.loop != this) {
            throw new IllegalStateException(
                    execution.requireTask() + " gives up control to a different loop: " + name);
        }
        return execution.<@Nullable Void>onTaskStack(() -> {
            task.suspendOnce();
            return null;
        });
    }

    // ---- blocking work

    @Override
    public <T extends @Nullable Object> Future<T> offload(Callable<T> action) {
        ensureAccepting();
        Promise<T> promise = new ExecutorPromise<>(this, null);
        try {
            offload.execute(() -> {
                count(Tally.Event.WORK_TAKEN);
                try {
                    promise.tryComplete(action.call());
                } catch (Throwable e) {
                    promise.tryFail(e);
                } finally {
                    count(Tally.Event.WORK_ENDED);
                }
            });
            count(Tally.Event.WORK_SUBMITTED);
        } catch (RejectedExecutionException e) {
            count(Tally.Event.REFUSED);
            throw new IllegalStateException("loop " + name + " takes no more blocking work", e);
        }
        return promise;
    }

    @Override
    public Awaitable<Boolean> shutdownOffload(Duration timeout) {
        return Coroutine.of(() -> {
            offload.shutdown();
            Promise<Boolean> ended = new ExecutorPromise<>(this, null);
            Thread.ofVirtual().start(() -> ended.tryComplete(awaitOffload(timeout)));
            return ended.await();
        });
    }

    private boolean awaitOffload(Duration timeout) {
        try {
            return offload.awaitTermination(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            return false; // nobody interrupts this thread
        }
    }

    // ---- running

    @Override
    public void runForever() {
        run(this::stop);
    }

    @Override
    public <T extends @Nullable Object> T runUntilComplete(Awaitable<T> awaitable) {
        ensureMayRun();
        Future<T> future = ensureFuture(awaitable);
        Consumer<Future<T>> stopWhenDone = this::stopAfter;
        future.addDoneCallback(stopWhenDone);
        try {
            run(() -> queue(newHandle(future::cancel, Context.empty())));
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
        boolean fatal =
                done.state() == java.util.concurrent.Future.State.FAILED
                        && done.exceptionNow() instanceof FatalError;
        if (!fatal) { // that has ended the run already, and must not end the next one
            stop();
        }
    }

    void ensureMayRun() {
        ensureOpen();
        if (isInRun()) {
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
        begin();
        boolean interrupted = false;
        while (true) {
            try {
                awaitStop();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
                onInterrupt.run();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        Throwable thrown;
        synchronized (lock) {
            stopping = false;
            thrown = failure;
            failure = null;
        }
        switch (thrown) {
            case null -> {}
            case Error e -> throw e;
            default -> throw new AssertionError("a step threw what no step can throw", thrown);
        }
    }

    private void begin() {
        synchronized (lock) {
            if (state != State.STOPPED) {
                throw new IllegalStateException(
                        "event loop " + name + " is being started by two threads at once");
            }
            state = State.RUNNING;
            wake();
        }
    }

    private void awaitStop() throws InterruptedException {
        synchronized (lock) {
            while (state == State.RUNNING) {
                lock.wait();
            }
        }
    }

    @Override
    public void stop() {
        synchronized (lock) {
            stopping = true;
            wake();
        }
    }

    @Override
    public boolean isRunning() {
        return isInRun();
    }

    private boolean isInRun() {
        synchronized (lock) {
            return state == State.RUNNING;
        }
    }

    @Override
    public final boolean isClosed() {
        synchronized (lock) {
            return state == State.CLOSED;
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            if (state == State.CLOSED) {
                return;
            }
            if (state == State.RUNNING) {
                throw new IllegalStateException(
                        "cannot close event loop " + name + " while it runs: stop it first");
            }
            state = State.CLOSED;
        }
        for (Task<?> task : Set.copyOf(tasks)) {
            destroy((ExecutorTask<?>) task);
        }
        synchronized (lock) {
            ready.clear();
            timers.clear();
        }
        tally.dropTimers();
        offload.shutdown();
        executor.shutdownNow();
        LoopObservers.closed(this);
    }

    void destroy(ExecutorTask<?> task) {
        callExceptionHandler(
                Problem.of("task was destroyed but it is pending: " + task, null).withFuture(task));
        task.unwind();
    }

    // ---- seen from outside

    @Override
    public LoopStatistics statistics() {
        synchronized (lock) { // which nobody holds while callbacks run
            LoopStatistics.State now =
                    state != State.RUNNING
                            ? LoopStatistics.State.STOPPED
                            : iterationQueued
                                    ? LoopStatistics.State.RUNNING
                                    : LoopStatistics.State.PARKED;
            return tally.statistics(now, ready.size());
        }
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
            count(Tally.Event.UNHANDLED);
        }
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

    private void log(Problem problem) {
        ExceptionHandler.logging().handle(this, problem);
    }

    @Override
    public String toString() {
        return "EventLoop[" + name + ", " + scheduler + "]";
    }
}
