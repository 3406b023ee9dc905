package dev.treadle.examples.notes;

import dev.treadle.Async;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.Task;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
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

    private void go(EventLoop loop) {
        var tasks = new ArrayList<Task<@Nullable Void>>();
        for (int i = 0; i < 3; i++) {
            tasks.add(loop.createTask(cor1("zj_" + i)));
        }
        var waited = Async.wait(tasks).await();
        out.println(waited.done().size() + " " + waited.pending().size());
    }

    void run() {
        try (EventLoop loop = EventLoop.create()) {
            loop.runUntilComplete(Coroutine.of(() -> go(loop)));
        }
    }
}
