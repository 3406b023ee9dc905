package dev.treadle.benchmarks.footprint;

import dev.treadle.Runner;
import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.contestants.Contestant;
import dev.treadle.benchmarks.contestants.KotlinCoroutines;
import dev.treadle.benchmarks.contestants.Peer;
import dev.treadle.benchmarks.contestants.Variant;
import dev.treadle.benchmarks.contestants.VirtualThreads;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// The time from starting a JVM to the first result.
@Row(
        family = Row.Family.STARTUP,
        title = "start-up to the first result",
        operation = "JVM",
        unit = "ms",
        work =
                "From starting the process to reading the first result of a task from it; the median of"
                        + " several. The start of the JVM itself is in all of them: see the empty main.",
        behind =
                "The first run finds its scheduler by ServiceLoader, probes for carriers and starts"
                        + " threads. An archive of class data (-XX:AOTCache) would help everybody alike.")
public final class StartUp {
    private StartUp() {}

    /// {@return who takes part}
    public static List<Contestant> contestants() {
        List<Contestant> all = new ArrayList<>(List.of(Variant.values()));
        all.addAll(
                List.of(
                        Peer.KOTLIN_EVENT_LOOP,
                        Peer.KOTLIN_DEFAULT,
                        Peer.VIRTUAL_THREADS,
                        Peer.COMPLETABLE_FUTURE,
                        Peer.REACTOR,
                        Peer.NETTY_NIO,
                        Peer.VERTX,
                        Peer.BARE_JVM));
        return all;
    }

    /// Prints the first result.
    ///
    /// @param args the contestant
    /// @throws Exception if it fails
    public static void main(String[] args) throws Exception {
        System.out.println(first(args[0]));
        Runtime.getRuntime().halt(0);
    }

    /// By name, because to look for it among all would load them all.
    private static long first(String who) throws Exception {
        return switch (who) {
            case "KOTLIN_EVENT_LOOP" ->
                    KotlinCoroutines.on(Peer.KOTLIN_EVENT_LOOP).spawnAndAwait(1);
            case "KOTLIN_DEFAULT" -> KotlinCoroutines.on(Peer.KOTLIN_DEFAULT).spawnAndAwait(1);
            case "VIRTUAL_THREADS" -> new VirtualThreads().run(() -> 1L);
            case "COMPLETABLE_FUTURE" -> CompletableFuture.supplyAsync(() -> 1L).join();
            case "REACTOR" ->
                    Mono.fromCallable(() -> 1L)
                            .subscribeOn(Schedulers.parallel())
                            .blockOptional()
                            .orElseThrow();
            case "NETTY_NIO" ->
                    new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory())
                            .next()
                            .submit(() -> 1L)
                            .get();
            case "VERTX" -> Vertx.vertx().executeBlocking(() -> 1L).await();
            case "BARE_JVM" -> 1L;
            default -> treadle(Variant.valueOf(who));
        };
    }

    private static long treadle(Variant variant) {
        try (Runner runner = variant.newRunner()) {
            return runner.run(() -> 1L);
        }
    }
}
