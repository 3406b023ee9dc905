package dev.treadle.examples.guide;

import dev.treadle.Async;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// A loop that serves a program of threads: `docs/loops.md`.
public final class Background implements AutoCloseable {
    private final EventLoop loop = EventLoop.create(LoopConfig.defaults().withName("background"));
    private final Thread thread = Thread.ofPlatform().name("background").start(loop::runForever);

    /// Prints what two threads have asked the loop for.
    ///
    /// @param args not used
    public static void main(String[] args) throws InterruptedException, ExecutionException {
        demonstrate(System.out);
    }

    static void demonstrate(PrintStream out) throws InterruptedException, ExecutionException {
        try (Background background = new Background()) {
            Future<String> slow = background.submit(() -> greet("grace", 20));
            Future<String> fast = background.submit(() -> greet("ada", 10));
            out.println(fast.get());
            out.println(slow.get());
        }
    }

    private static String greet(String name, int millis) {
        Async.sleep(Duration.ofMillis(millis)).await();
        return "hello " + name;
    }

    /// Runs a coroutine on the loop; any thread may wait for it.
    <T extends @Nullable Object> Future<T> submit(Coroutine.Body<T> body) {
        return Async.runCoroutineThreadsafe(Coroutine.of(body), loop);
    }

    /// Stops the loop and waits for its thread.
    @Override
    public void close() {
        loop.stop();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        loop.close();
    }
}
