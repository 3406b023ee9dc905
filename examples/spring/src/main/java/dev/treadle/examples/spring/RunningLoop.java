package dev.treadle.examples.spring;

import dev.treadle.EventLoop;

/// A loop that runs on a thread of its own, as long as the application does.
///
/// @param loop the loop
/// @param thread its thread
record RunningLoop(EventLoop loop, Thread thread) implements AutoCloseable {

    /// Starts a loop.
    RunningLoop(EventLoop loop) {
        this(loop, Thread.ofPlatform().name(loop.name()).start(loop::runForever));
    }

    /// Stops and closes the loop. Called by Spring.
    @Override
    public void close() {
        loop.stop();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                interrupted = true; // to be told when the loop has ended
            }
        }
        loop.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
