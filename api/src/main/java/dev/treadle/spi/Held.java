package dev.treadle.spi;

import dev.treadle.Task;
import org.jspecify.annotations.Nullable;

/// Something that one task holds while others wait for it, such as a lock: what tells graphs and
/// reports of deadlocks for whom they wait.
///
/// @see dev.treadle.EventLoop#createWaiter(Held)
@FunctionalInterface
public interface Held {
    /// {@return the task that holds it; null if none does}
    ///
    /// Called from any thread, also while the loop goes on. What it answers may be out of date.
    @Nullable Task<?> holder();
}
