package dev.treadle.scheduler.test;

import java.util.SplittableRandom;

/// The highest priority goes first. Priorities are random, and at a few random steps whoever would
/// run is put behind all others.
///
/// A line that gives up control is put behind the others as well, because two that wait for a third
/// by giving up control would else keep it from running for ever.
final class PctChooser implements Chooser {
    private final SplittableRandom random;
    private final int[] changes;
    private int lowest; // what was given to whoever was put behind all others last
    private int step;

    /// @param seed of all that is random
    /// @param depth how many orderings a bug may need: one more than there are changes
    /// @param steps how long a run is expected to be
    PctChooser(long seed, int depth, int steps) {
        this.random = new SplittableRandom(seed);
        this.changes = random.ints(Math.max(0, depth - 1), 1, Math.max(2, steps + 1)).toArray();
    }

    @Override
    public int choose(Candidates candidates) {
        step++;
        int size = candidates.size();
        for (int i = 0; i < size; i++) {
            Line line = candidates.line(i);
            if (candidates.yields(i) && line.priority != Line.NONE && line.priority >= 0) {
                line.priority = --lowest;
            }
        }
        int chosen = highest(candidates);
        for (int change : changes) {
            if (change == step) {
                candidates.line(chosen).priority = --lowest;
                chosen = highest(candidates);
            }
        }
        Line line = candidates.line(chosen);
        if (candidates.yields(chosen)) {
            line.priority = --lowest; // behind those that gave up control before
        }
        return chosen;
    }

    private int highest(Candidates candidates) {
        int best = 0;
        for (int i = 0; i < candidates.size(); i++) {
            Line line = candidates.line(i);
            if (line.priority == Line.NONE) {
                line.priority = random.nextInt(Integer.MAX_VALUE);
            }
            if (line.priority > candidates.line(best).priority) {
                best = i;
            }
        }
        return best;
    }

    @Override
    public int draw(int size) {
        return random.nextInt(size);
    }
}
