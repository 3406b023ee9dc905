package dev.treadle.core;

import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// The platform thread of a seat: mounts the runners that hold it, one after the other, and, while
/// the task of the holder waits for them, virtual threads that it has started.
final class CarrierThread extends MountingThread {
    private final ConcurrentLinkedQueue<Runnable> guests = new ConcurrentLinkedQueue<>();
    private @Nullable Seat
            seat; // written before this starts; published by what is queued to be mounted

    CarrierThread(String name) {
        super(name);
    }

    /// Starts this when its seat is taken for the first time. Before a holder is mounted.
    void start(Seat taken) {
        if (seat == null) {
            seat = taken;
            ensureStarted();
        }
    }

    /// Has a virtual thread mounted when the holder waits. By the holder, who is mounted here.
    void addGuest(Runnable continuation) {
        guests.add(continuation);
    }

    /// Lets go of those that the holder does not wait for. On this thread, or by the holder.
    void sendGuestsElsewhere() {
        for (Runnable guest = guests.poll(); guest != null; guest = guests.poll()) {
            goOnElsewhere(guest);
        }
    }

    @Override
    boolean serveOthers(boolean idle) {
        if (!idle) {
            return false;
        }
        if (!isInStep()) {
            sendGuestsElsewhere();
            return false;
        }
        Runnable guest = guests.poll();
        if (guest == null) {
            return false;
        }
        guest.run();
        return true;
    }

    /// Whether the holder, which is not mounted, waits inside a step.
    private boolean isInStep() {
        SeatRunner holder = seat == null ? null : seat.holder();
        return holder != null && holder.task() != null;
    }
}
