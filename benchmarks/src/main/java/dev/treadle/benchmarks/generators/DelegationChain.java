package dev.treadle.benchmarks.generators;

import dev.treadle.Generator;
import dev.treadle.benchmarks.Check;
import dev.treadle.benchmarks.Reasons;
import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.contestants.GeneratorBodies;
import dev.treadle.benchmarks.kotlin.Generators;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// An element that comes through a chain of generators that delegate.
@Row(
        family = Row.Family.GENERATORS,
        title = "next through a chain of yieldFrom",
        operation = "element",
        work = "Sums 10 000 boxed numbers; the construction of the chain is included.",
        behind =
                Reasons.STACKFUL
                        + " Compiled: what makes a step cost the same at any depth costs something where"
                        + " the chain is short.",
        counts = "generators in the chain",
        quickSize = 10)
@State(Scope.Benchmark)
public class DelegationChain {
    private static final int COUNT = 10_000;

    /// How many generators delegate.
    @Param({"1", "10", "100", "1000"})
    public int size = 10;

    private static Generator<Integer> chain(int depth) {
        return depth == 0 ? Numbers.count(COUNT) : Generator.of(y -> y.yieldFrom(chain(depth - 1)));
    }

    /// Treadle.
    ///
    /// @param bodies how they run
    /// @return the sum
    @Benchmark
    @OperationsPerInvocation(COUNT)
    public long treadle(GeneratorBodies bodies) {
        return Check.sumBelow(COUNT, Numbers.sum(chain(size)));
    }

    /// Kotlin's `yieldAll`.
    ///
    /// @return the sum
    @Benchmark
    @OperationsPerInvocation(COUNT)
    public long kotlin() {
        return Check.sumBelow(COUNT, Numbers.sum(Generators.chain(size, COUNT)));
    }
}
