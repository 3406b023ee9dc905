package dev.treadle.core;

import dev.treadle.spi.Droppable;
import dev.treadle.spi.UserFrames;
import java.util.List;

/// A callback that knows where it was registered: what debug mode queues.
final class TracedCallback implements Runnable, Droppable {
    private final Runnable callback;
    private final List<StackTraceElement> registeredAt = UserFrames.here();

    TracedCallback(Runnable callback) {
        this.callback = callback;
    }

    List<StackTraceElement> registeredAt() {
        return registeredAt;
    }

    @Override
    public void run() {
        callback.run();
    }

    @Override
    public void dropped() {
        if (callback instanceof Droppable droppable) {
            droppable.dropped();
        }
    }

    @Override
    public String toString() {
        return callback + (registeredAt.isEmpty() ? "" : ", created at " + registeredAt.getFirst());
    }
}
