package dev.treadle.scheduler.test;

import dev.treadle.scheduler.test.Choices.Recorded;
import org.jspecify.annotations.Nullable;

/// Takes the decisions of an earlier run again.
final class ReplayChooser implements Chooser {
    private final Recorded recorded;
    private final boolean exact;
    private int at;
    private @Nullable String divergence;

    private ReplayChooser(Recorded recorded, boolean exact) {
        this.recorded = recorded;
        this.exact = exact;
    }

    /// Notes where a decision has another number of answers than it had.
    static ReplayChooser exact(Recorded recorded) {
        return new ReplayChooser(recorded, true);
    }

    /// Takes decisions that may no longer fit as far as they do.
    static ReplayChooser lenient(Recorded recorded) {
        return new ReplayChooser(recorded, false);
    }

    /// Where the program has gone another way than it did, if it has.
    @Nullable String divergence() {
        if (divergence == null && exact && at < recorded.taken().length) {
            return "the run ended after "
                    + at
                    + " decisions; when it was recorded there were "
                    + recorded.taken().length;
        }
        return divergence;
    }

    @Override
    public int choose(Candidates candidates) {
        return candidates.size() == 1 ? 0 : draw(candidates.size());
    }

    @Override
    public int draw(int size) {
        int index = at++;
        if (index >= recorded.taken().length) {
            diverged(index, "no decision", size);
            return 0;
        }
        int expected = recorded.sizes()[index];
        if (expected != 0 && expected != size) {
            diverged(index, "a decision among " + expected, size);
        }
        return Math.min(recorded.taken()[index], size - 1);
    }

    private void diverged(int index, String expected, int size) {
        if (exact && divergence == null) {
            divergence =
                    "diverged at decision "
                            + (index + 1)
                            + ": expected "
                            + expected
                            + ", have one among "
                            + size;
        }
    }
}
