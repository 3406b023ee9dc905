package dev.treadle.core;

import java.util.Objects;

/// The parts that a loop is assembled from.
///
/// @param clock its time
/// @param ready what runs next
/// @param poller where it waits
/// @param carriers what its runners are carried by
/// @param offload threads for blocking work
public record Ports(
        Clock clock, ReadyQueue ready, Poller poller, Carriers carriers, Offload offload) {

    /// The parts of a loop that serves an application: the system's clock, first in first out, and
    /// a pool of threads for blocking work.
    ///
    /// @param carriers what its runners are carried by
    /// @param threads what the names of its threads begin with, see [LoopNames#threads]
    /// @return the parts
    public static Ports ofSystem(Carriers carriers, String threads) {
        return new Ports(
                Clock.system(),
                new FifoReadyQueue(),
                new ParkingPoller(),
                carriers,
                new ThreadOffload(threads + "-offload"));
    }

    /// Checks that every part is there.
    public Ports {
        Objects.requireNonNull(clock, "clock");
        Objects.requireNonNull(ready, "ready");
        Objects.requireNonNull(poller, "poller");
        Objects.requireNonNull(carriers, "carriers");
        Objects.requireNonNull(offload, "offload");
    }
}
