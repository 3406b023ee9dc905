package dev.treadle.scheduler.test;

/// Takes the decisions of one run.
///
/// Zero is always what FIFO would do: so a run is told by the decisions that are not zero, and is
/// simpler the fewer of them there are.
interface Chooser {
    /// Decides who goes next; asked even if there is only one.
    ///
    /// @return an index of the candidates
    int choose(Candidates candidates);

    /// Decides anything else.
    ///
    /// @param size how many answers there are, at least two
    /// @return an answer from zero on
    int draw(int size);
}
