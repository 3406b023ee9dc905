package dev.treadle.core;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
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

    private final String threadNames;
    private final Object lock = new Object();
    private @Nullable ThreadPoolExecutor pool; // guarded by lock
    private boolean shutDown; // guarded by lock

    /// Makes a pool that has no thread yet.
    ///
    /// @param threadNames what the names of its threads begin with
    public ThreadOffload(String threadNames) {
        this.threadNames = threadNames;
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
                                Thread.ofPlatform().daemon().name(threadNames + "-", 1).factory());
                current.allowCoreThreadTimeOut(true);
                pool = current;
            }
            return current;
        }
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
        return current == null || current.awaitTermination(timeoutNanos, TimeUnit.NANOSECONDS);
    }
}
