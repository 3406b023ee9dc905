package dev.treadle.metrics;

import com.sun.net.httpserver.HttpServer;
import dev.treadle.Async;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.java21.instrument.binder.jdk.VirtualThreadMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// A program with one loop that does a bit of everything, and serves its meters.
final class ScrapedProgram {
    final EventLoop loop =
            EventLoop.create(LoopConfig.defaults().withName("orders").withScheduler("single"));
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics pauses = new JvmGcMetrics();
    private final VirtualThreadMetrics pinned = new VirtualThreadMetrics();
    private final HttpServer server;
    private final Thread thread = Thread.ofPlatform().unstarted(() -> loop.runForever());

    ScrapedProgram() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/metrics",
                exchange -> {
                    byte[] body = registry.scrape().getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
        pauses.bindTo(registry);
        pinned.bindTo(registry);
        TreadleMetrics.of(loop).bindTo(registry);
        loop.exceptionHandler((_, _) -> {});
        loop.createTask(Coroutine.of(this::work));
        thread.start();
        System.gc(); // a pause to be seen
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void work() {
        while (true) {
            for (int i = 0; i < 200; i++) {
                Async.yieldNow().await();
            }
            loop.createTask(Coroutine.of(() -> "done"));
            loop.createTask(
                    Coroutine.of(() -> {
                        throw new IllegalStateException("as planned");
                    }));
            loop.callLater(Duration.ofHours(1), () -> {}).cancel();
            Async.toThread(() -> "blocking").await();
            for (int i = 0; i < 10; i++) {
                Async.sleep(Duration.ofMillis(1)).await();
            }
        }
    }

    void stop() throws InterruptedException {
        loop.stop();
        thread.join();
        loop.close();
        server.stop(0);
        pinned.close();
        pauses.close();
    }
}
