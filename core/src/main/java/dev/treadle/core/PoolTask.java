package dev.treadle.core;

import dev.treadle.Context;
import dev.treadle.Coroutine;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// A task that takes seats of a [TaskPool] for its steps.
///
/// Its body begins on the runner that holds a seat, and stays with it: where it awaits, the runner
/// passes the seat on and parks, and gets one again when the task was woken. A request for
/// cancellation interrupts nobody, because a step that blocks is not told from one that computes,
/// and a thread that is used by many is no good place for an interrupt.
final class PoolTask<T extends @Nullable Object> extends ParallelTask<T> {
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(PoolTask.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final int NEW = 0;
    private static final int RUNNING = 1;
    private static final int WOKEN = 2;
    private static final int SUSPENDED = 3;
    private static final int READY = 4;

    private final TaskPool pool;
    private @Nullable SeatRunner runner; // written by the runner itself; published by state

    // NEW       -> RUNNING    by the runner that begins the body
    // RUNNING   -> SUSPENDED  by the runner, before it looks for something else to do
    // SUSPENDED -> READY      by who wakes it, before it is queued
    // RUNNING   -> READY      by the runner, when the body gives up control
    // READY     -> RUNNING    by the runner, when it has a seat for it
    // RUNNING   -> WOKEN      by who wakes it before it is suspended
    // WOKEN     -> RUNNING    by the runner, which goes on at once
    private volatile int state; // any thread, CAS

    PoolTask(
            CoreEventLoop loop,
            Coroutine<T> coroutine,
            @Nullable String name,
            Context context,
            long number,
            TaskPool pool) {
        super(loop, coroutine, name, context, number);
        this.pool = pool;
    }

    /// The runner with the stack of this; null before the first step. Asked by who has taken this
    /// from a queue.
    @Nullable SeatRunner runner() {
        return runner;
    }

    // ---- running

    @Override
    void start() {
        becomesReady();
        pool.submit(this);
    }

    /// Runs the body to its end.
    void run(SeatRunner beginner) {
        if (unwinding || pool.isShut()) {
            unwinding = true;
            endBeforeItBegan();
            return;
        }
        runner = beginner;
        state = RUNNING;
        try {
            beginAndReport();
        } finally {
            runner = null; // which goes on with other tasks, while who keeps this keeps its result
        }
    }

    @Override
    void wake() {
        while (true) {
            switch (state) {
                case RUNNING -> {
                    if (STATE.compareAndSet(this, RUNNING, WOKEN)) {
                        return;
                    }
                }
                case SUSPENDED -> {
                    if (STATE.compareAndSet(this, SUSPENDED, READY)) {
                        becomesReady();
                        pool.submit(this);
                        return;
                    }
                }
                case NEW, WOKEN, READY -> {
                    return; // it is about to run: only unwinding wakes what was woken
                }
                default -> throw new AssertionError("no state of a task: " + state);
            }
        }
    }

    @Override
    @Nullable Thread ownThread() {
        SeatRunner own = runner;
        return own == null ? null : own.thread();
    }

    // ---- counted and measured, on the runner

    @Override
    int worker() {
        return ownRunner().seat().worker();
    }

    @Override
    void countStep() {
        ownRunner().seat().counters.increment(SeatCounters.STEPS);
    }

    // ---- suspending, on the runner

    @Override
    void expectWake() {
        // Nothing to do: while this runs, a wake-up is remembered.
    }

    @Override
    void awaitWake() {
        if (STATE.compareAndSet(this, RUNNING, SUSPENDED)) {
            ownRunner().leave(this);
        }
        STATE.setRelease(this, RUNNING); // nobody waits to see it
    }

    @Override
    void giveUpControl() {
        state = READY;
        becomesReady();
        ownRunner().leaveBehindOthers(this);
        STATE.setRelease(this, RUNNING);
    }

    private SeatRunner ownRunner() {
        SeatRunner own = runner;
        if (own == null) {
            throw new AssertionError("a task that has not begun suspends");
        }
        return own;
    }

    // ---- ending

    /// Takes note that this is to be unwound, which the pool does when it is shut.
    @Override
    void unwind() {
        unwinding = true;
    }

    /// Has the body leave its `await()` with [dev.treadle.GeneratorExit], or the blocking call that
    /// its step is in with an interrupt. By the thread that closes the loop.
    void leaveNow() {
        unwinding = true;
        if (state != SUSPENDED) {
            interruptUnlessOver();
        }
        wake();
    }

    // ---- telling

    @Override
    @Nullable Thread suspendedOn() {
        return switch (state) {
            case SUSPENDED, READY -> ownThread();
            default -> null;
        };
    }
}
