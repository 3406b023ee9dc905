package dev.treadle.benchmarks.callbacks;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;

/// Callbacks that count, queued on somebody's loop.
final class Callbacks {
    private Callbacks() {}

    /// Queues callbacks from within the loop, a batch at a time: the last of a batch queues the
    /// next.
    private static final class Feeding implements Runnable {
        private final Executor loop;
        private final int batch;
        private final CountDownLatch done = new CountDownLatch(1);
        private long left; // loop thread only
        private long run; // loop thread only; published by done

        Feeding(Executor loop, int calls, int batch) {
            this.loop = loop;
            this.batch = batch;
            this.left = calls;
        }

        @Override
        public void run() {
            if (left == 0) {
                done.countDown();
                return;
            }
            for (int i = 0; i < batch; i++) {
                loop.execute(() -> run++);
            }
            left -= batch;
            loop.execute(this);
        }
    }

    /// Queues callbacks from within the loop and waits until all have run.
    ///
    /// @param loop what queues one
    /// @param calls how many; a multiple of the batch
    /// @param batch how many are queued before they run
    /// @return how many have run
    /// @throws InterruptedException never
    static long fromWithin(Executor loop, int calls, int batch) throws InterruptedException {
        Feeding feeding = new Feeding(loop, calls, batch);
        loop.execute(feeding);
        feeding.done.await();
        return feeding.run;
    }

    /// What the callbacks from other threads do.
    private static final class Counting implements Runnable {
        private final int calls;
        private final Runnable whenDone;
        private int run; // loop thread only

        Counting(int calls, Runnable whenDone) {
            this.calls = calls;
            this.whenDone = whenDone;
        }

        @Override
        public void run() {
            run++;
            if (run == calls) {
                whenDone.run();
            }
        }
    }

    /// Starts threads that queue callbacks.
    ///
    /// @param loop what queues one
    /// @param producers how many threads
    /// @param calls how many callbacks altogether
    /// @param whenDone what the last callback calls
    static void fromThreads(Executor loop, int producers, int calls, Runnable whenDone) {
        Counting counting = new Counting(calls, whenDone);
        for (int i = 0; i < producers; i++) {
            Thread.ofPlatform()
                    .start(() -> {
                        for (int j = 0; j < calls / producers; j++) {
                            loop.execute(counting);
                        }
                    });
        }
    }

    /// Has threads queue callbacks and waits until all have run.
    ///
    /// @param loop what queues one
    /// @param producers how many threads
    /// @param calls how many callbacks altogether
    /// @return how many have run
    /// @throws InterruptedException never
    static long fromThreads(Executor loop, int producers, int calls) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        fromThreads(loop, producers, calls, done::countDown);
        done.await();
        return calls;
    }
}
