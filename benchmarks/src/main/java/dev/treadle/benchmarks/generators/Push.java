package dev.treadle.benchmarks.generators;

import dev.treadle.benchmarks.Check;
import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.kotlin.Generators;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/// An element that the body hands to the consumer.
@Row(
        family = Row.Family.GENERATORS,
        title = "push iteration",
        operation = "element",
        work =
                "Sums 10 000 boxed numbers by forEach: of a generator, of Kotlin's sequence, of a"
                        + " stream. CPython has no push; its line is a for loop over the generator.",
        behind =
                "The consumer is called through the yielder; a stream over a range of numbers has no body"
                        + " to call, and is compiled to a plain loop.")
public class Push {
    private static final int COUNT = 10_000;

    /// Treadle.
    ///
    /// @return the sum
    @Benchmark
    @OperationsPerInvocation(COUNT)
    public long pushed() {
        long[] sum = new long[1];
        Numbers.count(COUNT).forEach(n -> sum[0] += n);
        return Check.sumBelow(COUNT, sum[0]);
    }

    /// Kotlin's `sequence { }`.
    ///
    /// @return the sum
    @Benchmark
    @OperationsPerInvocation(COUNT)
    public long kotlin() {
        return Check.sumBelow(COUNT, Generators.sumOfSequence(COUNT));
    }

    /// A stream.
    ///
    /// @return the sum
    @Benchmark
    @OperationsPerInvocation(COUNT)
    public long stream() {
        long[] sum = new long[1];
        IntStream.range(0, COUNT).boxed().forEach(n -> sum[0] += n);
        return Check.sumBelow(COUNT, sum[0]);
    }
}
