package dev.treadle.core;

/// The armed timers of a loop. Belongs to the holder of the turn.
interface TimerQueue {
    /// What [#nextDeadline()] returns when nothing is armed.
    long NEVER = Long.MAX_VALUE;

    /// Arms a timer.
    void add(TimerHandle timer);

    /// Takes note that an armed timer was cancelled.
    void cancelled(TimerHandle timer);

    /// Returns when the next timer that is not cancelled is due, [#NEVER] if there is none. Called
    /// at the start of each iteration.
    long nextDeadline();

    /// Moves what is due at `now` to the ready queue, in order.
    void moveDue(long now, ReadyQueue ready);

    /// Returns how many timers are kept, cancelled ones included.
    int size();

    /// Forgets all timers.
    void clear();
}
