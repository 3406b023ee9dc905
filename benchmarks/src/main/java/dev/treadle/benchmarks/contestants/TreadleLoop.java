package dev.treadle.benchmarks.contestants;

import dev.treadle.Coroutine;
import dev.treadle.Runner;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// A loop of Treadle that lasts for a trial.
@State(Scope.Benchmark)
public class TreadleLoop {
    /// Which; without values JMH takes all.
    @Param public Variant on = Variant.SINGLE_BATON;

    private Runner runner = new Runner();

    /// Makes the runner of the variant.
    @Setup
    public void open() {
        runner = on.newRunner();
    }

    /// Runs a coroutine to its end.
    ///
    /// @param <T> the result
    /// @param body what to run
    /// @return its result
    public <T> T run(Coroutine.Body<T> body) {
        return runner.run(body);
    }

    /// Closes the loop.
    @TearDown
    public void close() {
        runner.close();
    }
}
