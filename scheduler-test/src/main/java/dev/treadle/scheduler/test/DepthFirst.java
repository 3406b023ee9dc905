package dev.treadle.scheduler.test;

import java.util.Arrays;

/// Walks the tree of all decisions, run by run, as far as so many decisions differ from FIFO.
///
/// Each run follows the path of the one before up to its last decision that has another answer
/// left, takes that, and goes on with zeros.
final class DepthFirst {
    private final int mostDeviations;
    private int[] path = new int[0];
    private boolean exhausted;
    private int[] sizes = new int[64]; // of the run under way
    private int[] taken = new int[64];
    private int count;

    DepthFirst(int mostDeviations) {
        this.mostDeviations = mostDeviations;
    }

    /// Whether there is no run left.
    boolean isExhausted() {
        return exhausted;
    }

    /// Returns what decides in the next run.
    Chooser next() {
        count = 0;
        return new Walk();
    }

    /// Takes note that the run has ended, and finds the next one.
    void ended() {
        for (int at = count - 1; at >= 0; at--) {
            int deviations = 0;
            for (int i = 0; i < at; i++) {
                deviations += taken[i] == 0 ? 0 : 1;
            }
            if (taken[at] + 1 < sizes[at] && deviations < mostDeviations) {
                path = Arrays.copyOf(taken, at + 1);
                path[at]++;
                return;
            }
        }
        exhausted = true;
    }

    private final class Walk implements Chooser {
        @Override
        public int choose(Candidates candidates) {
            return candidates.size() == 1 ? 0 : draw(candidates.size());
        }

        @Override
        public int draw(int size) {
            if (count == sizes.length) {
                sizes = Arrays.copyOf(sizes, 2 * count);
                taken = Arrays.copyOf(taken, 2 * count);
            }
            int choice = count < path.length ? Math.min(path[count], size - 1) : 0;
            sizes[count] = size;
            taken[count] = choice;
            count++;
            return choice;
        }
    }
}
