package dev.treadle.core;

import dev.treadle.core.oracle.Interpreter;
import dev.treadle.core.oracle.Scenario;
import dev.treadle.core.oracle.Scenario.Entry;
import dev.treadle.core.oracle.Scenario.Outcome;
import java.util.List;

/// Runs recorded programs and tells where they differ from what was recorded.
final class RecordedRuns {
    private static final int CONTEXT = 8;

    private RecordedRuns() {}

    static Outcome run(Scenario scenario, VirtualTime time, TimerQueue timers) {
        String name = "seed-" + scenario.seed();
        try (CoreEventLoop loop = TestLoops.virtual(name, time, timers)) {
            // Failures that nobody retrieves are no part of the recorded runs.
            loop.exceptionHandler((_, _) -> {});
            return Interpreter.run(scenario, loop, time);
        }
    }

    /// Where two logs part.
    static String firstDifference(List<Entry> theirs, List<Entry> ours) {
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

    static String summary(List<String> differences) {
        return differences.size()
                + " programs differ"
                + (differences.isEmpty() ? "" : ", the first: " + differences.get(0));
    }
}
