package dev.treadle.benchmarks.contestants;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// Virtual threads of the JDK, one for each task.
@State(Scope.Benchmark)
public class VirtualThreads {
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    /// {@return the executor}
    public ExecutorService executor() {
        return executor;
    }

    /// Runs what is to be measured in a virtual thread, because one that waits for another from a
    /// platform thread pays more than it has to.
    ///
    /// @param <T> the result
    /// @param work what to run
    /// @return its result
    public <T> T run(Callable<T> work) {
        return join(executor.submit(work));
    }

    /// Waits for a result.
    ///
    /// @param <T> the result
    /// @param future what to wait for
    /// @return its result
    public static <T> T join(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException("the work failed", e);
        }
    }

    /// Ends it.
    @TearDown
    public void close() {
        executor.close();
    }
}
