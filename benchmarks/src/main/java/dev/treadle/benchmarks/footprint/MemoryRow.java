package dev.treadle.benchmarks.footprint;

import dev.treadle.benchmarks.contestants.Contestant;
import java.util.List;

/// A row about what something keeps alive while it waits.
public interface MemoryRow {
    /// How many are held at a time.
    List<Integer> SIZES = List.of(1000, 10_000, 30_000, 100_000);

    /// How many are held for a quick look.
    List<Integer> QUICK_SIZES = List.of(10_000);

    /// {@return who takes part}
    List<Contestant> contestants();

    /// Makes waiting things.
    ///
    /// @param who whose
    /// @param n how many
    /// @return what keeps them alive; they wait when this returns
    /// @throws Exception if it fails
    Object hold(Contestant who, int n) throws Exception;
}
