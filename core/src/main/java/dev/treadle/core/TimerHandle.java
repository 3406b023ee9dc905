package dev.treadle.core;

import dev.treadle.Context;
import java.util.OptionalLong;

/// A callback that waits for its time.
final class TimerHandle extends CallbackHandle implements Comparable<TimerHandle> {
    /// What [#slot] is when it is in none.
    static final int NO_SLOT = -1;

    /// When it is due, by the loop's clock, in nanoseconds.
    final long when;

    long sequence; // set when armed: equal times run in this order
    boolean armed; // loop thread only; whether a timer queue holds it
    int slot = NO_SLOT; // of the timer queue: where it waits for the queue to be asked

    TimerHandle(CoreEventLoop loop, long when, Runnable callback, Context context) {
        super(loop, callback, context);
        this.when = when;
    }

    @Override
    public OptionalLong when() {
        return OptionalLong.of(when);
    }

    @Override
    void enter() {
        super.enter();
        loop.dispatcher.timerFires(when);
    }

    @Override
    void onCancelled() {
        loop.timerCancelled(this);
    }

    @Override
    @SuppressWarnings("EqualsHashCode") // identity: two timers are never the same
    public int compareTo(TimerHandle other) {
        int byTime = Long.compare(when, other.when);
        return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
}
