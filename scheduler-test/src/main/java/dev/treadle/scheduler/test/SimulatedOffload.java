package dev.treadle.scheduler.test;

import dev.treadle.core.ExpectedEnd;
import dev.treadle.core.Offload;
import dev.treadle.core.VirtualTime;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// The offload pool of one loop: a simulated thread for each job.
final class SimulatedOffload implements Offload {
    private final String namePrefix;
    private final SimulatedThreads threads;
    private final ExpectedEnd end;
    private final BooleanSupplier refuses;
    private final Object lock = new Object();
    private int number; // guarded by lock: of the last thread
    private int jobs; // guarded by lock: those that have not ended
    private volatile boolean shutDown; // written by who closes the loop, read by any thread

    /// @param refuses asked at each submission whether it is to be refused
    SimulatedOffload(
            String namePrefix,
            SimulatedThreads threads,
            VirtualTime clock,
            BooleanSupplier refuses) {
        this.namePrefix = namePrefix;
        this.threads = threads;
        this.end = new ExpectedEnd(clock);
        this.refuses = refuses;
    }

    @Override
    public void submit(Runnable job) {
        if (shutDown) {
            throw new RejectedExecutionException("the offload pool was shut down");
        }
        if (refuses.getAsBoolean()) {
            throw new RejectedExecutionException("the pool takes no more work: an injected fault");
        }
        String name;
        synchronized (lock) {
            jobs++;
            name = namePrefix + ++number;
        }
        threads.start(
                name,
                () -> {
                    try {
                        job.run();
                    } finally {
                        ended();
                    }
                });
    }

    private void ended() {
        synchronized (lock) {
            if (--jobs == 0) {
                lock.notifyAll();
            }
        }
    }

    @Override
    public void shutdown() {
        shutDown = true;
    }

    /// Waits while the loop lets the jobs come to their end.
    @Override
    public boolean awaitTermination(long timeoutNanos) throws InterruptedException {
        synchronized (lock) {
            if (timeoutNanos == 0) {
                if (jobs > 0) {
                    end.expect();
                }
                return jobs == 0;
            }
            long deadline = System.nanoTime() + timeoutNanos;
            for (long left = timeoutNanos; jobs > 0 && left > 0; ) {
                lock.wait(1 + TimeUnit.NANOSECONDS.toMillis(left));
                left = deadline - System.nanoTime();
            }
            return jobs == 0;
        }
    }

    @Override
    public void terminationTold() {
        end.told();
    }
}
