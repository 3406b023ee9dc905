package dev.treadle.benchmarks.contestants;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// The JDK's scheduled executor with one thread. Its queue is a heap, from which it takes what is
/// cancelled, as its documentation advises.
@State(Scope.Benchmark)
public class ExecutorThread {
    private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);

    /// Makes it.
    public ExecutorThread() {
        executor.setRemoveOnCancelPolicy(true);
    }

    /// {@return the executor}
    public ScheduledThreadPoolExecutor executor() {
        return executor;
    }

    /// Ends its thread.
    @TearDown
    public void close() {
        executor.shutdownNow();
    }
}
