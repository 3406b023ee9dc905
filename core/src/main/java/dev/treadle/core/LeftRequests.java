package dev.treadle.core;

/// The requests for cancellation that were left to the body of a parallel task, and which of them
/// it has yet to learn of. Guarded by the task's lock.
///
/// Each has a number, greater than those before it; odd ones are the body's own.
final class LeftRequests {
    /// Those that the body has not learned of at some moment.
    ///
    /// @param foreign how many of others there are
    /// @param last the number of the last one, of whomever
    record Unseen(int foreign, int last) {}

    private int last;
    private int seen; // the number of the last that the body has learned of
    private int own; // neither seen nor withdrawn
    private int foreign; // neither seen nor withdrawn

    /// Adds a request; returns its number.
    int add(boolean isOwn) {
        if (isOwn) {
            own++;
            last = (last | 1) + 2;
        } else {
            foreign++;
            last = (last | 1) + 1;
        }
        return last;
    }

    Unseen unseen() {
        return new Unseen(foreign, last);
    }

    /// Whether there is one that the body has yet to learn of.
    boolean any() {
        return own > 0 || foreign > 0;
    }

    boolean anyOwn() {
        return own > 0;
    }

    int foreign() {
        return foreign;
    }

    boolean isUnseen(int number) {
        return number > seen;
    }

    /// Takes note that the body learns of what it had not seen at some moment. What was left since
    /// stays unseen.
    void see(Unseen learned) {
        seen = learned.last;
        own = 0;
        foreign = Math.max(0, foreign - learned.foreign);
    }

    /// Takes back one that the body has not learned of; does nothing about another.
    void withdraw(int number) {
        if (!isUnseen(number)) {
            return;
        }
        if (number % 2 == 1) {
            own = Math.max(0, own - 1);
        } else {
            foreign = Math.max(0, foreign - 1);
        }
    }
}
