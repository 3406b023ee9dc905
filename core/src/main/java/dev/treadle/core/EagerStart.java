package dev.treadle.core;

import dev.treadle.FatalError;
import org.jspecify.annotations.Nullable;

/// The first step of a task that starts inside the call that creates it.
///
/// It never enters the ready queue: the creator's runner passes the turn with it to an idle one,
/// and waits. When the task has suspended or ended, the turn goes back with the same entry.
final class EagerStart extends ReadyEntry {
    private final CoreTask<?> task;
    private final Runner creator;
    private final @Nullable EagerStart
            outer; // under way when this began: the creator is itself eager
    private boolean over; // loop thread only: the creator goes on
    private @Nullable FatalError failure; // loop thread only: for the creator

    EagerStart(CoreTask<?> task, Runner creator, @Nullable EagerStart outer) {
        this.task = task;
        this.creator = creator;
        this.outer = outer;
    }

    /// Ends the eager part; returns the start that is under way again.
    @Nullable EagerStart end() {
        over = true;
        return outer;
    }

    @Override
    @Nullable Runner suspendedOn() {
        return over ? creator : null;
    }

    @Override
    void run() {
        try {
            task.takeTurn();
        } catch (FatalError e) {
            if (over) {
                throw e; // a later step: it ends the run
            }
            failure = e;
        }
    }

    /// Throws what is to leave the creator's call.
    void rethrow() {
        if (failure != null) {
            throw failure;
        }
    }
}
