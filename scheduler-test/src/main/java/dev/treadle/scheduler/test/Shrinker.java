package dev.treadle.scheduler.test;

import dev.treadle.scheduler.test.Choices.Recorded;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;

/// Makes a failed run simpler: fewer decisions that differ from FIFO, and the same failure.
///
/// First it drops ever smaller groups of decisions (delta debugging, Zeller 1999), then it tries
/// smaller answers for those that are left.
final class Shrinker {
    private static final int MOST_RUNS = 300;

    /// Of runs that do not end by themselves, each of which is long.
    private static final int MOST_LONG_RUNS = 10;

    private final BiFunction<RunPlan, Chooser, Outcome> execute;
    private final BooleanSupplier timeIsUp;
    private final RunPlan plan;
    private final Finding finding;
    private int runs;
    private Recorded best = new Recorded(new int[0], new int[0], 0);

    /// @param timeIsUp asked before each run: then what has been reached is good enough
    Shrinker(
            BiFunction<RunPlan, Chooser, Outcome> execute,
            BooleanSupplier timeIsUp,
            RunPlan plan,
            Finding finding) {
        this.execute = execute;
        this.timeIsUp = timeIsUp;
        this.plan = plan;
        this.finding = finding;
    }

    Recorded shrink(Recorded failed) {
        best = failed;
        int group = Math.max(1, best.deviations());
        while (group >= 1 && runs < mostRuns()) {
            if (!dropGroups(group)) {
                group = group == 1 ? 0 : group / 2;
            }
        }
        lowerAnswers();
        return best;
    }

    /// Tries to do without each group of that many decisions.
    ///
    /// @return whether it could
    private boolean dropGroups(int group) {
        List<Integer> deviations = deviations(best);
        for (int from = 0; from < deviations.size(); from += group) {
            int[] taken = best.taken().clone();
            for (int index : deviations.subList(from, Math.min(deviations.size(), from + group))) {
                taken[index] = 0;
            }
            if (stillFails(taken)) {
                return true;
            }
        }
        return false;
    }

    private int mostRuns() {
        return switch (finding.kind()) {
            case LIVELOCK, STEPS -> MOST_LONG_RUNS;
            default -> MOST_RUNS;
        };
    }

    private void lowerAnswers() {
        for (int index : deviations(best)) {
            if (index < best.taken().length && best.taken()[index] > 1) {
                int[] taken = best.taken().clone();
                taken[index] = 1;
                stillFails(taken);
            }
        }
    }

    private boolean stillFails(int[] taken) {
        if (runs++ >= mostRuns() || timeIsUp.getAsBoolean()) {
            return false;
        }
        Recorded attempt = new Recorded(new int[taken.length], taken, 0);
        Outcome outcome = execute.apply(plan, ReplayChooser.lenient(attempt));
        if (outcome.finding() == null
                || !outcome.finding().isLike(finding)
                || !isSimpler(outcome.recorded())) {
            return false;
        }
        best = outcome.recorded();
        return true;
    }

    private boolean isSimpler(Recorded other) {
        int fewer = Integer.compare(other.deviations(), best.deviations());
        return fewer < 0
                || (fewer == 0
                        && Arrays.stream(other.taken()).sum() < Arrays.stream(best.taken()).sum());
    }

    private static List<Integer> deviations(Recorded recorded) {
        List<Integer> indices = new ArrayList<>();
        for (int i = 0; i < recorded.taken().length; i++) {
            if (recorded.taken()[i] != 0) {
                indices.add(i);
            }
        }
        return indices;
    }
}
