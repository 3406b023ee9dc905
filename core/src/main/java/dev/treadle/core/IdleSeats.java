package dev.treadle.core;

import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;

/// Which seats have nothing to do, and who of them is told when there is something.
///
/// A seat without work *searches* the others, then *naps* a few times, and then *sleeps* until it
/// is roused. What is queued rouses a sleeper only if nobody searches, and one that naps only if
/// more is queued than who queues it will get to next. So a hand-over from task to task rouses
/// nobody, and a burst rouses one seat after the other: each that finds something has the next one
/// search.
final class IdleSeats {
    private final TaskPool pool;
    private final int mostSearching;
    private final Object lock = new Object();
    private final ArrayDeque<Seat> sleeping = new ArrayDeque<>(); // guarded by lock
    private final ArrayDeque<Seat> napping = new ArrayDeque<>(); // guarded by lock
    private volatile int sleepers; // written with lock, read by any
    private volatile int nappers; // written with lock, read by any
    private final AtomicInteger searching = new AtomicInteger(); // those that nap are among them

    /// Half of the seats may search at once: if all did, they would mostly meet each other.
    IdleSeats(TaskPool pool, int seats) {
        this.pool = pool;
        this.mostSearching = (seats + 1) / 2;
    }

    // ---- by who queues something

    /// Has a seat look for what was queued, if need be.
    ///
    /// @param behindOthers whether who has queued it will not get to it next
    void added(boolean behindOthers) {
        VarHandle.fullFence(); // the entry is visible before it is looked who sleeps
        if ((behindOthers && nappers > 0) || (sleepers > 0 && searching.get() == 0)) {
            rouse(behindOthers);
        }
    }

    private void rouse(boolean nappersToo) {
        Seat seat;
        synchronized (lock) {
            if (nappersToo && !napping.isEmpty()) {
                seat = napping.pop();
                nappers = napping.size();
            } else if (searching.get() == 0 && !sleeping.isEmpty()) {
                seat = sleeping.pop();
                sleepers = sleeping.size();
                searching.incrementAndGet();
            } else {
                return; // somebody was faster
            }
            seat.roused = true;
        }
        seat.rouse();
    }

    /// Rouses all that sleep: the pool has ended.
    ///
    /// @return how many were never held
    int rouseAll() {
        int neverHeld = 0;
        while (true) {
            Seat seat;
            synchronized (lock) {
                seat = sleeping.poll();
                sleepers = sleeping.size();
                if (seat == null) {
                    return neverHeld;
                }
                seat.roused = true;
                searching.incrementAndGet();
            }
            if (seat.holder() == null) {
                neverHeld++;
            } else {
                seat.rouse();
            }
        }
    }

    // ---- by the holder of a seat

    /// Counts the seat among those that search, if these are not enough.
    boolean startSearching() {
        int before = searching.get();
        return before < mostSearching && searching.compareAndSet(before, before + 1);
    }

    /// Takes note that the seat has found something. If it was the last that searched, and there is
    /// more, another one is roused in its stead.
    ///
    /// @param more whether it has found more than one entry
    void stopSearching(boolean more) {
        boolean last = searching.decrementAndGet() == 0;
        if ((more && nappers > 0) || (last && sleepers > 0 && pool.hasWork())) {
            rouse(more);
        }
    }

    /// Whether a seat that is about to sleep has to look again, because nobody else does.
    boolean isNeeded() {
        return searching.get() == 0 && pool.hasWork();
    }

    void nap(Seat seat) {
        synchronized (lock) {
            seat.roused = false;
            napping.push(seat);
            nappers = napping.size();
        }
    }

    void riseFromNap(Seat seat) {
        synchronized (lock) {
            if (!seat.roused) {
                napping.remove(seat);
                nappers = napping.size();
            }
        }
    }

    /// Puts a seat to sleep.
    void fallAsleep(Seat seat, boolean wasSearching) {
        synchronized (lock) {
            seat.roused = false;
            sleeping.push(seat);
            sleepers = sleeping.size();
            if (wasSearching) {
                searching.decrementAndGet();
            }
        }
    }

    /// Ends the sleep of a seat.
    ///
    /// @return whether it was roused, and is counted among those that search
    boolean rise(Seat seat) {
        synchronized (lock) {
            if (!seat.roused) {
                sleeping.remove(seat);
                sleepers = sleeping.size();
            }
            return seat.roused;
        }
    }
}
