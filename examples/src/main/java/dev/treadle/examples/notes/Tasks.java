package dev.treadle.examples.notes;

import dev.treadle.Async;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import java.io.PrintStream;
import java.time.Duration;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// `tasks.py`: three tasks sleep at the same time, on a loop that is run by hand.
public final class Tasks {
    private final PrintStream out;

    Tasks(PrintStream out) {
        this.out = out;
    }

    /// Prints what `tasks.py` prints.
    ///
    /// @param args not used
    public static void main(String[] args) {
        new Tasks(System.out).run();
    }

    private Coroutine<@Nullable Void> cor1(String name) {
        return Coroutine.of(() -> {
            out.println("executing:  " + name);
            Async.sleep(Duration.ofMillis(200)).await();
            out.println("executed:  " + name);
        });
    }

    void run() {
        try (EventLoop loop = EventLoop.create()) {
            Coroutine<@Nullable Void> go =
                    Coroutine.of(() -> {
                        var tasks =
                                IntStream.range(0, 3)
                                        .mapToObj(i -> loop.createTask(cor1("zj_" + i)))
                                        .toList();
                        var waited = Async.wait(tasks).await();
                        out.println(waited.done().size() + " " + waited.pending().size());
                    });
            loop.runUntilComplete(go);
        }
    }
}
