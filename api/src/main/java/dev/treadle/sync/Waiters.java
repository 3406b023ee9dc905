package dev.treadle.sync;

import dev.treadle.EventLoop;
import dev.treadle.Promise;
import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// The tasks that wait for a primitive, in the order in which they came, and the loop they belong
/// to.
///
/// A waiter that is woken or cancelled stays in line until it runs: only then is it decided who
/// goes next, so that a wake-up which meets a cancellation is handed on and not lost.
final class Waiters {
    private final ArrayDeque<Promise<@Nullable Void>> line = new ArrayDeque<>(); // loop thread only
    private @Nullable EventLoop loop; // loop thread only; set by the first task that has to wait

    /// Waits at the end of the line until woken; leaves the line however that ends.
    void await(Object primitive) {
        Promise<@Nullable Void> waiter = join(primitive);
        try {
            waiter.await();
        } finally {
            line.remove(waiter);
        }
    }

    /// Joins the end of the line. The caller waits, and leaves.
    Promise<@Nullable Void> join(Object primitive) {
        EventLoop running = EventLoop.running();
        if (loop == null) {
            loop = running;
        } else if (loop != running) {
            throw new IllegalStateException(
                    primitive
                            + " is bound to a different event loop: "
                            + loop.name()
                            + ", not "
                            + running.name());
        }
        Promise<@Nullable Void> waiter = running.createPromise();
        line.addLast(waiter);
        return waiter;
    }

    void leave(Promise<@Nullable Void> waiter) {
        line.remove(waiter);
    }

    /// Wakes the first in line if it is still pending: a woken one that has not run yet holds the
    /// place of the next.
    void wakeFirst() {
        Promise<@Nullable Void> first = line.peekFirst();
        if (first != null) {
            first.tryComplete(null);
        }
    }

    /// Wakes the first who is still pending, and leaves it in line; false if there is none.
    boolean wakeNextPending() {
        for (Promise<@Nullable Void> waiter : line) {
            if (waiter.tryComplete(null)) {
                return true;
            }
        }
        return false;
    }

    /// Takes waiters out of the line until one was woken.
    void dismissNext() {
        for (Promise<@Nullable Void> waiter = line.pollFirst();
                waiter != null;
                waiter = line.pollFirst()) {
            if (waiter.tryComplete(null)) {
                return;
            }
        }
    }

    /// Wakes all who are pending, and leaves them in line.
    void wakeAll() {
        for (Promise<@Nullable Void> waiter : line) {
            waiter.tryComplete(null);
        }
    }

    /// Takes all waiters out of the line and wakes them.
    void dismissAll() {
        for (Iterator<Promise<@Nullable Void>> all = line.iterator(); all.hasNext(); ) {
            all.next().tryComplete(null);
            all.remove();
        }
    }

    /// Whether somebody waits who has not been cancelled.
    boolean anyNotCancelled() {
        for (Promise<@Nullable Void> waiter : line) {
            if (!waiter.isCancelled()) {
                return true;
            }
        }
        return false;
    }

    int size() {
        return line.size();
    }
}
