package dev.treadle.core;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The right to run steps, of which a [TaskPool] has as many as tasks may run at the same moment.
///
/// It is held by one runner, to whom all here belongs but the queue's other end. What the tasks of
/// a seat make ready is queued there; a seat with nothing to do takes from the others.
final class Seat {
    /// So often a seat looks first for what other threads have queued, and lets others have its
    /// carrier: often enough that nobody waits long, seldom enough to cost nothing.
    private static final int ROUND = 64;

    private static final int MOST_NAPS = 4;
    private static final long NAP_NANOS = 50_000;

    final int index;
    private final TaskPool pool;
    private final IdleSeats idleSeats;
    private final StealQueue<PoolTask<?>> queue = new StealQueue<>();
    private final IdleRunners<SeatRunner> idle = new IdleRunners<>(); // holder only
    // Written by each new holder; another thread asks "is it me?", or has roused this seat.
    private @Nullable SeatRunner holder;
    private int taken; // holder only: how many entries, to tell rounds
    private int naps; // holder only: in a row
    private boolean searching; // holder only: counted among those that look for something to take
    private @Nullable SlowSteps slowSteps; // holder only: debug mode
    private @Nullable DebugWatch watchedBy; // holder only: who made it

    /// Written by who rouses this seat, read by its holder.
    volatile boolean roused;

    Seat(TaskPool pool, int index, IdleSeats idleSeats) {
        this.pool = pool;
        this.index = index;
        this.idleSeats = idleSeats;
    }

    // ---- by any thread

    boolean hasWork() {
        return !queue.isEmpty();
    }

    /// The holder, as another thread may see it.
    @Nullable SeatRunner holder() {
        return holder;
    }

    /// Has the holder look again. By who has roused this seat, and nobody else.
    void rouse() {
        SeatRunner resting = holder;
        if (resting != null) {
            LockSupport.unpark(resting.thread());
        } else { // it was never held
            searching = true; // as who has roused it has counted
            newRunner().grant(this, null);
        }
    }

    // ---- by the holder

    void holder(SeatRunner taker) {
        holder = taker;
    }

    /// Queues what a task of this seat has made ready.
    void queue(PoolTask<?> ready) {
        boolean behindOthers = queue.push(ready);
        idleSeats.added(behindOthers);
    }

    /// Queues a task that gives up control. Nobody has to be told: there is as much to do as
    /// before.
    void queueAgain(PoolTask<?> ready) {
        queue.push(ready);
    }

    /// Takes what is to run next, and waits for it if need be.
    ///
    /// @return null if the holder was granted another seat meanwhile, or the pool has ended
    @Nullable PoolTask<?> next(SeatRunner me) {
        while (true) {
            if (pool.isOpen()) {
                PoolTask<?> next = take();
                if (next != null) {
                    return next;
                }
            }
            if (me.isBooked() || pool.hasEnded()) {
                return null;
            }
            rest(me);
        }
    }

    private @Nullable PoolTask<?> take() {
        boolean first = ++taken % ROUND == 0;
        if (first) {
            pool.carriers().breathe(this);
        }
        PoolTask<?> next = first ? pool.inbox().poll() : null;
        if (next == null) {
            next = queue.poll();
        }
        if (next == null) {
            next = pool.inbox().poll();
        }
        if (next == null && (searching || idleSeats.startSearching())) {
            searching = true;
            next = steal();
        }
        if (next != null) {
            found();
        }
        return next;
    }

    private @Nullable PoolTask<?> steal() {
        Seat[] seats = pool.seats();
        for (int i = 1; i < seats.length; i++) {
            PoolTask<?> next = queue.stealHalf(seats[(index + i) % seats.length].queue);
            if (next != null) {
                return next;
            }
        }
        return null;
    }

    private void found() {
        naps = 0;
        if (searching) {
            searching = false;
            idleSeats.stopSearching(hasWork());
        }
    }

    /// Waits a while, or until there is something to do. A seat that has just had work naps first:
    /// to be woken costs who wakes it more than some naps cost.
    private void rest(SeatRunner me) {
        queue.forget();
        if (searching && naps < MOST_NAPS && pool.isOpen()) {
            idleSeats.nap(this);
            if (!roused) {
                me.park(NAP_NANOS << naps);
            }
            naps++;
            idleSeats.riseFromNap(this);
            return;
        }
        naps = 0;
        idleSeats.fallAsleep(this, searching);
        searching = false;
        // After this is counted as asleep, because who queues something looks for sleepers after.
        while (!roused
                && !me.isBooked()
                && !pool.hasEnded()
                && !(pool.isOpen() && idleSeats.isNeeded())) {
            me.park(0);
        }
        searching = idleSeats.rise(this);
    }

    /// Gives the seat up for a task that is suspended elsewhere.
    ///
    /// @return false if the runner is to end, because enough others are idle
    boolean retire(SeatRunner me, PoolTask<?> next) {
        boolean stay = idle.keep(me); // before the seat is gone: it is then somebody else's
        pass(next);
        return stay;
    }

    /// Gives the seat up for a task; null to have another runner look for one.
    void pass(@Nullable PoolTask<?> next) {
        SeatRunner suspended = next == null ? null : next.runner();
        SeatRunner taker = suspended != null ? suspended : idle.poll();
        (taker != null ? taker : newRunner()).grant(this, next);
    }

    private SeatRunner newRunner() {
        return new SeatRunner(pool, pool.nextThreadName());
    }

    /// Ends the idle runners, because the pool has ended.
    void end() {
        for (SeatRunner runner = idle.poll(); runner != null; runner = idle.poll()) {
            runner.end();
        }
        pool.seatEnded();
    }

    // ---- debug mode

    void stepBegins(PoolTask<?> task) {
        DebugWatch watch = pool.loop().dispatcher.watch();
        if (watch != watchedBy) {
            watchedBy = watch;
            slowSteps =
                    watch == null
                            ? null
                            : watch.slowSteps("seat-" + (index + 1), this::holderThread);
        }
        if (slowSteps != null) {
            slowSteps.begins(task.step());
        }
    }

    void stepEnds() {
        if (slowSteps != null) {
            slowSteps.ends();
        }
    }

    private @Nullable Thread holderThread() {
        SeatRunner current = holder;
        return current == null ? null : current.thread();
    }
}
