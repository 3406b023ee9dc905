package dev.treadle.scheduler.test;

/// Who runs the body of a test.
public enum Body {
    /// A task of the simulated loop: the body may await.
    TASK,
    /// The test itself, outside a loop: the body calls [dev.treadle.Async#run] or makes loops, and
    /// gets simulated ones.
    PROGRAM
}
