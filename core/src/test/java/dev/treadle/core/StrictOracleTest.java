package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.core.oracle.Interpreter;
import dev.treadle.core.oracle.Scenario;
import dev.treadle.core.oracle.Scenario.Entry;
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
    private static final int CONTEXT = 8;
    private static final List<Scenario> SCENARIOS = Scenario.read("strict");

    @Test
    @Timeout(240)
    void agreesWithCPythonGivenItsTimerHeap() {
        List<String> differences = new ArrayList<>();
        for (Scenario scenario : SCENARIOS) {
            VirtualTime time = new VirtualTime();
            compare(scenario, run(scenario, time, new HeapqTimers(time)), differences);
        }

        assertThat(SCENARIOS).hasSize(1000);
        assertThat(differences).as(summary(differences)).isEmpty();
    }

    @Test
    @Timeout(240)
    void agreesWithCPythonWhereNoTimersTie() {
        List<String> differences = new ArrayList<>();
        int compared = 0;
        for (Scenario scenario : SCENARIOS) {
            VirtualTime time = new VirtualTime();
            TieSpotter timers = new TieSpotter();
            Outcome outcome = run(scenario, time, timers);
            if (!timers.tied()) {
                compared++;
                compare(scenario, outcome, differences);
            }
        }

        assertThat(compared).as("programs without ties").isGreaterThan(450);
        assertThat(differences).as(summary(differences)).isEmpty();
    }

    private static Outcome run(Scenario scenario, VirtualTime time, TimerQueue timers) {
        String name = "seed-" + scenario.seed();
        try (CoreEventLoop loop = TestLoops.virtual(name, time, timers)) {
            loop.exceptionHandler(
                    (_, _) -> {}); // failures that nobody retrieves are no part of the recorded
            // runs
            return Interpreter.run(scenario, loop, time);
        }
    }

    private static void compare(Scenario scenario, Outcome ours, List<String> differences) {
        Outcome theirs = scenario.recorded();
        if (!ours.log().equals(theirs.log())) {
            differences.add("seed " + scenario.seed() + firstDifference(theirs.log(), ours.log()));
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

    private static String firstDifference(List<Entry> theirs, List<Entry> ours) {
        int at = 0;
        while (at < theirs.size() && at < ours.size() && theirs.get(at).equals(ours.get(at))) {
            at++;
        }
        StringBuilder text = new StringBuilder(", entry ").append(at);
        for (Entry before : theirs.subList(Math.max(0, at - CONTEXT), at)) {
            text.append("\n           ").append(before);
        }
        text.append("\n  CPython: ").append(entryAt(theirs, at));
        text.append("\n  Treadle: ").append(entryAt(ours, at));
        return text.toString();
    }

    private static String entryAt(List<Entry> log, int index) {
        return index < log.size() ? log.get(index).toString() : "(nothing more)";
    }

    private static String summary(List<String> differences) {
        return differences.size()
                + " programs differ"
                + (differences.isEmpty() ? "" : ", the first: " + differences.get(0));
    }
}
