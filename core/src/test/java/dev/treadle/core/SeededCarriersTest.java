package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

@NullUnmarked
class SeededCarriersTest {

    @Test
    void timeStandsStillWhileAThreadIsBlockedByAMonitor() throws InterruptedException {
        assumeThat(VirtualThreads.find()).as("java.lang is open").isNotNull();
        VirtualTime time = new VirtualTime();
        SeededCarriers carriers = new SeededCarriers(time);
        Object monitor = new Object();
        Thread blocked =
                carriers.ofTasks()
                        .newThread(
                                "blocked",
                                () -> {
                                    synchronized (monitor) {
                                        assertThat(Thread.holdsLock(monitor)).isTrue();
                                    }
                                });

        synchronized (monitor) {
            blocked.start();
            while (blocked.getState() != Thread.State.BLOCKED) {
                Thread.onSpinWait();
            }
            letTheCarrierGoOn(carriers);
            assertThat(time.mayBeWoken()).as("while it is blocked").isTrue();
        }
        blocked.join();
        letTheCarrierGoOn(carriers);
        assertThat(time.mayBeWoken()).as("when it has ended").isFalse();
    }

    /// Waits until the only carrier has left what it carried before.
    private static void letTheCarrierGoOn(SeededCarriers carriers) throws InterruptedException {
        Thread next = carriers.newThread("next", () -> {});
        next.start();
        next.join();
    }
}
