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

    /// Checks that every part is there.
    public Ports {
        Objects.requireNonNull(clock, "clock");
        Objects.requireNonNull(ready, "ready");
        Objects.requireNonNull(poller, "poller");
        Objects.requireNonNull(carriers, "carriers");
        Objects.requireNonNull(offload, "offload");
    }
}
