package dev.treadle.scheduler.test;

import dev.treadle.core.Carriers;
import org.jspecify.annotations.Nullable;

/// The carriers of an ordinary loop, which also know who holds the turn, for who looks from
/// outside.
///
/// Polls happen where the loop runs, because a simulated loop waits for no I/O.
final class TurnCarriers implements Carriers {
    private final Carriers real;
    private volatile @Nullable Thread holder; // written by each holder, read by the watchdog

    TurnCarriers(Carriers real) {
        this.real = real;
    }

    @Nullable Thread holder() {
        return holder;
    }

    @Override
    public String name() {
        return real.name();
    }

    @Override
    public Thread newThread(String name, Runnable body) {
        return real.newThread(name, body);
    }

    @Override
    public void turnTaken(Thread runner) {
        holder = runner;
        real.turnTaken(runner);
    }

    @Override
    public void close() {
        real.close();
    }
}
