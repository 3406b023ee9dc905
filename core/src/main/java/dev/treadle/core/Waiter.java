package dev.treadle.core;

import dev.treadle.Future;
import org.jspecify.annotations.Nullable;

/// What waits for a future: a task, a callback or a thread. It is also the node of that future's
/// list.
interface Waiter {
    @Nullable Waiter nextWaiter();

    void nextWaiter(@Nullable Waiter next);

    /// Called once, when the future is done, by the thread that completed it.
    void futureDone();

    /// Whether it will ask the future for its failure.
    default boolean retrieves() {
        return false;
    }

    /// On whose behalf it waits, for who asks who awaits whom; null if it is nobody's.
    default @Nullable Future<?> awaiter() {
        return null;
    }
}
