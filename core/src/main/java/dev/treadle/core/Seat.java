package dev.treadle.core;

import dev.treadle.LoopStatistics.Queued;
import dev.treadle.LoopStatistics.State;
import dev.treadle.LoopStatistics.Submitted;
import dev.treadle.LoopStatistics.Wakeups;
import dev.treadle.LoopStatistics.Worker;
import java.time.Duration;
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
    final SeatCounters counters = new SeatCounters();
    private final WorkerTime time = new WorkerTime();
    // Written by each new holder; another thread asks "is it me?", or has roused this seat.
    private @Nullable SeatRunner holder;
    private int taken; // holder only: how many entries, to tell rounds
    private int naps; // holder only: in a row
    private boolean searching; // holder only: counted among those that look for something to take
    private boolean rested = true; // holder only: has found nothing since it has waited
    private @Nullable SlowSteps slowSteps; // holder only: debug mode
    private @Nullable DebugWatch watchedBy; // holder only: who made it

    /// Written by who rouses this seat, read by its holder.
    volatile boolean roused;

    Seat(TaskPool pool, int index, IdleSeats idleSeats) {
        this.pool = pool;
        this.index = index;
        this.idleSeats = idleSeats;
        time.become(State.PARKED, null);
    }

    // ---- by any thread

    boolean hasWork() {
        return !queue.isEmpty();
    }

    /// The holder, as another thread may see it.
    @Nullable SeatRunner holder() {
        return holder;
    }

    /// The number of the worker that this is: the first is the loop's own.
    int worker() {
        return index + 1;
    }

    /// What it does and has done.
    Worker statistics(boolean running, @Nullable Measuring measuring) {
        WorkerTime.Reading reading = time.read(measuring);
        long steps = counters.get(SeatCounters.STEPS);
        return new Worker(
                worker(),
                running || task() != null ? reading.state() : State.STOPPED,
                steps,
                new Queued(queue.size(), 0),
                new Submitted(counters.get(SeatCounters.SUBMITTED), 0),
                new Wakeups(
                        counters.get(SeatCounters.USEFUL_WAKEUPS),
                        counters.get(SeatCounters.EMPTY_WAKEUPS)),
                counters.get(SeatCounters.ROUNDS),
                0,
                steps,
                counters.get(SeatCounters.STOLEN),
                Duration.ofNanos(reading.busyNanos()),
                Duration.ofNanos(reading.idleNanos()));
    }

    /// The task whose step runs.
    @Nullable PoolTask<?> task() {
        SeatRunner current = holder;
        return current == null ? null : current.task();
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
        if (holder == null) {
            become(State.RUNNING); // it has waited to be held
        }
        holder = taker;
    }

    private void become(State next) {
        time.become(next, pool.loop().dispatcher.measuring());
    }

    /// Queues what a task of this seat has made ready.
    void queue(PoolTask<?> ready) {
        counters.increment(SeatCounters.SUBMITTED);
        boolean behindOthers = queue.push(ready);
        idleSeats.added(behindOthers);
    }

    /// Queues a task that gives up control. Nobody has to be told: there is as much to do as
    /// before.
    void queueAgain(PoolTask<?> ready) {
        counters.increment(SeatCounters.SUBMITTED);
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
        PoolTask<?> next = first ? takeOver() : null;
        if (next == null) {
            next = queue.poll();
        }
        if (next == null) {
            next = takeOver();
        }
        if (next == null && (searching || idleSeats.startSearching())) {
            searching = true;
            next = steal();
        }
        if (next != null) {
            found(first);
        }
        return next;
    }

    private @Nullable PoolTask<?> takeOver() {
        PoolTask<?> next = pool.inbox().poll();
        if (next != null) {
            counters.increment(SeatCounters.TAKEN_OVER);
        }
        return next;
    }

    private @Nullable PoolTask<?> steal() {
        Seat[] seats = pool.seats();
        long before = queue.everAdded();
        for (int i = 1; i < seats.length; i++) {
            PoolTask<?> next = queue.stealHalf(seats[(index + i) % seats.length].queue);
            if (next != null) {
                counters.add(SeatCounters.STOLEN, 1 + queue.everAdded() - before);
                return next;
            }
        }
        return null;
    }

    private void found(boolean first) {
        naps = 0;
        if (rested || first) {
            rested = false;
            beginRound();
        }
        if (searching) {
            searching = false;
            idleSeats.stopSearching(hasWork());
        }
    }

    private void beginRound() {
        counters.increment(SeatCounters.ROUNDS);
        Measuring measuring = pool.loop().dispatcher.measuring();
        if (measuring != null) {
            measuring.iterationBegins(worker(), queue.size() + 1, 0);
        }
    }

    /// Waits a while, or until there is something to do.
    private void rest(SeatRunner me) {
        rested = true;
        become(State.PARKED);
        napOrSleep(me);
        // Before this is seen running, because who looks twice takes it for the step before else.
        boolean useful = me.isBooked() || pool.hasWork();
        counters.increment(useful ? SeatCounters.USEFUL_WAKEUPS : SeatCounters.EMPTY_WAKEUPS);
        become(State.RUNNING);
    }

    /// A seat that has just had work naps first: to be woken costs who wakes it more than some naps
    /// cost.
    private void napOrSleep(SeatRunner me) {
        queue.forget();
        if (searching && naps < MOST_NAPS && pool.isOpen()) {
            idleSeats.nap(this);
            if (!roused) {
                pool.carriers().nap(me, NAP_NANOS << naps);
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
        become(State.STOPPED);
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
                            : watch.slowSteps(
                                    "carrier " + worker() + " of " + pool.seats().length,
                                    "carrier-" + worker(),
                                    this::holderThread);
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
