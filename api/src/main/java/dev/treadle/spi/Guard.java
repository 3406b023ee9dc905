package dev.treadle.spi;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Keeps the sections of one object apart where tasks run at the same time.
///
/// A section is what an object that tasks share does between two awaits: a few lines that read and
/// change its state, and neither suspend nor call user code.
///
/// ```java
/// try (var _ = guard.enter()) {
///     ...
/// }
/// ```
///
/// On a loop that runs one step at a time nothing can come in between anyway, and entering does
/// nothing. Elsewhere it may have to wait, and blocks the thread for that: so no section enters one
/// of another guard.
public final class Guard implements AutoCloseable {
    // A section takes less time than a thread to park and to be woken. Alone on its processor, the
    // other cannot leave while this waits.
    private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 64 : 1;

    private final ReentrantLock lock = new ReentrantLock();

    /// Makes a guard for one object.
    public Guard() {}

    /// Begins a section. Sections of one guard may be nested.
    ///
    /// @return what ends the section when it is closed; null if nothing has to
    public @Nullable Guard enter() {
        if (!Execution.runsInParallel()) {
            return null;
        }
        for (int spin = 0; spin < SPINS; spin++) {
            if (lock.tryLock()) {
                return this;
            }
            Thread.onSpinWait();
        }
        lock.lock();
        return this;
    }

    /// Ends a section that [#enter()] has begun with more than nothing.
    @Override
    public void close() {
        lock.unlock();
    }
}
