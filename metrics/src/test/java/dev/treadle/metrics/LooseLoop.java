package dev.treadle.metrics;

import dev.treadle.EventLoop;
import dev.treadle.core.CarrierChoice;
import dev.treadle.core.Clock;
import dev.treadle.core.CoreEventLoop;
import dev.treadle.core.FifoReadyQueue;
import dev.treadle.core.ParkingPoller;
import dev.treadle.core.Ports;
import dev.treadle.core.ThreadOffload;

/// A loop of which no observer is told.
final class LooseLoop {
    final EventLoop loop;

    LooseLoop() {
        this("loose");
    }

    LooseLoop(String name) {
        loop =
                new CoreEventLoop(
                        name,
                        "test",
                        new Ports(
                                Clock.system(),
                                new FifoReadyQueue(),
                                new ParkingPoller(),
                                CarrierChoice.newCarriers("treadle-test-" + name),
                                new ThreadOffload("treadle-test-" + name + "-offload")));
    }
}
