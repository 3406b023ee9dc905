package dev.treadle.core;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// A platform thread for each seat, which mounts its holder: passing a seat never leaves that
/// thread.
///
/// A virtual thread that user code starts inside a task inherits the task's scheduler. It is a
/// *guest* of the carrier while the task waits for it, as the driver of a generator does; else it
/// goes on on the JDK's common pool, because a carrier that it computes on would be missing.
final class MountedSeatCarriers implements SeatCarriers {
    private final VirtualThreads virtualThreads;
    private final CarrierThread[] carriers;

    MountedSeatCarriers(String threadNames, int count, VirtualThreads virtualThreads) {
        this.virtualThreads = virtualThreads;
        this.carriers = new CarrierThread[count];
        for (int i = 0; i < count; i++) {
            carriers[i] = new CarrierThread(threadNames + (i + 1));
        }
    }

    @Override
    public String name() {
        return "mounted";
    }

    @Override
    public Thread newThread(String name, SeatRunner runner) {
        return virtualThreads.builder(new RunnerScheduler(runner)).name(name).unstarted(runner);
    }

    /// A runner that was granted a seat while it was still mounted on another one's carrier moves.
    @Override
    @SuppressWarnings("ThreadPriorityCheck") // the scheduler is ours
    public void seated(SeatRunner runner, Seat seat) {
        if (runner.mountedOn != seat.index) {
            Thread.yield();
        }
    }

    @Override
    public void breathe(Seat seat) {
        carriers[seat.index].sendGuestsElsewhere();
    }

    @Override
    public void close() {
        for (CarrierThread carrier : carriers) {
            carrier.end();
            carrier.sendGuestsElsewhere();
        }
    }

    /// The scheduler of one runner, and of the virtual threads that are started on it.
    private final class RunnerScheduler implements Executor {
        private final SeatRunner runner;
        private volatile @Nullable Runnable own; // the runner's continuation; the first that comes

        RunnerScheduler(SeatRunner runner) {
            this.runner = runner;
        }

        @Override
        public void execute(Runnable continuation) {
            if (own == null) {
                own = continuation;
            }
            Seat seat = runner.target();
            if (continuation != own) {
                mountOther(continuation);
            } else if (seat == null) { // it is to end
                carriers[runner.mountedOn].mount(continuation, false);
            } else {
                mountOwn(continuation, seat);
            }
        }

        private void mountOwn(Runnable continuation, Seat seat) {
            SeatRunner caller = seat.holder();
            // If it is not the caller, or is out of date, this is false, or true with reason.
            boolean here =
                    caller != null
                            && caller.thread() == Thread.currentThread()
                            && caller.mountedOn == seat.index;
            runner.mountedOn = seat.index;
            CarrierThread carrier = carriers[seat.index];
            carrier.start(seat);
            carrier.mount(continuation, here);
        }

        private void mountOther(Runnable continuation) {
            if (Thread.currentThread() == runner.thread()) {
                carriers[runner.mountedOn].addGuest(continuation);
            } else {
                MountingThread.goOnElsewhere(continuation);
            }
        }
    }
}
