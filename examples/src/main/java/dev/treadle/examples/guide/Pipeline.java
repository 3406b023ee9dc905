package dev.treadle.examples.guide;

import dev.treadle.Async;
import dev.treadle.TaskGroup;
import dev.treadle.sync.Queue;
import dev.treadle.sync.QueueShutDown;
import dev.treadle.sync.Semaphore;
import java.io.PrintStream;
import java.time.Duration;

/// A reader, two workers and a limit on what they do at once: `docs/sync.md`.
public final class Pipeline {
    private final PrintStream out;

    Pipeline(PrintStream out) {
        this.out = out;
    }

    /// Prints what was worked off.
    ///
    /// @param args not used
    public static void main(String[] args) {
        new Pipeline(System.out).run();
    }

    private void read(Queue<String> lines) {
        for (int i = 1; i <= 4; i++) {
            lines.put("line " + i).await(); // waits while the workers are behind
        }
        lines.shutdown(); // what is there can still be taken
    }

    private void work(Queue<String> lines, Semaphore connections) {
        try {
            while (true) {
                String line = lines.get().await();
                try (var _ = connections.acquire().await()) {
                    Async.sleep(Duration.ofMillis(5)).await(); // stands for a call to a service
                    out.println("sent " + line);
                }
            }
        } catch (QueueShutDown e) {
            out.println("nothing left");
        }
    }

    private void start(TaskGroup group) {
        Queue<String> lines = Queue.bounded(2);
        Semaphore connections = new Semaphore(1);
        group.createTask(() -> read(lines));
        group.createTask(() -> work(lines, connections));
        group.createTask(() -> work(lines, connections));
    }

    void run() {
        Async.run(() -> TaskGroup.run(this::start).await());
    }
}
