package dev.treadle.scheduler.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Handle;
import dev.treadle.Promise;
import dev.treadle.Task;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;

/// Bugs of those who do not wait for ever.
@NullUnmarked
final class Timeouts {
    private Timeouts() {}

    /// The timer of a request that was answered in time ends the next one.
    static void stale(Simulation simulation, boolean broken) {
        Promise<String>[] pending = newArray();
        for (int i = 0; i < 2; i++) {
            Promise<String> answer = simulation.loop().createPromise();
            pending[0] = answer;
            Handle timer =
                    simulation
                            .loop()
                            .callLater(
                                    Duration.ofMillis(10),
                                    () -> pending[0].tryComplete("timed out"));
            Duration delay = Duration.ofMillis(3L * simulation.choose(3));
            Task<?> server =
                    Async.createTask(() -> {
                        Async.sleep(delay).await();
                        Async.sleep(delay).await();
                        answer.tryComplete("answered");
                    });
            String got = answer.await();
            boolean inTime = 2 * delay.toMillis() < 10;
            assertThat(got).isEqualTo(inTime ? "answered" : "timed out");
            server.await();
            if (!broken) {
                timer.cancel();
            }
        }
        Async.sleep(Duration.ofMillis(20)).await();
    }

    /// The result arrives when the time is up: it has been taken, and the taker is cancelled.
    static void atTheSameTime(Simulation simulation, boolean broken) {
        int[] stock = {1};
        int[] sold = {0};
        Task<?> sale =
                Async.createTask(() -> {
                    Async.sleep(Duration.ofMillis(10)).await();
                    stock[0]--;
                    try {
                        Async.yieldNow().await();
                        sold[0]++;
                    } catch (CancelledError e) {
                        if (!broken) {
                            stock[0]++;
                        }
                        throw e;
                    }
                });
        Task<?> limit =
                Async.createTask(() -> {
                    Async.sleep(Duration.ofMillis(10)).await();
                    sale.cancel();
                });
        Async.wait(List.of(sale, limit)).await();
        assertThat(stock[0] + sold[0]).isEqualTo(1);
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // an empty one, just for its type
    private static Promise<String>[] newArray(Promise<String>... none) {
        return java.util.Arrays.copyOf(none, 1);
    }
}
