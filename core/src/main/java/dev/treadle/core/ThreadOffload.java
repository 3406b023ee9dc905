package dev.treadle.core;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A pool of daemon threads, as large as asyncio's default executor, made at the first use.
///
/// Platform threads, because on baton carriers the loop itself lives on the JDK's virtual-thread
/// scheduler and must not share it with work that may pin or burn it.
public final class ThreadOffload implements Offload {
    private static final int MOST_THREADS =
            Math.min(32, Runtime.getRuntime().availableProcessors() + 4);

    private final ThreadFactory factory;
    private final Object lock = new Object();
    private final List<Thread> threads = new ArrayList<>(); // guarded by itself: not known as ended
    private @Nullable ThreadPoolExecutor pool; // guarded by lock
    private boolean shutDown; // guarded by lock

    /// Makes a pool that has no thread yet.
    ///
    /// @param threadNames what the names of its threads begin with
    public ThreadOffload(String threadNames) {
        this.factory = Thread.ofPlatform().daemon().name(threadNames + "-", 1).factory();
    }

    @Override
    public void submit(Runnable job) {
        pool().execute(job);
    }

    @Override
    public int limit() {
        return MOST_THREADS;
    }

    private ThreadPoolExecutor pool() {
        synchronized (lock) {
            if (shutDown) {
                throw new RejectedExecutionException("the offload pool was shut down");
            }
            ThreadPoolExecutor current = pool;
            if (current == null) {
                current =
                        new ThreadPoolExecutor(
                                MOST_THREADS,
                                MOST_THREADS,
                                10,
                                TimeUnit.SECONDS,
                                new LinkedBlockingQueue<>(),
                                this::newThread);
                current.allowCoreThreadTimeOut(true);
                pool = current;
            }
            return current;
        }
    }

    private Thread newThread(Runnable body) {
        Thread thread = factory.newThread(body);
        synchronized (threads) {
            threads.removeIf(other -> other.getState() == Thread.State.TERMINATED);
            threads.add(thread);
        }
        return thread;
    }

    @Override
    public void shutdown() {
        synchronized (lock) {
            shutDown = true;
            if (pool != null) {
                pool.shutdown();
            }
        }
    }

    @Override
    public boolean awaitTermination(long timeoutNanos) throws InterruptedException {
        ThreadPoolExecutor current;
        synchronized (lock) {
            current = pool;
        }
        if (current == null) {
            return true;
        }
        if (!current.awaitTermination(timeoutNanos, TimeUnit.NANOSECONDS)) {
            return false;
        }
        joinThreads();
        return true;
    }

    /// Waits for the threads, which have told the pool that they end.
    private void joinThreads() {
        List<Thread> ending;
        synchronized (threads) {
            ending = List.copyOf(threads);
        }
        ending.forEach(Joining::uninterruptibly);
    }
}
