package dev.treadle.examples.notes;

import dev.treadle.Async;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.Handle;
import java.io.PrintStream;
import java.util.concurrent.ExecutionException;

/// `threadsafe.py`: one thread runs a loop, another hands it callbacks and a coroutine.
public final class Threadsafe {
    private final PrintStream out;

    Threadsafe(PrintStream out) {
        this.out = out;
    }

    /// Prints what `threadsafe.py` prints; two threads print, so the lines may interleave in more
    /// than one way.
    ///
    /// @param args not used
    /// @throws Exception if the coroutine fails or this thread is interrupted
    public static void main(String[] args) throws Exception {
        new Threadsafe(System.out).run();
    }

    private String thread(String name) {
        out.println("executing name: " + name);
        return "return nam:" + name;
    }

    private Coroutine<String> co(String name) {
        return Coroutine.of(() -> thread(name));
    }

    void run() throws InterruptedException, ExecutionException {
        try (EventLoop loop = EventLoop.create()) {
            Thread t = new Thread(loop::runForever);
            // Before the start, unlike in Python: these two threads really run at once, and a loop
            // that runs
            // already might be quicker than the cancel.
            Handle handle = loop.callSoonThreadsafe(() -> thread("zj"));
            handle.cancel();
            t.start();
            loop.callSoonThreadsafe(() -> thread("zj2"));
            out.println("main thread non blocking...");
            loop.callSoonThreadsafe(() -> thread("zj3"));
            out.println("main thread on going...");
            var f = Async.runCoroutineThreadsafe(co("zj"), loop);
            out.println(f.get());
            // Python refuses a plain value with a TypeError when the program runs; here it does not
            // compile:
            // Async.runCoroutineThreadsafe(thread("zj"), loop);
            loop.callSoonThreadsafe(loop::stop);
            t.join();
        }
    }
}
