package dev.treadle.benchmarks.contestants;

import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// Has the bodies of generators run in one of the two ways in which they can be stepped.
@State(Scope.Benchmark)
public class GeneratorBodies {
    /// Which.
    @Param({"COMPILED", "STACKFUL"})
    public GeneratorMode on = GeneratorMode.COMPILED;

    /// Sets it before the first generator is made.
    @Setup
    public void choose() {
        on.choose();
    }
}
