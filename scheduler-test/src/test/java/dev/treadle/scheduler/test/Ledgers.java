package dev.treadle.scheduler.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.Awaitable;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.Promise;
import dev.treadle.Task;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;

/// Bugs of shared state, and of what is left behind.
@NullUnmarked
final class Ledgers {
    private Ledgers() {}

    /// Two see that there is one left, and both take it.
    static void checkThenAct(Simulation simulation, boolean broken) {
        int[] left = {1};
        int[] taken = {0};
        Async.gather(
                        Async.createTask(() -> buy(left, taken, broken)),
                        Async.createTask(() -> buy(left, taken, broken)))
                .await();
        assertThat(taken[0]).isEqualTo(1);
    }

    private static void buy(int[] left, int[] taken, boolean broken) {
        if (!broken) {
            Async.yieldNow().await();
        }
        if (left[0] > 0) {
            if (broken) {
                Async.yieldNow().await();
            }
            left[0]--;
            taken[0]++;
        }
    }

    /// The second task needs what the first, which was created before it, puts there.
    static void startOrder(Simulation simulation, boolean broken) {
        Map<String, String> settings = new HashMap<>();
        Promise<Void> loaded = simulation.loop().createPromise();
        Task<?> loader =
                Async.createTask(() -> {
                    settings.put("host", "localhost");
                    loaded.complete(null);
                });
        Task<Integer> user =
                Async.createTask(() -> {
                    if (!broken) {
                        loaded.await();
                    }
                    return settings.get("host").length();
                });
        assertThat(user.await()).isEqualTo(9);
        loader.await();
    }

    /// When one of two fails, the other runs on and nobody waits for it.
    static void leftBehind(Simulation simulation, boolean broken) {
        Promise<Void> never = simulation.loop().createPromise();
        Task<?> slow = Async.createTask(() -> never.await());
        boolean[] ready = {false};
        Task<?> failing =
                Async.createTask(() -> {
                    if (!ready[0]) {
                        throw new IllegalStateException("not ready");
                    }
                });
        Task<?> preparing = Async.createTask(() -> ready[0] = true);
        try {
            failing.await();
            never.complete(null);
        } catch (IllegalStateException e) {
            if (!broken) {
                slow.cancel();
            }
        }
        preparing.await();
        if (!broken) {
            Async.wait(List.of(slow)).await();
        }
    }

    /// A coroutine is made before it is known whether it is needed.
    static void neverAwaited(Simulation simulation, boolean broken) {
        boolean[] cached = {false};
        Task<?> caching = Async.createTask(() -> cached[0] = true);
        Task<?> asking =
                Async.createTask(() -> {
                    if (broken) {
                        Coroutine<String> fetch = Coroutine.of(() -> "fetched");
                        if (!cached[0]) {
                            fetch.await();
                        }
                    } else if (!cached[0]) {
                        Coroutine.of(() -> "fetched").await();
                    }
                });
        Async.gather(caching, asking).await();
    }

    /// A thread adds to a counter that the loop adds to as well.
    static void threadUpdate(Simulation simulation, boolean broken) {
        int[] count = {0};
        EventLoop loop = simulation.loop();
        Promise<Void> done = loop.createPromise();
        simulation.thread(
                "adder",
                () -> {
                    if (broken) {
                        int seen = count[0];
                        loop.callSoonThreadsafe(() -> {});
                        count[0] = seen + 1;
                    } else {
                        loop.callSoonThreadsafe(() -> count[0]++);
                    }
                    loop.callSoonThreadsafe(() -> done.complete(null));
                });
        Awaitable<?> adding = Async.createTask(() -> count[0]++);
        adding.await();
        done.await();
        assertThat(count[0]).isEqualTo(2);
    }
}
