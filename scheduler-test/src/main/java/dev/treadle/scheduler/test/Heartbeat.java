package dev.treadle.scheduler.test;

import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Shows from outside whether a simulation goes on, and who keeps it from that.
final class Heartbeat {
    private volatile long beats; // written by the holder of the turn, read by the watchdog
    private volatile Supplier<@Nullable Thread> holder = () -> null; // as beats
    private volatile boolean abandoned; // written by the watchdog, read by who simulates

    @SuppressWarnings("NonAtomicVolatileUpdate") // there is one writer at a time
    void beat() {
        beats++;
    }

    long beats() {
        return beats;
    }

    /// Says that nobody waits for the simulation any more.
    void abandon() {
        abandoned = true;
    }

    /// Ends a simulation that nobody waits for, before it begins another run.
    void ensureAwaited() {
        if (abandoned) {
            throw new CancellationException("nobody waits for this simulation any more");
        }
    }

    /// Says who knows who holds the turn of the loop that runs from now on.
    void watch(Supplier<@Nullable Thread> knows) {
        holder = knows;
    }

    @Nullable Thread holder() {
        return holder.get();
    }
}
