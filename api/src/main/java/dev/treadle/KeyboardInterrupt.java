package dev.treadle;

/// Thrown by [Runner#run] and [Async#run] when Ctrl-C ended the main task.
///
/// Source of the semantics: Python's `KeyboardInterrupt` as `asyncio.Runner` raises it.
public final class KeyboardInterrupt extends FatalError {
    private static final long serialVersionUID = 1;

    /// Creates an interrupt.
    public KeyboardInterrupt() {
        super("interrupted from the keyboard");
    }
}
