package dev.treadle.examples.crawler;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/// Serves the meters of all loops for Prometheus, on the loopback interface.
///
/// There is nothing to be done about the loops themselves: `treadle-metrics` binds them to the
/// global registry, to which this adds its own.
final class MetricsServer implements AutoCloseable {
    private static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final HttpServer server;

    private MetricsServer(HttpServer server) {
        this.server = server;
    }

    /// Starts it.
    ///
    /// @param port where; 0 for a free port
    /// @throws IOException if the port can't be had
    static MetricsServer start(int port) throws IOException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        MetricsServer metrics = new MetricsServer(server);
        server.createContext("/metrics", metrics::answer);
        Metrics.addRegistry(metrics.registry);
        server.start();
        return metrics;
    }

    /// Where the meters are.
    URI address() {
        InetSocketAddress address = server.getAddress();
        return URI.create(
                "http://"
                        + address.getAddress().getHostAddress()
                        + ":"
                        + address.getPort()
                        + "/metrics");
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = registry.scrape().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", CONTENT_TYPE);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        Metrics.removeRegistry(registry);
        registry.close();
    }
}
