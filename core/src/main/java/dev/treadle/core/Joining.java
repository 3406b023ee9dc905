package dev.treadle.core;

/// Waiting for threads that are about to end anyway.
final class Joining {
    private Joining() {}

    /// Waits until a thread has ended, whatever interrupts arrive; they stay set.
    static void uninterruptibly(Thread thread) {
        boolean interrupted = Thread.interrupted();
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
