package dev.treadle.benchmarks.generators;

import dev.treadle.benchmarks.Check;
import dev.treadle.benchmarks.Reasons;
import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.contestants.GeneratorBodies;
import dev.treadle.benchmarks.kotlin.Generators;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/// An element, where one kind of generator comes by.
@Row(
        family = Row.Family.GENERATORS,
        title = "next, one body at the call",
        operation = "element",
        work =
                "Sums 10 000 boxed numbers that a generator counts, by hasNext and next, its"
                        + " construction included.",
        behind =
                Reasons.STACKFUL
                        + " Compiled: what is left is the boxing, and the checks of a generator's state.")
public class NextOne {
    private static final int COUNT = 10_000;

    /// Treadle.
    ///
    /// @param bodies how they run
    /// @return the sum
    @Benchmark
    @OperationsPerInvocation(COUNT)
    public long treadle(GeneratorBodies bodies) {
        return Check.sumBelow(COUNT, Numbers.sum(Numbers.count(COUNT)));
    }

    /// Kotlin's `iterator { }`.
    ///
    /// @return the sum
    @Benchmark
    @OperationsPerInvocation(COUNT)
    public long kotlin() {
        return Check.sumBelow(COUNT, Numbers.sum(Generators.count(COUNT)));
    }

    /// The iterator of a stream.
    ///
    /// @return the sum
    @Benchmark
    @OperationsPerInvocation(COUNT)
    public long stream() {
        return Check.sumBelow(COUNT, Numbers.sum(Numbers.stream(COUNT)));
    }

    /// An iterator written by hand.
    ///
    /// @return the sum
    @Benchmark
    @OperationsPerInvocation(COUNT)
    public long byHand() {
        return Check.sumBelow(COUNT, Numbers.sum(new Numbers.CountByHand(0, COUNT, 1)));
    }
}
