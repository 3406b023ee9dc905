package dev.treadle.benchmarks.footprint;

import dev.treadle.Generator;
import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.contestants.Contestant;
import dev.treadle.benchmarks.contestants.GeneratorMode;
import dev.treadle.benchmarks.contestants.Peer;
import dev.treadle.benchmarks.kotlin.Generators;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;

/// The memory of a generator that is suspended.
@Row(
        family = Row.Family.MEMORY,
        title = "memory of a suspended generator",
        operation = "generator",
        unit = "B",
        work = "Generators that count and have yielded once, made in a JVM of their own.",
        behind =
                "A generator of Treadle has an object that is handed out and one that runs, and is closed"
                        + " when it is dropped, for which it is referred to weakly; Kotlin's is one object"
                        + " and is not closed. A stackful one keeps a stack.",
        counts = "generators")
public final class MemoryOfGenerator implements MemoryRow {
    @Override
    public List<Contestant> contestants() {
        return List.of(GeneratorMode.COMPILED, GeneratorMode.STACKFUL, Peer.KOTLIN, Peer.STREAM);
    }

    @Override
    public Object hold(Contestant who, int n) {
        if (who instanceof GeneratorMode mode) {
            mode.choose();
        }
        List<Iterator<Integer>> all = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            Iterator<Integer> generator = count(who);
            generator.next();
            all.add(generator);
        }
        return all;
    }

    private static Iterator<Integer> count(Contestant who) {
        return switch (who) {
            case GeneratorMode _ ->
                    Generator.of(y -> {
                        for (int i = 0; i < 100; i++) {
                            y.yield(i);
                        }
                    });
            case Peer.KOTLIN -> Generators.count(100);
            case Peer.STREAM -> IntStream.range(0, 100).boxed().iterator();
            default -> throw new IllegalArgumentException(who + " has no generators");
        };
    }
}
