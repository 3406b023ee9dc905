package dev.treadle.sync;

import dev.treadle.EventLoop;
import dev.treadle.Promise;
import dev.treadle.spi.Held;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The tasks that wait for a primitive, in the order in which they came, and the loop they belong
/// to.
///
/// A waiter that is woken or cancelled stays in line until it runs: only then is it decided who
/// goes next, so that a wake-up which meets a cancellation is handed on and not lost.
///
/// Everything but the waiting is called inside a section of the primitive ([Guard]). A cancellation
/// may come at any time: whether it or the wake-up was first is decided by the waiter's promise,
/// once.
final class Waiters {
    private final ArrayDeque<Promise<@Nullable Void>> line = new ArrayDeque<>(); // in a section
    private final Waiters binding; // whose loop is the one of this
    private @Nullable EventLoop loop; // in a section; set by the first task that has to wait

    Waiters() {
        this.binding = this;
    }

    /// Makes another line of the same primitive, which belongs to one loop as a whole.
    Waiters(Waiters other) {
        this.binding = other.binding;
    }

    /// Joins the end of the line. The caller ends its section, waits, and leaves.
    Promise<@Nullable Void> join(Object primitive) {
        Promise<@Nullable Void> waiter = loopOf(primitive).createPromise();
        line.addLast(waiter);
        return waiter;
    }

    /// Joins the end of the line for something that a task holds.
    Promise<@Nullable Void> join(Object primitive, Held held) {
        Promise<@Nullable Void> waiter = loopOf(primitive).createWaiter(held);
        line.addLast(waiter);
        return waiter;
    }

    private EventLoop loopOf(Object primitive) {
        EventLoop running = EventLoop.running();
        EventLoop bound = binding.loop;
        if (bound == null) {
            binding.loop = running;
        } else if (bound != running) {
            throw new IllegalStateException(
                    primitive
                            + " is bound to a different event loop: "
                            + bound.name()
                            + ", not "
                            + running.name());
        }
        return running;
    }

    /// Waits until it is woken. Outside of any section.
    ///
    /// @param giveUp called if the wait ends by an exception, which is then thrown
    static void await(Promise<@Nullable Void> waiter, Consumer<Promise<@Nullable Void>> giveUp) {
        try {
            waiter.await();
        } catch (RuntimeException | Error e) {
            giveUp.accept(waiter);
            throw e;
        }
    }

    /// Leaves the line, from whatever place; does nothing if it has been dismissed.
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

    /// Wakes up to `count` of those who are pending, first come first, and leaves them in line.
    ///
    /// @return how many were woken
    int wake(int count) {
        int woken = 0;
        for (Promise<@Nullable Void> waiter : line) {
            if (woken == count) {
                break;
            }
            if (waiter.tryComplete(null)) {
                woken++;
            }
        }
        return woken;
    }

    /// Wakes all who are pending, and leaves them in line.
    void wakeAll() {
        wake(Integer.MAX_VALUE);
    }

    /// Takes waiters out of the line until one was woken.
    void dismissNext() {
        boolean woken = false;
        while (!woken) {
            Promise<@Nullable Void> waiter = line.pollFirst();
            woken = waiter == null || waiter.tryComplete(null);
        }
    }

    /// Takes all waiters out of the line and wakes them.
    void dismissAll() {
        wakeAll();
        line.clear();
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
