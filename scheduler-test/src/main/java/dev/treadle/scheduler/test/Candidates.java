package dev.treadle.scheduler.test;

/// Those of whom one goes next, who has been ready for longest first.
interface Candidates {
    /// {@return how many there are, at least one}
    int size();

    /// {@return whose step it is}
    ///
    /// @param index below [#size()]
    Line line(int index);

    /// {@return whether it gave up control so that others go first}
    ///
    /// @param index below [#size()]
    boolean yields(int index);
}
