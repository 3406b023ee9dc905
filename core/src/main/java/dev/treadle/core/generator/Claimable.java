package dev.treadle.core.generator;

import dev.treadle.Generator.State;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// Who may move a body on: one driver at a time, which has claimed it.
///
/// A claim is a CAS of the state. A body can have an *owner*, a thread that does without: it raises
/// its flag, and looks whether it is the owner still. Whoever else comes along ends that for good,
/// and then has the owner stopped at a safe point, by asking for its stack. From there on either
/// the flag is seen to be raised, or the owner is going to see that it is none any more. (This is
/// Dekker's algorithm, with its fence on the side of those who seldom come.) Threads that hand a
/// generator over properly never meet there. Should a JVM give stacks away without stopping a
/// thread, it is the refusal of two that race for one generator that is lost.
abstract class Claimable {
    static final int CREATED = 0;
    static final int SUSPENDED = 1;
    static final int RUNNING = 2;
    static final int HELD = 3;
    static final int CLOSED = 4;

    private static final Thread ENDING = Thread.ofVirtual().unstarted(() -> {});

    private static final VarHandle STATE;
    private static final VarHandle OWNER;
    private static final VarHandle IS_OWNER_IN;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(Claimable.class, "state", int.class);
            OWNER = lookup.findVarHandle(Claimable.class, "owner", Thread.class);
            IS_OWNER_IN = lookup.findVarHandle(Claimable.class, "isOwnerIn", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // CREATED, SUSPENDED -> RUNNING    by the driver that claims it
    // RUNNING            -> SUSPENDED  by the same driver, when the body yields
    // RUNNING            -> HELD       by the driver of a body that delegates to it
    // HELD               -> RUNNING    by the driver of the chain, or by who cuts it off
    // RUNNING, HELD      -> CLOSED     by its driver, when the body ends
    // SUSPENDED          -> CLOSED     by its owner, likewise
    // From SUSPENDED, only the owner moves it, or somebody when there is none.
    private volatile int state; // any thread, CAS

    // null    -> a thread   by the driver that claimed it first
    // thread  -> ENDING     by another thread that wants to claim it
    // ENDING  -> null       by the same, when the owner has been stopped; for good
    private @Nullable Thread owner; // any thread, CAS
    private boolean isOwnerIn; // written by the owner, read by any

    // ---- what it is

    State state() {
        return switch (state) {
            case CREATED -> State.CREATED;
            case SUSPENDED -> {
                if (isOwnerIn()) {
                    yield State.RUNNING;
                }
                yield state == SUSPENDED ? State.SUSPENDED : state();
            }
            case RUNNING -> State.RUNNING;
            case CLOSED -> State.CLOSED;
            default -> first().isBusy() ? State.RUNNING : State.SUSPENDED;
        };
    }

    final boolean isCreated() {
        return state == CREATED;
    }

    /// Whether somebody has claimed it.
    final boolean isBusy() {
        int seen = state;
        return seen == RUNNING || (seen == SUSPENDED && isOwnerIn());
    }

    private boolean isOwnerIn() {
        return (boolean) IS_OWNER_IN.getAcquire(this);
    }

    /// The first of the chain in which this is held.
    abstract Claimable first();

    // ---- claiming

    /// Claims the body for the calling driver, and returns the state it was in: created, suspended
    /// or closed. One that is closed stays so.
    ///
    /// @throws IllegalStateException if another one has claimed it
    final State claim() {
        Thread current = Thread.currentThread();
        if (owner == current && !isOwnerIn && state == SUSPENDED) {
            IS_OWNER_IN.setOpaque(this, true);
            if ((Thread) OWNER.getOpaque(this) == current) {
                return State.SUSPENDED;
            }
            IS_OWNER_IN.setRelease(this, false);
        }
        return claimSlowly();
    }

    @SuppressWarnings("ThreadPriorityCheck") // whoever is being waited for takes some microseconds
    private State claimSlowly() {
        while (true) {
            int before = state;
            switch (before) {
                case CLOSED -> {
                    return State.CLOSED;
                }
                case HELD -> {
                    if (cutOff()) {
                        return State.SUSPENDED;
                    }
                }
                default -> {
                    if (take(before)) {
                        return before == CREATED ? State.CREATED : State.SUSPENDED;
                    }
                    if (isBusy()) {
                        throw executing();
                    }
                }
            }
            Thread.yield();
        }
    }

    /// Claims a held body by itself: the chain ends before it from now on. Returns false if the
    /// links changed meanwhile.
    abstract boolean cutOff();

    static IllegalStateException executing() {
        return new IllegalStateException("generator already executing");
    }

    /// Claims it if it is in a state, created or suspended. Returns false if it is not, or if
    /// somebody is about to claim it.
    final boolean take(int from) {
        return from != RUNNING
                && (from == CREATED || isWithoutOwner())
                && STATE.compareAndSet(this, from, RUNNING);
    }

    /// Whether no other thread is the owner any more, and the owner is not in.
    private boolean isWithoutOwner() {
        Thread seen = (Thread) OWNER.getAcquire(this);
        if (seen != null && seen != Thread.currentThread()) {
            if (seen == ENDING || !OWNER.compareAndSet(this, seen, ENDING)) {
                return false;
            }
            Thread next = seen; // should its stack not be had
            try {
                var _ = seen.getStackTrace(); // stops it
                next = null;
            } finally {
                OWNER.setRelease(this, next);
            }
        }
        return !isOwnerIn();
    }

    /// Makes the calling thread the owner of what it has claimed as the first.
    final void own() {
        owner = Thread.currentThread();
    }

    /// Claims what nobody can reach any more, so that the owner, if there is one, is not in.
    final State claimDropped() {
        OWNER.setRelease(this, (Thread) null);
        return claim();
    }

    // ---- moving it

    /// Lets the claimed be held by a chain.
    final void hold() {
        STATE.setRelease(this, HELD);
    }

    /// Takes what is held out of a chain, by who has claimed that.
    final void takeBack() {
        state = RUNNING;
    }

    /// Gives up what was claimed.
    final void giveUp(boolean closed) {
        if (state == RUNNING) {
            STATE.setRelease(this, closed ? CLOSED : SUSPENDED);
        } else { // by the owner
            if (closed) {
                STATE.setRelease(this, CLOSED);
            }
            IS_OWNER_IN.setRelease(this, false);
        }
        if (closed) {
            OWNER.setRelease(this, (Thread) null);
        }
    }
}
