package dev.treadle.scheduler.test;

/// Who goes first where the contract leaves that open.
///
/// Free is the order in which the steps of tasks, the callbacks of the loop, and the threads of the
/// simulation follow one another. What is promised is kept: callbacks run in the order in which
/// they were queued, by whatever thread, timers by due time, and a task that gives up control goes
/// on after all that was ready then, except other tasks that gave up control too.
public enum Strategy {
    /// First come, first served, as scheduler-single does: one run, on virtual time.
    FIFO,
    /// Any of those that may go, each as likely as the others.
    RANDOM,
    /// The one with the highest of random priorities, which change at a few random places:
    /// probabilistic concurrency testing (Burckhardt and others, ASPLOS 2010). Finds a bug that
    /// needs `depth` orderings among `n` tasks and `k` steps with a probability of at least one in
    /// `n·k^(depth-1)` a run.
    PCT,
    /// Every order that differs from FIFO in at most so many places, one after the other.
    DFS
}
