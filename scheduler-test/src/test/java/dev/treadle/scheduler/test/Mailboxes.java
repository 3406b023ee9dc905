package dev.treadle.scheduler.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Task;
import dev.treadle.sync.Queue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;

/// Bugs of those who take items and may be cancelled.
@NullUnmarked
final class Mailboxes {
    private Mailboxes() {}

    /// An item that was taken is lost if its taker is cancelled before he has dealt with it.
    static void cancelledGet(Simulation simulation, boolean broken) {
        Queue<String> mail = Queue.unbounded();
        List<String> read = new ArrayList<>();
        Task<?> reader =
                Async.createTask(() -> {
                    String item = mail.get().await();
                    try {
                        Async.yieldNow().await();
                        read.add(item);
                    } catch (CancelledError e) {
                        if (!broken) {
                            mail.putNow(item);
                        }
                        throw e;
                    }
                });
        Task<?> writer = Async.createTask(() -> mail.put("letter").await());
        Task<?> impatient =
                Async.createTask(() -> {
                    Async.yieldNow().await();
                    reader.cancel();
                });
        Async.wait(List.of(reader, writer, impatient)).await();
        assertThat(read.size() + mail.size()).isEqualTo(1);
    }

    /// A worker takes a cancellation for a failure of its item, and goes on.
    static void swallowsCancellation(Simulation simulation, boolean broken) {
        Queue<Integer> work = Queue.unbounded();
        work.putNow(1);
        work.putNow(2);
        simulation
                .subject(() -> {
                    while (!work.isEmpty()) {
                        work.getNow();
                        try {
                            Async.yieldNow().await();
                        } catch (CancelledError e) {
                            if (!broken) {
                                throw e;
                            }
                        }
                    }
                })
                .await();
    }
}
