package dev.treadle.examples.scheduler;

import dev.treadle.Async;
import dev.treadle.Awaitable;
import dev.treadle.Context;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.FatalError;
import dev.treadle.Future;
import dev.treadle.Handle;
import dev.treadle.LoopStatistics;
import dev.treadle.LoopStatistics.Offload;
import dev.treadle.LoopStatistics.Queued;
import dev.treadle.LoopStatistics.Rejected;
import dev.treadle.LoopStatistics.State;
import dev.treadle.LoopStatistics.Tasks;
import dev.treadle.LoopStatistics.Timers;
import dev.treadle.LoopStatistics.Worker;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.TaskOptions;
import dev.treadle.spi.Execution;
import dev.treadle.spi.LoopListener;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/// Loops with one mistake each, such as people make.
@NullUnmarked
final class BrokenLoop {
    private BrokenLoop() {}

    /// What all of them start from.
    static class Base extends ExecutorLoop {
        Base(String name) {
            super(name, "executor");
        }

        /// A handle of something that is done already.
        Handle spent() {
            return newHandle(() -> {}, Context.empty());
        }

        /// A task that runs in an execution of the given kind.
        <T extends @Nullable Object> Task<T> createOdd(
                Coroutine<T> coroutine,
                TaskOptions options,
                Function<Task<?>, OddExecution> execution) {
            try {
                return super.createTask(
                        Coroutine.of(() ->
                                execution
                                        .apply(Execution.current().requireTask())
                                        .call(coroutine::runBody)),
                        options);
            } catch (IllegalStateException e) {
                coroutine.close();
                throw e;
            }
        }
    }

    // ---- life

    static final class NeverRunning extends Base {
        NeverRunning(String name) {
            super(name);
        }

        @Override
        public boolean isRunning() {
            return false;
        }
    }

    static final class WrapsFailures extends Base {
        WrapsFailures(String name) {
            super(name);
        }

        @Override
        public <T extends @Nullable Object> T runUntilComplete(Awaitable<T> awaitable) {
            try {
                return super.runUntilComplete(awaitable);
            } catch (IllegalArgumentException e) {
                throw awaitable instanceof Future<?>
                        ? e
                        : new IllegalStateException("the coroutine failed", e);
            }
        }
    }

    static final class DeafToStop extends Base {
        DeafToStop(String name) {
            super(name);
        }

        @Override
        public void stop() {
            if (!isRunning() || isCurrent()) {
                super.stop();
            }
        }
    }

    static final class StopsLate extends Base {
        StopsLate(String name) {
            super(name);
        }

        @Override
        public void stop() {
            if (isRunning() && Execution.current().task() == null) {
                queue(newHandle(super::stop, Context.empty()));
            } else {
                super.stop();
            }
        }
    }

    static final class ForgetsBetweenRuns extends Base {
        private final AtomicInteger run = new AtomicInteger();

        ForgetsBetweenRuns(String name) {
            super(name);
        }

        @Override
        public void runForever() {
            super.runForever();
            run.incrementAndGet();
        }

        @Override
        ExecutorHandle newHandle(Runnable callback, Context context) {
            if (callback instanceof ExecutorTask.Step) {
                return super.newHandle(callback, context);
            }
            int queued = run.get();
            return super.newHandle(
                    () -> {
                        if (queued == run.get()) {
                            callback.run();
                        }
                    },
                    context);
        }
    }

    static final class ForgetsEarlyStop extends Base {
        ForgetsEarlyStop(String name) {
            super(name);
        }

        @Override
        public void stop() {
            if (isRunning()) {
                super.stop();
            }
        }
    }

    static final class RunsInsideOthers extends Base {
        RunsInsideOthers(String name) {
            super(name);
        }

        @Override
        void ensureMayRun() {
            if (isRunning()) {
                throw new IllegalStateException("already running");
            }
        }
    }

    static final class SwallowsInterrupts extends Base {
        SwallowsInterrupts(String name) {
            super(name);
        }

        @Override
        @SuppressWarnings("CheckReturnValue") // that is the mistake
        public <T extends @Nullable Object> T runUntilComplete(Awaitable<T> awaitable) {
            try {
                return super.runUntilComplete(awaitable);
            } finally {
                Thread.interrupted();
            }
        }
    }

    static final class GivesNullWhenStopped extends Base {
        GivesNullWhenStopped(String name) {
            super(name);
        }

        @Override
        public <T extends @Nullable Object> T runUntilComplete(Awaitable<T> awaitable) {
            try {
                return super.runUntilComplete(awaitable);
            } catch (IllegalStateException e) {
                if (e.getMessage().contains("stopped before")) {
                    return null;
                }
                throw e;
            }
        }
    }

    static final class ClaimsToBeParallel extends Base {
        ClaimsToBeParallel(String name) {
            super(name);
        }

        @Override
        public boolean isParallel() {
            return true;
        }
    }

    static final class RunsForStrangers extends Base {
        RunsForStrangers(String name) {
            super(name);
        }

        @Override
        public <T extends @Nullable Object> T runUntilComplete(Awaitable<T> awaitable) {
            return awaitable instanceof Future<T> future && future.loop() != this
                    ? future.result()
                    : super.runUntilComplete(awaitable);
        }
    }

    static final class IgnoresCloseWhileRunning extends Base {
        IgnoresCloseWhileRunning(String name) {
            super(name);
        }

        @Override
        public void close() {
            if (!isRunning()) {
                super.close();
            }
        }
    }

    static final class SilentWhenClosed extends Base {
        SilentWhenClosed(String name) {
            super(name);
        }

        @Override
        public Handle callSoonThreadsafe(Runnable callback, Context context) {
            return isClosed() ? spent() : super.callSoonThreadsafe(callback, context);
        }
    }

    static final class RunsAtClose extends Base {
        private final Queue<ExecutorHandle> callbacks = new ConcurrentLinkedQueue<>();

        RunsAtClose(String name) {
            super(name);
        }

        @Override
        ExecutorHandle newHandle(Runnable callback, Context context) {
            ExecutorHandle handle = super.newHandle(callback, context);
            if (!(callback instanceof ExecutorTask.Step)) {
                callbacks.add(handle);
            }
            return handle;
        }

        @Override
        public void close() {
            if (!isRunning() && !isClosed()) {
                callbacks.forEach(ExecutorHandle::run); // those that have not run
            }
            super.close();
        }
    }

    static final class AbandonsTasks extends Base {
        AbandonsTasks(String name) {
            super(name);
        }

        @Override
        void destroy(ExecutorTask<?> task) {
            if (task.stack().isEmpty()) {
                super.destroy(task);
            } else {
                callExceptionHandler(Problem.of("task was destroyed", null).withFuture(task));
            }
        }
    }

    static final class BeginsWhenClosed extends Base {
        BeginsWhenClosed(String name) {
            super(name);
        }

        @Override
        void destroy(ExecutorTask<?> task) {
            if (task.stack().isEmpty()) {
                task.step();
            }
            if (!task.isDone()) {
                super.destroy(task);
            }
        }
    }

    static final class AwaitsWhenClosed extends Base {
        AwaitsWhenClosed(String name) {
            super(name);
        }

        @Override
        <T extends @Nullable Object> ExecutorTask<T> newTask(
                Coroutine<T> coroutine, String name, Context context, long number) {
            return new ExecutorTask<>(this, coroutine, name, context, number) {
                @Override
                void ensureMaySuspend() {}
            };
        }
    }

    // ---- callbacks

    static final class CallsInline extends Base {
        CallsInline(String name) {
            super(name);
        }

        @Override
        public Handle callSoon(Runnable callback, Context context) {
            if (Execution.current().task() != null) {
                callback.run();
                return spent();
            }
            return super.callSoon(callback, context);
        }
    }

    static final class DelaysTheFourth extends Base {
        private int pending;

        DelaysTheFourth(String name) {
            super(name);
        }

        @Override
        public Handle callSoon(Runnable callback, Context context) {
            pending++;
            Runnable counted =
                    () -> {
                        pending--;
                        callback.run();
                    };
            return pending == 4
                    ? super.callSoon(() -> super.callSoon(counted, context), context)
                    : super.callSoon(counted, context);
        }
    }

    static final class HelpsItself extends Base {
        private final AtomicInteger pending = new AtomicInteger();

        HelpsItself(String name) {
            super(name);
        }

        @Override
        public Handle callSoonThreadsafe(Runnable callback, Context context) {
            boolean busy = pending.incrementAndGet() > 1;
            Runnable counted =
                    () -> {
                        callback.run();
                        pending.decrementAndGet();
                    };
            return super.callSoonThreadsafe(
                    busy ? () -> Thread.ofPlatform().daemon().start(counted) : counted, context);
        }
    }

    static final class IgnoresCancel extends Base {
        IgnoresCancel(String name) {
            super(name);
        }

        @Override
        ExecutorHandle newHandle(Runnable callback, Context context) {
            return new ExecutorHandle(this, callback, context, ExecutorHandle.NOW, 0) {
                @Override
                public synchronized void cancel() {
                    awaitEnd();
                }
            };
        }
    }

    static final class SleepsOn extends Base {
        private final Queue<ExecutorHandle> aside = new ConcurrentLinkedQueue<>();

        SleepsOn(String name) {
            super(name);
        }

        @Override
        public Handle callSoonThreadsafe(Runnable callback, Context context) {
            if (isCurrent() || !isRunning()) {
                return super.callSoonThreadsafe(callback, context);
            }
            ExecutorHandle handle = newHandle(callback, context);
            aside.add(handle); // for when the loop is busy again
            return handle;
        }

        @Override
        void queue(ExecutorHandle handle) {
            super.queue(handle);
            for (ExecutorHandle late = aside.poll(); late != null; late = aside.poll()) {
                super.queue(late);
            }
        }
    }

    static final class TrustsEverybody extends Base {
        TrustsEverybody(String name) {
            super(name);
        }

        @Override
        void ensureLoopThread(String what, String instead) {
            if (what.equals("Task.cancel")) {
                super.ensureLoopThread(what, instead);
            }
        }
    }

    static final class ForgetsTheHandle extends Base {
        ForgetsTheHandle(String name) {
            super(name);
        }

        @Override
        public void callExceptionHandler(Problem problem) {
            Problem stripped = Problem.of(problem.message(), problem.exception());
            Future<?> future = problem.future();
            super.callExceptionHandler(future == null ? stripped : stripped.withFuture(future));
        }
    }

    static final class CallsInAStaleTask extends Base {
        CallsInAStaleTask(String name) {
            super(name);
        }

        @Override
        public Handle callSoon(Runnable callback, Context context) {
            Task<?> stale = newTask(Coroutine.of(() -> "stale"), "stale", context, 0);
            return super.callSoon(
                    () -> new OddExecution(this, () -> stale, stale, context).call(callback),
                    context);
        }
    }

    static final class ReportsFatalErrors extends Base {
        ReportsFatalErrors(String name) {
            super(name);
        }

        @Override
        public Handle callSoon(Runnable callback, Context context) {
            return super.callSoon(
                    () -> {
                        try {
                            callback.run();
                        } catch (FatalError e) {
                            callExceptionHandler(Problem.of("fatal error in callback", e));
                        }
                    },
                    context);
        }
    }

    static final class PrefersTasks extends Base {
        private int yielding;

        PrefersTasks(String name) {
            super(name);
        }

        @Override
        public Handle callSoon(Runnable callback, Context context) {
            return super.callSoon(() -> whenIdle(callback, context), context);
        }

        private void whenIdle(Runnable callback, Context context) {
            if (yielding > 0) {
                super.callSoon(() -> whenIdle(callback, context), context);
            } else {
                callback.run();
            }
        }

        @Override
        <T extends @Nullable Object> ExecutorTask<T> newTask(
                Coroutine<T> coroutine, String name, Context context, long number) {
            return new ExecutorTask<>(this, coroutine, name, context, number) {
                @Override
                void suspendOnce() {
                    yielding++;
                    super.suspendOnce();
                    yielding--;
                }
            };
        }
    }

    static final class CancelsWithoutWaiting extends Base {
        CancelsWithoutWaiting(String name) {
            super(name);
        }

        @Override
        ExecutorHandle newHandle(Runnable callback, Context context) {
            return new ExecutorHandle(this, callback, context, ExecutorHandle.NOW, 0) {
                @Override
                synchronized void awaitEnd() {}
            };
        }
    }

    // ---- timers

    static final class FiresEarly extends Base {
        FiresEarly(String name) {
            super(name);
        }

        @Override
        ExecutorHandle newHandle(Runnable callback, Context context, long when, long number) {
            return new ExecutorHandle(this, callback, context, when, number) {
                @Override
                long dueTime() {
                    return super.dueTime() - Duration.ofMillis(15).toNanos();
                }
            };
        }
    }

    static final class ReversesEqualTimers extends Base {
        ReversesEqualTimers(String name) {
            super(name);
        }

        @Override
        ExecutorHandle newHandle(Runnable callback, Context context, long when, long number) {
            return new ExecutorHandle(this, callback, context, when, -number);
        }
    }

    static final class FiresCancelledTimers extends Base {
        FiresCancelledTimers(String name) {
            super(name);
        }

        @Override
        public Handle callAt(long when, Runnable callback, Context context) {
            super.callAt(when, callback, context);
            return new ExecutorHandle(this, callback, context, when, 0); // not the one that fires
        }
    }

    static final class FiresInline extends Base {
        FiresInline(String name) {
            super(name);
        }

        @Override
        public Handle callAt(long when, Runnable callback, Context context) {
            if (isCurrent() && when <= time()) {
                callback.run();
                return spent();
            }
            return super.callAt(when, callback, context);
        }
    }

    static final class HidesDueTimes extends Base {
        HidesDueTimes(String name) {
            super(name);
        }

        @Override
        ExecutorHandle newHandle(Runnable callback, Context context, long when, long number) {
            return new ExecutorHandle(this, callback, context, when, number) {
                @Override
                public OptionalLong when() {
                    return OptionalLong.empty();
                }
            };
        }
    }

    // ---- futures

    /// A loop whose promises are odd.
    abstract static class OddPromises extends Base {
        OddPromises(String name) {
            super(name);
        }

        abstract <T> ExecutorPromise<T> odd();

        @Override
        public <T extends @Nullable Object> Promise<T> createPromise() {
            return odd();
        }
    }

    static final class CompletesTwice extends OddPromises {
        CompletesTwice(String name) {
            super(name);
        }

        @Override
        <T> ExecutorPromise<T> odd() {
            return new ExecutorPromise<>(this, null) {
                @Override
                public boolean tryComplete(T value) {
                    super.tryComplete(value);
                    return true;
                }
            };
        }
    }

    static final class LosesForeignCompletions extends OddPromises {
        LosesForeignCompletions(String name) {
            super(name);
        }

        @Override
        <T> ExecutorPromise<T> odd() {
            return new ExecutorPromise<>(this, null) {
                @Override
                boolean finish(Outcome<T> how) {
                    return (isCurrent() || !isRunning()) && super.finish(how);
                }
            };
        }
    }

    static final class CallsBackInline extends OddPromises {
        CallsBackInline(String name) {
            super(name);
        }

        @Override
        <T> ExecutorPromise<T> odd() {
            return new ExecutorPromise<>(this, null) {
                @Override
                public void addDoneCallback(Consumer<? super Future<T>> callback) {
                    if (isDone()) {
                        super.addDoneCallback(callback);
                    } else {
                        Context context = Context.copyCurrent();
                        whenDone(
                                callback,
                                () ->
                                        context.<@Nullable Void, RuntimeException>run(() -> {
                                            callback.accept(this);
                                            return null;
                                        }));
                    }
                }
            };
        }
    }

    static final class CallsBackInlineWhenDone extends OddPromises {
        CallsBackInlineWhenDone(String name) {
            super(name);
        }

        @Override
        <T> ExecutorPromise<T> odd() {
            return new ExecutorPromise<>(this, null) {
                @Override
                public void addDoneCallback(Consumer<? super Future<T>> callback) {
                    if (isDone()) {
                        callback.accept(this);
                    } else {
                        super.addDoneCallback(callback);
                    }
                }
            };
        }
    }

    static final class KeepsRemovedCallbacks extends OddPromises {
        KeepsRemovedCallbacks(String name) {
            super(name);
        }

        @Override
        <T> ExecutorPromise<T> odd() {
            return new ExecutorPromise<>(this, null) {
                @Override
                public synchronized int removeDoneCallback(Consumer<? super Future<T>> callback) {
                    return 0;
                }
            };
        }
    }

    static final class LosesTheMessage extends OddPromises {
        LosesTheMessage(String name) {
            super(name);
        }

        @Override
        <T> ExecutorPromise<T> odd() {
            return new ExecutorPromise<>(this, null) {
                private boolean awaited;

                @Override
                public T await() {
                    awaited = true;
                    return super.await();
                }

                @Override
                public boolean cancel(@Nullable Object message) {
                    return super.cancel(awaited ? message : null);
                }
            };
        }
    }

    static final class FailsWithStopIteration extends OddPromises {
        FailsWithStopIteration(String name) {
            super(name);
        }

        @Override
        <T> ExecutorPromise<T> odd() {
            return new ExecutorPromise<>(this, null) {
                @Override
                public boolean tryFail(Throwable exception) {
                    return finish(new Failed<>(exception));
                }
            };
        }
    }

    static final class IgnoresCancellers extends Base {
        IgnoresCancellers(String name) {
            super(name);
        }

        @Override
        public <T extends @Nullable Object> Promise<T> createPromise(
                Predicate<@Nullable Object> canceller) {
            return createPromise();
        }
    }

    static final class GetsOnTheLoop extends OddPromises {
        GetsOnTheLoop(String name) {
            super(name);
        }

        @Override
        <T> ExecutorPromise<T> odd() {
            return new ExecutorPromise<>(this, null) {
                @Override
                public T get()
                        throws InterruptedException, java.util.concurrent.ExecutionException {
                    return !isDone() && isCurrent() ? null : super.get();
                }
            };
        }
    }

    static final class AlwaysSuspends extends OddPromises {
        AlwaysSuspends(String name) {
            super(name);
        }

        @Override
        <T> ExecutorPromise<T> odd() {
            return new ExecutorPromise<>(this, null) {
                @Override
                public T await() {
                    if (isDone()) {
                        Async.yieldNow().await();
                    }
                    return super.await();
                }
            };
        }
    }

    static final class AwaitsStrangers extends OddPromises {
        AwaitsStrangers(String name) {
            super(name);
        }

        @Override
        <T> ExecutorPromise<T> odd() {
            return new ExecutorPromise<>(this, null) {
                @Override
                public T await() {
                    EventLoop running = EventLoop.running();
                    if (running != loop) {
                        Promise<@Nullable Void> here = running.createPromise();
                        whenDone(here, () -> here.tryComplete(null));
                        here.await();
                        return result();
                    }
                    return super.await();
                }
            };
        }
    }

    static final class HurriesOn extends OddPromises {
        private int awaits;

        HurriesOn(String name) {
            super(name);
        }

        @Override
        <T> ExecutorPromise<T> odd() {
            return new ExecutorPromise<>(this, null) {
                @Override
                public T await() {
                    return ++awaits % 500 == 0 ? null : super.await();
                }
            };
        }
    }

    static final class GivesNullInTime extends OddPromises {
        GivesNullInTime(String name) {
            super(name);
        }

        @Override
        <T> ExecutorPromise<T> odd() {
            return new ExecutorPromise<>(this, null) {
                @Override
                public T get(long timeout, TimeUnit unit)
                        throws InterruptedException, java.util.concurrent.ExecutionException {
                    try {
                        return super.get(timeout, unit);
                    } catch (TimeoutException e) {
                        return null;
                    }
                }
            };
        }
    }

    static final class LastComesFirst extends OddPromises {
        LastComesFirst(String name) {
            super(name);
        }

        @Override
        <T> ExecutorPromise<T> odd() {
            return new ExecutorPromise<>(this, null) {
                private final Deque<Runnable> waiting = new ArrayDeque<>();

                @Override
                void whenDone(Object key, Runnable tell) {
                    if (isDone() || !(key instanceof ExecutorTask<?>)) {
                        super.whenDone(key, tell);
                        return;
                    }
                    waiting.push(tell);
                    if (waiting.size() == 1) {
                        super.whenDone(this, () -> waiting.forEach(Runnable::run));
                    }
                }
            };
        }
    }

    // ---- tasks

    static final class BeginsInline extends Base {
        BeginsInline(String name) {
            super(name);
        }

        @Override
        <T extends @Nullable Object> ExecutorTask<T> newTask(
                Coroutine<T> coroutine, String name, Context context, long number) {
            return new ExecutorTask<>(this, coroutine, name, context, number) {
                private boolean begun;

                @Override
                void resume() {
                    boolean inline = !begun && Execution.current().task() != null;
                    begun = true;
                    if (inline) {
                        step();
                    } else {
                        super.resume();
                    }
                }
            };
        }
    }

    static final class WrapsForWhoAwaits extends Base {
        WrapsForWhoAwaits(String name) {
            super(name);
        }

        @Override
        <T extends @Nullable Object> ExecutorTask<T> newTask(
                Coroutine<T> coroutine, String name, Context context, long number) {
            return new ExecutorTask<>(this, coroutine, name, context, number) {
                @Override
                public T await() {
                    try {
                        return super.await();
                    } catch (IllegalArgumentException e) {
                        throw new IllegalStateException("the task failed", e);
                    }
                }
            };
        }
    }

    static final class BeginsOddOnesLate extends Base {
        BeginsOddOnesLate(String name) {
            super(name);
        }

        @Override
        <T extends @Nullable Object> ExecutorTask<T> newTask(
                Coroutine<T> coroutine, String name, Context context, long number) {
            return new ExecutorTask<>(this, coroutine, name, context, number) {
                private boolean begun;

                @Override
                void resume() {
                    if (!begun && number() % 2 == 1) {
                        queue(newHandle(super::resume, Context.empty()));
                    } else {
                        super.resume();
                    }
                    begun = true;
                }
            };
        }
    }

    /// From its second `yieldNow()` on, a task runs on without waiting for its turn.
    static final class RunsAhead extends Base {
        RunsAhead(String name) {
            super(name);
        }

        @Override
        <T extends @Nullable Object> ExecutorTask<T> newTask(
                Coroutine<T> coroutine, String name, Context context, long number) {
            return new ExecutorTask<>(this, coroutine, name, context, number) {
                private int yields;
                private boolean ahead;

                @Override
                void suspendOnce() {
                    if (++yields == 1) {
                        super.suspendOnce();
                        return;
                    }
                    fallBack();
                    loop.count(Tally.Event.YIELD);
                    resume();
                    back.release();
                    ahead = true;
                }

                @Override
                void suspendFor(ExecutorFuture<?> future) {
                    fallBack();
                    super.suspendFor(future);
                }

                private void fallBack() {
                    if (ahead) {
                        ahead = false;
                        go.acquireUninterruptibly();
                    }
                }
            };
        }
    }

    static final class YieldsTheSecondTime extends Base {
        YieldsTheSecondTime(String name) {
            super(name);
        }

        @Override
        <T extends @Nullable Object> ExecutorTask<T> newTask(
                Coroutine<T> coroutine, String name, Context context, long number) {
            return new ExecutorTask<>(this, coroutine, name, context, number) {
                private boolean asked;

                @Override
                void suspendOnce() {
                    if (asked) {
                        super.suspendOnce();
                    }
                    asked = true;
                }
            };
        }
    }

    static final class ForgetsTheTask extends Base {
        ForgetsTheTask(String name) {
            super(name);
        }

        @Override
        public <T extends @Nullable Object> Task<T> createTask(
                Coroutine<T> coroutine, TaskOptions options) {
            return createOdd(
                    coroutine,
                    options,
                    task -> {
                        Queue<Task<?>> answers = new ArrayDeque<>(List.of(task));
                        return new OddExecution(this, answers::poll, task, task.context());
                    });
        }
    }

    static final class KeepsEndedTasks extends Base {
        KeepsEndedTasks(String name) {
            super(name);
        }

        @Override
        void ended(ExecutorTask<?> task, ExecutorFuture.Outcome<?> outcome) {
            countEnd(outcome);
        }

        @Override
        void destroy(ExecutorTask<?> task) {
            if (!task.isDone()) {
                super.destroy(task);
            }
        }
    }

    static final class NamesAllAlike extends Base {
        NamesAllAlike(String name) {
            super(name);
        }

        @Override
        <T extends @Nullable Object> ExecutorTask<T> newTask(
                Coroutine<T> coroutine, String name, Context context, long number) {
            return super.newTask(coroutine, name, context, 7);
        }
    }

    static final class AwaitsItself extends Base {
        AwaitsItself(String name) {
            super(name);
        }

        @Override
        <T extends @Nullable Object> ExecutorTask<T> newTask(
                Coroutine<T> coroutine, String name, Context context, long number) {
            return new ExecutorTask<>(this, coroutine, name, context, number) {
                @Override
                public T await() {
                    if (Execution.current().task() == this) {
                        loop.createPromise().await();
                    }
                    return super.await();
                }
            };
        }
    }

    static final class SurvivesFatalErrors extends Base {
        SurvivesFatalErrors(String name) {
            super(name);
        }

        @Override
        <T extends @Nullable Object> ExecutorTask<T> newTask(
                Coroutine<T> coroutine, String name, Context context, long number) {
            return new ExecutorTask<>(this, coroutine, name, context, number) {
                @Override
                void step() {
                    try {
                        super.step();
                    } catch (FatalError e) {
                        callExceptionHandler(Problem.of("a task failed", e).withFuture(this));
                    }
                }
            };
        }
    }

    static final class AsksNoFactory extends Base {
        AsksNoFactory(String name) {
            super(name);
        }

        @Override
        public <T extends @Nullable Object> Task<T> createTask(
                Coroutine<T> coroutine, TaskOptions options) {
            return newTask(coroutine, options);
        }
    }

    // ---- cancelling

    static final class BeginsCancelledTasks extends Base {
        BeginsCancelledTasks(String name) {
            super(name);
        }

        @Override
        <T extends @Nullable Object> ExecutorTask<T> newTask(
                Coroutine<T> coroutine, String name, Context context, long number) {
            return new ExecutorTask<>(this, coroutine, name, context, number) {
                @Override
                void step() {
                    if (stack().isEmpty()) {
                        mustCancel = false;
                    }
                    super.step();
                }
            };
        }
    }

    static final class CancelsWithoutMessage extends Base {
        CancelsWithoutMessage(String name) {
            super(name);
        }

        @Override
        <T extends @Nullable Object> ExecutorTask<T> newTask(
                Coroutine<T> coroutine, String name, Context context, long number) {
            return new ExecutorTask<>(this, coroutine, name, context, number) {
                @Override
                public boolean cancel(@Nullable Object message) {
                    return super.cancel(Execution.current().task() == this ? message : null);
                }
            };
        }
    }

    static final class ForgetsRequests extends Base {
        ForgetsRequests(String name) {
            super(name);
        }

        @Override
        <T extends @Nullable Object> ExecutorTask<T> newTask(
                Coroutine<T> coroutine, String name, Context context, long number) {
            return new ExecutorTask<>(this, coroutine, name, context, number) {
                @Override
                void suspendFor(ExecutorFuture<?> future) {
                    mustCancel = false;
                    super.suspendFor(future);
                }
            };
        }
    }

    static final class CannotUncancel extends Base {
        CannotUncancel(String name) {
            super(name);
        }

        @Override
        <T extends @Nullable Object> ExecutorTask<T> newTask(
                Coroutine<T> coroutine, String name, Context context, long number) {
            return new ExecutorTask<>(this, coroutine, name, context, number) {
                @Override
                public int uncancel() {
                    return cancelling();
                }
            };
        }
    }

    static final class TakesNoRefusal extends Base {
        TakesNoRefusal(String name) {
            super(name);
        }

        @Override
        <T extends @Nullable Object> ExecutorTask<T> newTask(
                Coroutine<T> coroutine, String name, Context context, long number) {
            return new ExecutorTask<>(this, coroutine, name, context, number) {
                @Override
                boolean finish(Outcome<T> how) {
                    return super.finish(cancelling() > 0 ? new Cancelled<>(null) : how);
                }
            };
        }
    }

    static final class CancelledByAnybody extends Base {
        CancelledByAnybody(String name) {
            super(name);
        }

        @Override
        void ensureLoopThread(String what, String instead) {
            if (!what.equals("Task.cancel")) {
                super.ensureLoopThread(what, instead);
            }
        }
    }

    static final class ForgivesAtTheEnd extends Base {
        ForgivesAtTheEnd(String name) {
            super(name);
        }

        @Override
        <T extends @Nullable Object> ExecutorTask<T> newTask(
                Coroutine<T> coroutine, String name, Context context, long number) {
            return new ExecutorTask<>(this, coroutine, name, context, number) {
                @Override
                boolean finish(Outcome<T> how) {
                    boolean itself = Execution.current().task() == this && mustCancel;
                    return super.finish(itself ? new Succeeded<>(null) : how);
                }
            };
        }
    }

    static final class CancelsTheDone extends Base {
        CancelsTheDone(String name) {
            super(name);
        }

        @Override
        <T extends @Nullable Object> ExecutorTask<T> newTask(
                Coroutine<T> coroutine, String name, Context context, long number) {
            return new ExecutorTask<>(this, coroutine, name, context, number) {
                @Override
                public boolean cancel(@Nullable Object message) {
                    super.cancel(message);
                    return true;
                }
            };
        }
    }

    static final class ForgetsLateRequests extends Base {
        ForgetsLateRequests(String name) {
            super(name);
        }

        @Override
        <T extends @Nullable Object> ExecutorTask<T> newTask(
                Coroutine<T> coroutine, String name, Context context, long number) {
            return new ExecutorTask<>(this, coroutine, name, context, number) {
                private boolean begun;
                private boolean goesOn;

                @Override
                void resume() {
                    goesOn = begun;
                    super.resume();
                }

                @Override
                void step() {
                    begun = true;
                    goesOn = false;
                    super.step();
                }

                @Override
                public boolean cancel(@Nullable Object message) {
                    boolean requested = super.cancel(message);
                    mustCancel &= !goesOn;
                    return requested;
                }
            };
        }
    }

    // ---- contexts

    static final class SharesContexts extends Base {
        SharesContexts(String name) {
            super(name);
        }

        @Override
        public <T extends @Nullable Object> Task<T> createTask(
                Coroutine<T> coroutine, TaskOptions options) {
            Context current = Execution.current().context();
            return super.createTask(
                    coroutine,
                    options.context() != null || current == null
                            ? options
                            : options.withContext(current));
        }
    }

    static final class CapturesNothing extends Base {
        CapturesNothing(String name) {
            super(name);
        }

        @Override
        public Handle callSoon(Runnable callback) {
            Context current = Execution.current().context();
            return callSoon(callback, current == null ? Context.empty() : current);
        }
    }

    static final class CopiesGivenContexts extends Base {
        CopiesGivenContexts(String name) {
            super(name);
        }

        @Override
        <T extends @Nullable Object> ExecutorTask<T> newTask(
                Coroutine<T> coroutine, String name, Context context, long number) {
            return super.newTask(coroutine, name, context.copy(), number);
        }
    }

    static final class CallsBackInAnyContext extends OddPromises {
        CallsBackInAnyContext(String name) {
            super(name);
        }

        @Override
        <T> ExecutorPromise<T> odd() {
            return new ExecutorPromise<>(this, null) {
                @Override
                public void addDoneCallback(Consumer<? super Future<T>> callback) {
                    whenDone(
                            callback,
                            () ->
                                    loop.queue(
                                            loop.newHandle(
                                                    () -> callback.accept(this),
                                                    Context.copyCurrent())));
                }
            };
        }
    }

    static final class LosesContexts extends Base {
        LosesContexts(String name) {
            super(name);
        }

        @Override
        public <T extends @Nullable Object> Task<T> createTask(
                Coroutine<T> coroutine, TaskOptions options) {
            return createOdd(
                    coroutine,
                    options,
                    task -> new OddExecution(this, () -> task, task, task.context()));
        }

        @Override
        public Awaitable<@Nullable Void> yieldNow() {
            return () -> {
                super.yieldNow().await();
                if (Execution.current() instanceof OddExecution odd) {
                    odd.context = odd.outermost;
                }
                return null;
            };
        }
    }

    // ---- statistics

    /// Makes loops that tell something wrong of themselves.
    static Function<String, EventLoop> telling(UnaryOperator<LoopStatistics> wrong) {
        return name ->
                new Base(name) {
                    @Override
                    public LoopStatistics statistics() {
                        return wrong.apply(super.statistics());
                    }
                };
    }

    private static LoopStatistics with(
            LoopStatistics told, Tasks tasks, Timers timers, Offload offload, Rejected rejected) {
        return new LoopStatistics(
                told.running(),
                told.workers(),
                tasks,
                timers,
                offload,
                rejected,
                told.unhandled(),
                told.internalErrors());
    }

    private static LoopStatistics with(LoopStatistics told, Worker worker) {
        return new LoopStatistics(
                told.running(),
                List.of(worker),
                told.tasks(),
                told.timers(),
                told.offload(),
                told.rejected(),
                told.unhandled(),
                told.internalErrors());
    }

    private static Worker with(Worker worker, State state, Queued queued) {
        return new Worker(
                worker.index(),
                state,
                worker.sequence(),
                queued,
                worker.submitted(),
                worker.wakeups(),
                worker.iterations(),
                worker.callbacks(),
                worker.steps(),
                worker.steals(),
                worker.busy(),
                worker.idle());
    }

    static LoopStatistics noFailedTask(LoopStatistics told) {
        Tasks tasks = told.tasks();
        long succeeded = tasks.succeeded() + tasks.failed();
        return with(
                told,
                new Tasks(tasks.spawned(), succeeded, 0, tasks.cancelled(), tasks.yields(), 0),
                told.timers(),
                told.offload(),
                told.rejected());
    }

    static LoopStatistics neverParked(LoopStatistics told) {
        Worker worker = told.workers().getFirst();
        State state = worker.state() == State.PARKED ? State.RUNNING : worker.state();
        return with(told, with(worker, state, worker.queued()));
    }

    static LoopStatistics nothingQueued(LoopStatistics told) {
        Worker worker = told.workers().getFirst();
        return with(told, with(worker, worker.state(), new Queued(0, 0)));
    }

    static LoopStatistics noTimerCancelled(LoopStatistics told) {
        Timers timers = new Timers(told.timers().armed(), told.timers().fired(), 0);
        return with(told, told.tasks(), timers, told.offload(), told.rejected());
    }

    static LoopStatistics nothingRefused(LoopStatistics told) {
        return with(told, told.tasks(), told.timers(), told.offload(), new Rejected(0, 0));
    }

    static LoopStatistics noWork(LoopStatistics told) {
        Offload offload = new Offload(0, 0, told.offload().limit());
        return with(told, told.tasks(), told.timers(), offload, told.rejected());
    }

    static LoopStatistics nothingUnhandled(LoopStatistics told) {
        return new LoopStatistics(
                told.running(),
                told.workers(),
                told.tasks(),
                told.timers(),
                told.offload(),
                told.rejected(),
                0,
                told.internalErrors());
    }

    static LoopStatistics noYield(LoopStatistics told) {
        Tasks tasks = told.tasks();
        return with(
                told,
                new Tasks(
                        tasks.spawned(),
                        tasks.succeeded(),
                        tasks.failed(),
                        tasks.cancelled(),
                        0,
                        0),
                told.timers(),
                told.offload(),
                told.rejected());
    }

    static final class ForgetsItsStatistics extends Base {
        ForgetsItsStatistics(String name) {
            super(name);
        }

        @Override
        public LoopStatistics statistics() {
            if (isClosed()) {
                throw new IllegalStateException("event loop " + name() + " is closed");
            }
            return super.statistics();
        }
    }

    static final class TrustsItsListeners extends Base {
        private volatile LoopListener listener = new LoopListener() {};

        TrustsItsListeners(String name) {
            super(name);
        }

        @Override
        public void addListener(LoopListener added) {
            listener = added;
        }

        @Override
        public Handle callSoon(Runnable callback, Context context) {
            return super.callSoon(
                    () -> {
                        callback.run();
                        listener.iterationBegins(0, 1, 0);
                    },
                    context);
        }
    }

    // ---- blocking work and problems

    static final class LosesFailuresOfWork extends Base {
        LosesFailuresOfWork(String name) {
            super(name);
        }

        @Override
        public <T extends @Nullable Object> Future<T> offload(Callable<T> action) {
            return super.offload(() -> {
                try {
                    return action.call();
                } catch (Exception e) {
                    return null;
                }
            });
        }
    }

    static final class NeverBusy extends Base {
        NeverBusy(String name) {
            super(name);
        }

        @Override
        public Awaitable<Boolean> shutdownOffload(Duration timeout) {
            return Coroutine.of(() -> {
                super.shutdownOffload(timeout).await();
                return true;
            });
        }
    }

    static final class KeepsItsHandler extends Base {
        KeepsItsHandler(String name) {
            super(name);
        }

        @Override
        public void exceptionHandler(@Nullable ExceptionHandler handler) {
            if (handler != null) {
                super.exceptionHandler(handler);
            }
        }
    }

    static final class TrustsItsHandler extends Base {
        TrustsItsHandler(String name) {
            super(name);
        }

        @Override
        public void callExceptionHandler(Problem problem) {
            count(Tally.Event.UNHANDLED);
            exceptionHandler().handle(this, problem);
        }
    }

    /// An execution whose answers can be wrong.
    static final class OddExecution implements Execution {
        private final Thread thread = Thread.currentThread();
        private final EventLoop loop;
        private final Supplier<? extends Task<?>> task;
        private final Task<?> suspended;
        private final Context outermost;
        private Context context;

        OddExecution(
                EventLoop loop,
                Supplier<? extends Task<?>> task,
                Task<?> suspended,
                Context context) {
            this.loop = loop;
            this.task = task;
            this.suspended = suspended;
            this.outermost = context;
            this.context = context;
        }

        void call(Runnable action) {
            call(() -> {
                action.run();
                return null;
            });
        }

        <T, X extends Throwable> T call(ScopedValue.CallableOp<? extends T, X> action) throws X {
            return Execution.call(this, action);
        }

        @Override
        public Thread thread() {
            return thread;
        }

        @Override
        public EventLoop loop() {
            return loop;
        }

        @Override
        public Task<?> task() {
            return task.get();
        }

        @Override
        public Task<?> requireTask() {
            return suspended;
        }

        @Override
        public Context context() {
            return context;
        }

        @Override
        public <T extends @Nullable Object, X extends Throwable> T callIn(
                Context entered, ScopedValue.CallableOp<? extends T, X> action) throws X {
            Context before = context;
            context = entered;
            try {
                return action.call();
            } finally {
                context = before;
            }
        }

        @Override
        public <T extends @Nullable Object> T onTaskStack(Supplier<T> action) {
            return action.get();
        }
    }
}
