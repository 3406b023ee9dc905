package com.example.app;

import dev.treadle.Task;
import java.util.concurrent.CountDownLatch;

/// An application's code, to be found in what is answered.
public final class Shop {
    private Shop() {}

    /// Blocks its thread, as a call over the network does.
    public static void callTheBank(CountDownLatch release) throws InterruptedException {
        release.await();
    }

    /// Awaits another task.
    public static void awaitCheckout(Task<?> checkout) {
        checkout.await();
    }
}
