package dev.treadle.scheduler.test.orders;

import dev.treadle.Async;
import dev.treadle.Task;
import dev.treadle.scheduler.test.Simulation;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/// What races are made of.
final class Racing {
    private Racing() {}

    static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }

    /// Does something at a time that is chosen: at once, or after one of the first milliseconds.
    static Task<?> sometime(Simulation simulation, int mostMillis, Runnable action) {
        int delay = simulation.choose(mostMillis + 1);
        return Async.createTask(() -> {
            if (delay > 0) {
                Async.sleep(ms(delay)).await();
            }
            action.run();
        });
    }

    /// Waits until all have ended, whatever comes of them.
    static void end(Task<?>... tasks) {
        end(Arrays.asList(tasks));
    }

    static void end(List<? extends Task<?>> tasks) {
        Async.wait(tasks).await();
    }

    /// Why a task failed; null if it has succeeded or was cancelled.
    static Throwable failureOf(Task<?> task) {
        return task.isCancelled() ? null : task.exception();
    }
}
