package dev.treadle.core;

import dev.treadle.spi.Execution;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A virtual thread that runs steps of tasks while it holds a [Seat].
///
/// It is *idle*, or *seated*, or *suspended* with the stack of one task on it, and then parked, or
/// looking for something else that its seat may do. While it looks, its own task may come up on
/// another seat, which is then granted to it: it is *booked*, and passes the first one on.
final class SeatRunner extends ParallelExecution implements Runnable {
    private static final VarHandle GRANTED;

    static {
        try {
            GRANTED =
                    MethodHandles.lookup()
                            .findVarHandle(SeatRunner.class, "granted", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final TaskPool pool;
    private final Thread thread;
    private boolean started; // written by the first who grants
    private @Nullable Seat seat; // own thread only
    private @Nullable PoolTask<?> task; // own thread only
    private boolean interrupted; // own thread only: the flag, while the thread may have to park

    // Published by granted:
    private @Nullable Seat target;
    private @Nullable PoolTask<?> assigned;
    private boolean ending; // there is no seat, the thread is to end

    // Set by who passes a seat, read by this, both volatile: see Runner. Cleared by this.
    private boolean granted;

    /// Which seat's carrier mounts this; written before it is queued there.
    int mountedOn = -1;

    SeatRunner(TaskPool pool, String threadName) {
        this.pool = pool;
        this.thread = pool.carriers().newThread(threadName, this);
    }

    // ---- by who passes a seat

    /// Passes a seat, and says what to do first. By its holder, who must not use it afterwards.
    void grant(@Nullable Seat passed, @Nullable PoolTask<?> first) {
        target = passed;
        assigned = first;
        GRANTED.setVolatile(this, true);
        if (started) {
            LockSupport.unpark(thread);
        } else {
            started = true;
            thread.start();
        }
    }

    /// Has an idle runner end, and waits for that.
    void end() {
        ending = true;
        grant(null, null);
        Joining.uninterruptibly(thread);
    }

    /// The seat that was granted last. By the thread that grants, and by whom the grant has woken.
    @Nullable Seat target() {
        return target;
    }

    // ---- on the own thread

    @Override
    public void run() {
        Execution.call(
                this,
                () -> {
                    runTasks();
                    return null;
                });
    }

    private void runTasks() {
        PoolTask<?> next = awaitSeat();
        while (!ending) {
            Seat mine = seat();
            if (next == null) {
                next = mine.next(this);
            }
            if (next == null) {
                mine.end();
                return;
            }
            if (next.runner() == null) {
                begin(next, mine);
                next = null;
            } else if (mine.retire(this, next)) {
                next = awaitSeat();
            } else {
                return;
            }
        }
    }

    private void begin(PoolTask<?> begun, Seat mine) {
        task = begun;
        mine.stepBegins(begun);
        try {
            begun.run(this);
        } catch (RuntimeException | Error e) {
            loop().endRun(e); // no step can throw anything: it is the machinery that failed
        } finally {
            task = null;
            seat().stepEnds();
            clearInterrupt();
        }
    }

    /// An interrupt was meant for the task that has ended; the next one is not to see it.
    @SuppressWarnings("CheckReturnValue")
    private static void clearInterrupt() {
        Thread.interrupted();
    }

    /// Leaves a task that is suspended until its step comes up.
    void leave(PoolTask<?> suspended) {
        Seat mine = seat();
        mine.stepEnds();
        goOn(suspended, mine);
    }

    /// Leaves a task until all that is ready on its seat has run.
    void leaveBehindOthers(PoolTask<?> ready) {
        Seat mine = seat();
        mine.stepEnds();
        mine.queueAgain(ready);
        goOn(ready, mine);
    }

    private void goOn(PoolTask<?> left, Seat mine) {
        task = null;
        PoolTask<?> next = mine.next(this);
        if (next != left) {
            mine.pass(next);
            awaitSeat();
        }
        task = left;
        seat().stepBegins(left);
        if (interrupted) {
            interrupted = false;
            Thread.currentThread().interrupt();
        }
    }

    /// Parks until a seat is granted; returns what is to be done first.
    private @Nullable PoolTask<?> awaitSeat() {
        while (!isBooked()) {
            park(0);
        }
        granted = false;
        if (!ending) {
            Seat taken = target;
            seat = taken;
            if (taken != null) {
                taken.holder(this);
                pool.carriers().seated(this, taken);
            }
        }
        PoolTask<?> first = assigned;
        assigned = null;
        return first;
    }

    /// Whether a seat was granted that this has not taken yet.
    boolean isBooked() {
        return (boolean) GRANTED.getVolatile(this);
    }

    /// Parks for some time, 0 for no limit; may return early. A set interrupt flag would keep it
    /// from parking: it is the user's, and so it is put back when the user's code goes on.
    void park(long nanos) {
        if (nanos > 0) {
            LockSupport.parkNanos(this, nanos);
        } else {
            LockSupport.park(this);
        }
        interrupted |= Thread.interrupted();
    }

    /// The seat that this holds.
    Seat seat() {
        Seat held = seat;
        if (held == null) {
            throw new AssertionError("a runner without a seat runs");
        }
        return held;
    }

    /// The seat that this holds, if the calling thread is its own; else null.
    static @Nullable Seat current(TaskPool pool) {
        return Execution.current() instanceof SeatRunner own && own.pool == pool ? own.seat : null;
    }

    // ---- what it runs for

    @Override
    public Thread thread() {
        return thread;
    }

    @Override
    public CoreEventLoop loop() {
        return pool.loop();
    }

    @Override
    public @Nullable PoolTask<?> task() {
        return task;
    }
}
