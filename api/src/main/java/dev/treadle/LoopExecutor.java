package dev.treadle;

import dev.treadle.spi.Droppable;
import dev.treadle.spi.Execution;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A loop as an `ExecutorService`.
final class LoopExecutor extends AbstractExecutorService {
    private final EventLoop loop;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private final Set<Job> waiting = new LinkedHashSet<>(); // guarded by lock; have not begun
    private int running; // guarded by lock
    private boolean shutDown; // guarded by lock

    LoopExecutor(EventLoop loop) {
        this.loop = loop;
    }

    /// Queues a callback as an executor does.
    static void submit(EventLoop loop, Runnable command) {
        try {
            loop.callSoonThreadsafe(command);
        } catch (IllegalStateException e) {
            throw new RejectedExecutionException(e.getMessage(), e);
        }
    }

    // ---- submitting

    @Override
    public void execute(Runnable command) {
        Job job = new Job(command);
        lock.lock();
        try {
            if (shutDown) {
                throw new RejectedExecutionException(this + " was shut down");
            }
            waiting.add(job);
        } finally {
            lock.unlock();
        }
        try {
            submit(loop, job);
        } catch (RejectedExecutionException e) {
            takeBack(job);
            throw e;
        }
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Callable<T> callable) {
        return new Result<>(callable);
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Runnable runnable, T value) {
        return new Result<>(() -> {
            runnable.run();
            return value;
        });
    }

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks)
            throws InterruptedException, ExecutionException {
        ensureElsewhere("invokeAny()");
        return super.invokeAny(tasks);
    }

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        ensureElsewhere("invokeAny()");
        return super.invokeAny(tasks, timeout, unit);
    }

    private void ensureElsewhere(String what) {
        if (Execution.current().loop() == loop) {
            throw new IllegalStateException(
                    what
                            + " on the loop's own thread would wait for itself: call it on another"
                            + " thread, or await a task instead");
        }
    }

    // ---- what was submitted

    /// Something to run. It is begun, dropped or taken back: by whoever finds it in `waiting`.
    private final class Job implements Runnable, Droppable {
        private final Runnable command;

        Job(Runnable command) {
            this.command = command;
        }

        @Override
        public void run() {
            if (!begin(this)) {
                return;
            }
            try {
                command.run();
            } finally {
                end();
            }
        }

        @Override
        public void dropped() {
            if (takeBack(this) && command instanceof java.util.concurrent.Future<?> future) {
                future.cancel(false);
            }
        }
    }

    private boolean begin(Job job) {
        lock.lock();
        try {
            if (!waiting.remove(job)) {
                return false;
            }
            running++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            running--;
            signalIfTerminated();
        } finally {
            lock.unlock();
        }
    }

    private boolean takeBack(Job job) {
        lock.lock();
        try {
            boolean taken = waiting.remove(job);
            signalIfTerminated();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /// The future of what was submitted.
    private final class Result<T extends @Nullable Object> extends FutureTask<T> {
        Result(Callable<T> callable) {
            super(callable);
        }

        @Override
        public T get() throws InterruptedException, ExecutionException {
            ensureMayWait();
            return super.get();
        }

        @Override
        public T get(long timeout, TimeUnit unit)
                throws InterruptedException, ExecutionException, TimeoutException {
            ensureMayWait();
            return super.get(timeout, unit);
        }

        private void ensureMayWait() {
            if (!isDone()) {
                ensureElsewhere("get()");
            }
        }

        /// Never interrupts: the thread is the loop's, and would be interrupted in something else.
        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            return super.cancel(false);
        }

        @Override
        protected void setException(Throwable failure) {
            super.setException(failure);
            if (failure instanceof FatalError fatal) {
                throw fatal; // leaves the loop, whoever else is told
            }
        }
    }

    // ---- shutting down

    @Override
    public void shutdown() {
        lock.lock();
        try {
            shutDown = true;
            signalIfTerminated();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<Runnable> shutdownNow() {
        lock.lock();
        try {
            List<Runnable> left = new ArrayList<>();
            for (Job job : waiting) {
                left.add(job.command);
            }
            waiting.clear();
            shutdown();
            return left;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isShutdown() {
        lock.lock();
        try {
            return shutDown;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isTerminated() {
        lock.lock();
        try {
            return shutDown && waiting.isEmpty() && running == 0;
        } finally {
            lock.unlock();
        }
    }

    private void signalIfTerminated() {
        if (isTerminated()) {
            ended.signalAll();
        }
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        lock.lock();
        try {
            long left = unit.toNanos(timeout);
            while (!isTerminated()) {
                ensureElsewhere("awaitTermination()");
                if (left <= 0) {
                    return false;
                }
                left = ended.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "ExecutorService of loop " + loop.name();
    }
}
