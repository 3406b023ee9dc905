package dev.treadle.scheduler.test;

/// Ends a run from within its loop. Kept apart from what the code under test throws, and not to be
/// caught by it.
final class Verdict extends Error {
    private static final long serialVersionUID = 1;

    final Finding.Kind kind;

    Verdict(Finding.Kind kind, String message) {
        super(message);
        this.kind = kind;
    }
}
