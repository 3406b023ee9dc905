package dev.treadle.spi;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A scheduler for all loops that are made while some code runs, whatever the application has
/// chosen: how a test puts its own in the place of the application's.
public final class SchedulerScope {
    private static final ScopedValue<SchedulerProvider> BOUND = ScopedValue.newInstance();

    private SchedulerScope() {}

    /// Runs an action whose loops all come from one scheduler.
    ///
    /// It holds for [dev.treadle.EventLoop#create] on the calling thread, and goes before
    /// everything else that chooses a scheduler. Threads that the action starts are not meant.
    ///
    /// @param <T> what the action returns
    /// @param <X> what it throws
    /// @param provider what makes the loops
    /// @param action what to run
    /// @return its result
    /// @throws X if the action throws it
    public static <T extends @Nullable Object, X extends Throwable> T call(
            SchedulerProvider provider, ScopedValue.CallableOp<? extends T, X> action) throws X {
        return ScopedValue.where(BOUND, Objects.requireNonNull(provider, "provider")).call(action);
    }

    /// {@return what makes the loops of the calling code, or null if that is not bound}
    public static @Nullable SchedulerProvider current() {
        return BOUND.isBound() ? BOUND.get() : null;
    }
}
