package dev.treadle.scheduler.test;

import java.util.Arrays;

/// The one source of decisions of a run, and what they were.
///
/// Where there is only one answer nothing is recorded.
final class Choices {
    private final Chooser chooser;
    private int[] sizes = new int[64];
    private int[] taken = new int[64];
    private int count;
    private long hash = 1;

    Choices(Chooser chooser) {
        this.chooser = chooser;
    }

    /// Decides who goes next.
    int among(Candidates candidates) {
        int choice = chooser.choose(candidates);
        if (candidates.size() > 1) {
            record(candidates.size(), choice);
        }
        return choice;
    }

    /// Decides anything else, among at least two answers.
    int draw(int size) {
        int choice = chooser.draw(size);
        record(size, choice);
        return choice;
    }

    private void record(int size, int choice) {
        if (count == sizes.length) {
            sizes = Arrays.copyOf(sizes, 2 * count);
            taken = Arrays.copyOf(taken, 2 * count);
        }
        sizes[count] = size;
        taken[count] = choice;
        count++;
        hash = 31 * hash + size;
    }

    /// Mixes in what must be the same whenever the same decisions are taken.
    void witness(long value) {
        hash = 31 * hash + value;
    }

    /// Returns the decisions taken so far.
    Recorded recorded() {
        return new Recorded(Arrays.copyOf(sizes, count), Arrays.copyOf(taken, count), hash);
    }

    /// What was decided in a run.
    ///
    /// @param sizes how many answers there were
    /// @param taken which was given
    /// @param hash of all that must be the same when these decisions are taken again
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Recorded(int[] sizes, int[] taken, long hash) {

        /// How many decisions differ from FIFO.
        int deviations() {
            return (int) Arrays.stream(taken).filter(choice -> choice != 0).count();
        }
    }
}
