package dev.treadle.scheduler.test;

/// A fault at one await of the subject.
///
/// @param fault what happens
/// @param await at which await, from one on
/// @param moment when, if it is a cancellation
record Injection(Fault fault, int await, Moment moment) {

    /// When a cancellation meets an await.
    enum Moment {
        /// Before the task suspends.
        BEFORE,
        /// While it is suspended.
        SUSPENDED,
        /// After what it awaited has happened, before it goes on.
        RESUMING
    }

    @Override
    public String toString() {
        return fault + " at await " + await + (fault == Fault.CANCEL ? " (" + moment + ")" : "");
    }
}
