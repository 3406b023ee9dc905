package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.core.oracle.Scenario;
import dev.treadle.core.oracle.Scenario.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A thousand random programs do on this loop, entry by entry, what they did on CPython 3.13's.
///
/// The programs use primitives only, whose every hop is part of asyncio's contract. One thing is
/// not: CPython keeps timers in a binary heap that compares only their due times, so equal ones run
/// in an order that depends on all that was ever in the heap. Ours run in the order in which they
/// were armed. Hence two tests. In the first, the loop is given a replica of CPython's heap
/// ([HeapqTimers]) and has to agree on every program. In the second it has its own timers, and has
/// to agree on each program in which no two live timers tie ([TieSpotter]).
class StrictOracleTest {
    private static final List<Scenario> SCENARIOS = Scenario.read("strict");

    @Test
    @Timeout(240)
    void agreesWithCPythonGivenItsTimerHeap() {
        List<String> differences = new ArrayList<>();
        for (Scenario scenario : SCENARIOS) {
            VirtualTime time = new VirtualTime();
            compare(scenario, RecordedRuns.run(scenario, time, new HeapqTimers(time)), differences);
        }

        assertThat(SCENARIOS).hasSize(1000);
        assertThat(differences).as(RecordedRuns.summary(differences)).isEmpty();
    }

    @Test
    @Timeout(240)
    void agreesWithCPythonWhereNoTimersTie() {
        List<String> differences = new ArrayList<>();
        int compared = 0;
        for (Scenario scenario : SCENARIOS) {
            VirtualTime time = new VirtualTime();
            TieSpotter timers = new TieSpotter();
            Outcome outcome = RecordedRuns.run(scenario, time, timers);
            if (!timers.tied()) {
                compared++;
                compare(scenario, outcome, differences);
            }
        }

        assertThat(compared).as("programs without ties").isGreaterThan(450);
        assertThat(differences).as(RecordedRuns.summary(differences)).isEmpty();
    }

    private static void compare(Scenario scenario, Outcome ours, List<String> differences) {
        Outcome theirs = scenario.recorded();
        if (!ours.log().equals(theirs.log())) {
            differences.add(
                    "seed "
                            + scenario.seed()
                            + RecordedRuns.firstDifference(theirs.log(), ours.log()));
        } else if (!ours.end().equals(theirs.end())) {
            differences.add(
                    "seed "
                            + scenario.seed()
                            + " ends "
                            + ours.end()
                            + " instead of "
                            + theirs.end());
        }
    }
}
