package dev.treadle.examples.notes;

import dev.treadle.Async;
import dev.treadle.DuplexGenerator;
import dev.treadle.Future;
import dev.treadle.StopIteration;
import dev.treadle.Task;
import dev.treadle.sync.Queue;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `producer_consumer.py`: the model once with `send()`, once with a queue between tasks.
public final class ProducerConsumer {
    private final PrintStream out;

    ProducerConsumer(PrintStream out) {
        this.out = out;
    }

    /// Prints what `producer_consumer.py` prints.
    ///
    /// @param args not used
    public static void main(String[] args) {
        new ProducerConsumer(System.out).run();
    }

    private DuplexGenerator<String, Integer, String> consumer() {
        return DuplexGenerator.of(y -> {
            String status = "ready";
            while (true) {
                Integer item = y.yield(status);
                if (item == null) {
                    return "consumer done";
                }
                out.println("consuming " + item);
                status = "ok " + item;
            }
        });
    }

    private void produce(DuplexGenerator<String, Integer, String> target, int count) {
        out.println(target.next());
        for (int item = 1; item <= count; item++) {
            out.println("producing " + item);
            out.println("reply: " + target.send(item));
        }
        try {
            target.send(null);
        } catch (StopIteration stop) {
            out.println(stop.value());
        }
    }

    private void queueModel(int count, int workers) {
        Queue<Integer> queue = Queue.bounded(2);
        List<Integer> taken = new ArrayList<>();
        List<Task<@Nullable Void>> pool = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            pool.add(Async.createTask(() -> worker(queue, taken)));
        }
        producer(queue, count);
        queue.join().await();
        pool.forEach(Task::cancel);
        var results = Async.gatherSettled(pool).await();
        long cancelled = results.stream().filter(Future::isCancelled).count();
        out.println("taken " + taken.stream().sorted().toList() + " cancelled " + cancelled);
    }

    private static void producer(Queue<Integer> queue, int count) {
        for (int item = 0; item < count; item++) {
            queue.put(item).await();
        }
    }

    private static void worker(Queue<Integer> queue, List<Integer> taken) {
        while (true) {
            taken.add(queue.get().await());
            Async.yieldNow().await();
            queue.taskDone();
        }
    }

    void run() {
        produce(consumer(), 3);
        Async.run(() -> queueModel(10, 3));
    }
}
