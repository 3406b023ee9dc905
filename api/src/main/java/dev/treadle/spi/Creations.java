package dev.treadle.spi;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// Tells of coroutines and generators, also asynchronous ones, as they are made: how a test finds
/// those that nobody awaits or closes. While nobody listens it costs one look at an empty list.
public final class Creations {
    private static final List<Consumer<Object>> LISTENERS = new CopyOnWriteArrayList<>();

    private Creations() {}

    /// Adds a listener, for as long as the JVM runs.
    ///
    /// May be called from any thread.
    ///
    /// @param listener called with each new coroutine and generator, on the stack that makes it; it
    ///   throws nothing
    public static void listen(Consumer<Object> listener) {
        LISTENERS.add(Objects.requireNonNull(listener, "listener"));
    }

    /// Tells of something new.
    ///
    /// @param <T> what it is
    /// @param created a coroutine, a generator or an asynchronous generator
    /// @return the same
    public static <T> T tell(T created) {
        if (!LISTENERS.isEmpty()) {
            LISTENERS.forEach(listener -> listener.accept(created));
        }
        return created;
    }
}
