package dev.treadle.benchmarks.generators;

import dev.treadle.benchmarks.Check;
import dev.treadle.benchmarks.Reasons;
import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.contestants.GeneratorBodies;
import dev.treadle.benchmarks.kotlin.Generators;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/// An element, where three kinds of generators come by.
@Row(
        family = Row.Family.GENERATORS,
        title = "next, three bodies at the call",
        operation = "element",
        work =
                "Sums three generators of 10 000 boxed numbers in the same loop, so that the calls in"
                        + " it cannot be bound to one body.",
        behind =
                Reasons.STACKFUL + " Compiled: the loop cannot merge three bodies, and calls them.")
public class NextThree {
    private static final int COUNT = 10_000;

    /// Treadle.
    ///
    /// @param bodies how they run
    /// @return the sum
    @Benchmark
    @OperationsPerInvocation(3 * COUNT)
    public long treadle(GeneratorBodies bodies) {
        return checked(
                Numbers.sum(Numbers.count(COUNT))
                        + Numbers.sum(Numbers.evens(COUNT))
                        + Numbers.sum(Numbers.odds(COUNT)));
    }

    /// Kotlin's `iterator { }`.
    ///
    /// @return the sum
    @Benchmark
    @OperationsPerInvocation(3 * COUNT)
    public long kotlin() {
        return checked(
                Numbers.sum(Generators.count(COUNT))
                        + Numbers.sum(Generators.evens(COUNT))
                        + Numbers.sum(Generators.odds(COUNT)));
    }

    /// Iterators of streams.
    ///
    /// @return the sum
    @Benchmark
    @OperationsPerInvocation(3 * COUNT)
    public long stream() {
        return checked(
                Numbers.sum(Numbers.stream(COUNT))
                        + Numbers.sum(IntStream.range(0, COUNT).map(i -> 2 * i).boxed().iterator())
                        + Numbers.sum(
                                IntStream.range(0, COUNT).map(i -> 2 * i + 1).boxed().iterator()));
    }

    /// An iterator written by hand.
    ///
    /// @return the sum
    @Benchmark
    @OperationsPerInvocation(3 * COUNT)
    public long byHand() {
        return checked(
                Numbers.sum(new Numbers.CountByHand(0, COUNT, 1))
                        + Numbers.sum(new Numbers.CountByHand(0, 2 * COUNT, 2) {})
                        + Numbers.sum(new Numbers.CountByHand(1, 2 * COUNT, 2) {}));
    }

    private static long checked(long sum) {
        long below = (long) COUNT * (COUNT - 1) / 2;
        return Check.equal(below + 2 * below + 2 * below + COUNT, sum);
    }
}
