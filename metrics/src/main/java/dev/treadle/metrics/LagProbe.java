package dev.treadle.metrics;

import dev.treadle.Context;
import dev.treadle.EventLoop;
import dev.treadle.Handle;
import dev.treadle.LoopStatistics;
import dev.treadle.LoopStatistics.State;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Measures how long a callback waits for its turn, from outside the loop.
///
/// A timer of the loop's own could not: while the loop stands still it would not be armed, and so a
/// stall of a second would be one bad sample among many good ones. Here the probes that were not
/// sent because one was under way are filled in when that arrives, each as if it had been sent in
/// its time.
///
/// All but what runs on the loop belongs to the watchdog.
final class LagProbe {
    /// An idle loop is woken no more often than this.
    static final long IDLE_INTERVAL = 1_000_000_000;

    /// Half an hour at ten a second: more would hold up the loop that has just come back.
    private static final int MOST_FILLED_IN = 18_000;

    private final ObservedLoop observed;
    private final LongSupplier clock;
    private @Nullable Handle handle; // of the flight
    private volatile @Nullable Flight flight; // set by the watchdog, cleared by the loop
    private volatile long arrived; // how many have run; written by the loop only
    private long sent;
    private boolean sentAny;
    private long workBefore; // callbacks and steps begun, those of probes left out

    LagProbe(ObservedLoop observed, LongSupplier clock) {
        this.observed = observed;
        this.clock = clock;
    }

    /// Sends a probe, unless one is under way or the loop is to be left alone.
    void tick(EventLoop loop, LoopStatistics statistics, long now) {
        boolean idle = isIdle(statistics);
        if (!statistics.running()) {
            recall();
        } else if (flight == null && (!idle || !sentAny || now - sent >= IDLE_INTERVAL)) {
            send(loop);
        }
    }

    private boolean isIdle(LoopStatistics statistics) {
        long work = -arrived;
        boolean parked = true;
        for (LoopStatistics.Worker worker : statistics.workers()) {
            work += worker.sequence();
            parked &= worker.state() == State.PARKED;
        }
        boolean worked = work != workBefore;
        workBefore = work;
        return parked && !worked;
    }

    private void send(EventLoop loop) {
        Flight next = new Flight(clock.getAsLong());
        sent = next.sent;
        sentAny = true;
        flight = next;
        try {
            handle = loop.callSoonThreadsafe(next, Context.empty());
        } catch (IllegalStateException e) {
            flight = null; // closed since the watchdog looked
        }
    }

    /// Takes the probe back: between two runs nothing waits for its turn.
    void recall() {
        Handle current = handle;
        if (flight != null && current != null) {
            current.cancel();
        }
        flight = null;
        handle = null;
    }

    private final class Flight implements Runnable {
        private final long sent;

        Flight(long sent) {
            this.sent = sent;
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // only the loop writes, one probe at a time
        public void run() {
            long lag = clock.getAsLong() - sent;
            arrived++;
            if (flight == this) {
                record(lag);
                flight = null;
            }
        }

        private void record(long lag) {
            long missed = lag / Watchdog.INTERVAL;
            long filledIn = Math.min(missed, MOST_FILLED_IN);
            for (long i = 0; i <= filledIn; i++) {
                observed.recorder.lag(lag - i * Watchdog.INTERVAL);
            }
            observed.dropped(missed - filledIn);
        }

        @Override
        public String toString() {
            return "the probe of treadle.loop.lag";
        }
    }
}
