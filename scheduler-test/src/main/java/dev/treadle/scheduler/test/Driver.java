package dev.treadle.scheduler.test;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Runs an exploration on a thread of its own, so that a step that never ends can be told and left
/// behind.
final class Driver {
    /// How long a step may take in real time.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final int LOOKS = 10;

    private Driver() {}

    static <T> T call(Function<Heartbeat, T> exploration) {
        return call(exploration, PATIENCE);
    }

    static <T> T call(Function<Heartbeat, T> exploration, Duration patience) {
        Heartbeat heartbeat = new Heartbeat();
        FutureTask<T> result = new FutureTask<>(() -> exploration.apply(heartbeat));
        Thread thread = new Thread(new ThreadGroup("treadle-test"), result, "treadle-test-driver");
        thread.setDaemon(true);
        thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
        thread.start();
        try {
            return await(result, heartbeat, patience);
        } catch (InterruptedException e) {
            heartbeat.abandon();
            thread.interrupt();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a simulation ran", e);
        } catch (ExecutionException e) {
            throw rethrown(e);
        }
    }

    private static <T> T await(FutureTask<T> result, Heartbeat heartbeat, Duration patience)
            throws InterruptedException, ExecutionException {
        long seen = heartbeat.beats();
        int looks = 0;
        while (true) {
            try {
                return result.get(patience.toMillis() / LOOKS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException _) { // look whether it goes on
                long now = heartbeat.beats();
                looks = now == seen ? looks + 1 : 0;
                seen = now;
            }
            if (looks >= LOOKS) {
                heartbeat.abandon();
                throw stuck(heartbeat.holder(), patience);
            }
        }
    }

    private static SimulationFailure stuck(@Nullable Thread holder, Duration patience) {
        StringBuilder text =
                new StringBuilder("no step has ended for ")
                        .append(Trace.time(patience.toNanos()))
                        .append(": the code blocks outside Treadle, or never gives up control");
        Throwable where = new Throwable("where it is stuck");
        if (holder != null) {
            text.append(", on thread ")
                    .append(holder.getName())
                    .append(" (")
                    .append(holder.getState())
                    .append(')');
            where.setStackTrace(holder.getStackTrace());
            holder.interrupt(); // what blocks may end by that
        }
        return new SimulationFailure(text.toString(), where, null, 0);
    }

    private static RuntimeException rethrown(ExecutionException e) {
        return switch (e.getCause()) {
            case SimulationFailure failure -> throw failure;
            case RuntimeException unchecked -> unchecked;
            case Error error -> throw error;
            case null, default -> new IllegalStateException("the simulation failed", e.getCause());
        };
    }
}
