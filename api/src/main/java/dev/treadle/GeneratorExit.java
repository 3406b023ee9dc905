package dev.treadle;

/// Thrown from `yield` in the body of a generator that is being closed.
///
/// An `Error`, so that `catch (Exception e)` does not swallow it. A body may clean up when it sees
/// it, and may return; yielding again is an error of the body.
///
/// Source of the semantics: Python's `GeneratorExit` (PEP 342).
public final class GeneratorExit extends Error {
    private static final long serialVersionUID = 1;

    /// Creates an exit request.
    public GeneratorExit() {
        super(null, null, false, false);
    }
}
