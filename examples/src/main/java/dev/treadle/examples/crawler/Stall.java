package dev.treadle.examples.crawler;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A callback as none should be: it blocks the loop, so that one can see how that is found out.
///
/// @param time for how long
record Stall(Duration time) implements Runnable {

    @Override
    public void run() {
        CountDownLatch nobodyCounts = new CountDownLatch(1);
        try {
            if (nobodyCounts.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new AssertionError("a latch that nobody knows has opened");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever wants the loop to end is right
        }
    }
}
