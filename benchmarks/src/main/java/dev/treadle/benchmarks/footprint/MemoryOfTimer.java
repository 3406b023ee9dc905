package dev.treadle.benchmarks.footprint;

import dev.treadle.EventLoop;
import dev.treadle.Handle;
import dev.treadle.Runner;
import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.contestants.Contestant;
import dev.treadle.benchmarks.contestants.ExecutorThread;
import dev.treadle.benchmarks.contestants.Peer;
import dev.treadle.benchmarks.contestants.Variant;
import io.netty.channel.DefaultEventLoop;
import io.netty.util.HashedWheelTimer;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/// The memory of a timer that is armed.
@Row(
        family = Row.Family.MEMORY,
        title = "memory of an armed timer",
        operation = "timer",
        unit = "B",
        work =
                "Timers of an hour that do nothing, with what cancels them kept, made in a JVM of their"
                        + " own.",
        behind =
                "A timer of Treadle keeps the context in which its callback is to run, as asyncio's does.",
        counts = "timers")
public final class MemoryOfTimer implements MemoryRow {
    private record Kept(Object loop, List<?> handles) {}

    @Override
    public List<Contestant> contestants() {
        List<Contestant> all = new ArrayList<>(List.of(Variant.values()));
        all.addAll(List.of(Peer.NETTY_DEFAULT, Peer.NETTY_WHEEL, Peer.VERTX, Peer.JDK_EXECUTOR));
        return all;
    }

    @Override
    public Object hold(Contestant who, int n) throws Exception {
        return switch (who) {
            case Variant variant -> timers(variant.newRunner(), n);
            case Peer.NETTY_DEFAULT -> netty(n);
            case Peer.NETTY_WHEEL -> wheel(n);
            case Peer.VERTX -> vertx(n);
            case Peer.JDK_EXECUTOR -> scheduled(new ExecutorThread().executor(), n);
            default -> throw new IllegalArgumentException(who + " has no timers");
        };
    }

    private static Kept timers(Runner runner, int n) {
        return runner.run(() -> {
            EventLoop loop = EventLoop.running();
            List<Handle> handles = new ArrayList<>(n);
            for (int i = 0; i < n; i++) {
                handles.add(loop.callLater(Duration.ofHours(1), () -> {}));
            }
            return new Kept(runner, handles);
        });
    }

    private static Kept netty(int n) throws Exception {
        DefaultEventLoop loop = new DefaultEventLoop();
        return loop.submit(() -> scheduled(loop, n)).get();
    }

    private static Kept scheduled(ScheduledExecutorService executor, int n) {
        List<ScheduledFuture<?>> handles = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            handles.add(executor.schedule(() -> {}, 1, TimeUnit.HOURS));
        }
        return new Kept(executor, handles);
    }

    private static Kept wheel(int n) {
        HashedWheelTimer wheel = new HashedWheelTimer();
        List<Object> handles = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            handles.add(wheel.newTimeout(_ -> {}, 1, TimeUnit.HOURS));
        }
        return new Kept(wheel, handles);
    }

    private static Kept vertx(int n) {
        Vertx vertx = Vertx.vertx();
        List<Object> handles = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            handles.add(vertx.setTimer(3_600_000, _ -> {}));
        }
        return new Kept(vertx, handles);
    }
}
