package dev.treadle.examples.crawler.site;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A web site on the loopback interface: some hundred linked pages, a delay before each, and a few
/// [Faults].
///
/// Every path has its own delay, between 20 and 200 ms, which depends on the seed only.
public final class EmbeddedSite implements AutoCloseable {
    private static final int BACKLOG = 1024;
    private static final double SHORTEST_MILLIS = 20;
    private static final double LONGEST_MILLIS = 200;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, byte[]> pages = Pages.all();
    private final Set<String> visitedBefore = ConcurrentHashMap.newKeySet(); // any thread
    private final CountDownLatch closed = new CountDownLatch(1);
    private final long seed;
    private final double latencyFactor;

    private EmbeddedSite(HttpServer server, long seed, double latencyFactor) {
        this.server = server;
        this.seed = seed;
        this.latencyFactor = latencyFactor;
    }

    /// Starts the site on a free port.
    ///
    /// @param seed decides the delays
    /// @param latencyFactor what the delays are multiplied with; 0 for none
    /// @return the running site
    /// @throws IOException if no port can be had
    public static EmbeddedSite start(long seed, double latencyFactor) throws IOException {
        HttpServer server =
                HttpServer.create(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        EmbeddedSite site = new EmbeddedSite(server, seed, latencyFactor);
        server.createContext("/", site::handle);
        server.setExecutor(site.threads);
        server.start();
        return site;
    }

    /// {@return the address of the home page}
    public URI home() {
        InetSocketAddress address = server.getAddress();
        return URI.create(
                "http://" + address.getAddress().getHostAddress() + ":" + address.getPort() + "/");
    }

    /// {@return how many pages there are, the faulty ones that can be read among them}
    public int pageCount() {
        return pages.size();
    }

    /// Stops serving; requests that hang are dropped.
    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            answer(exchange, exchange.getRequestURI().getPath());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // the site is closing: leaving drops the connection
        }
    }

    private void answer(HttpExchange exchange, String path)
            throws IOException, InterruptedException {
        Thread.sleep(delayOf(path));
        switch (Faults.at(path)) {
            case HANG -> closed.await();
            case DROP -> {} // leaving without an answer closes the connection
            case LOOP_A -> redirect(exchange, Faults.LOOP_B);
            case LOOP_B -> redirect(exchange, Faults.LOOP_A);
            case MOVED -> redirect(exchange, "/api/");
            case BUSY -> {
                if (visitedBefore.add(path)) {
                    respond(exchange, 503, new byte[0]);
                } else {
                    servePage(exchange, path);
                }
            }
            case MISSING, MALFORMED -> servePage(exchange, path);
            case null -> servePage(exchange, path);
        }
    }

    private void servePage(HttpExchange exchange, String path) throws IOException {
        byte[] page = pages.get(path);
        if (page == null) {
            respond(exchange, 404, new byte[0]);
        } else {
            respond(exchange, 200, page);
        }
    }

    private static void redirect(HttpExchange exchange, String target) throws IOException {
        exchange.getResponseHeaders().set("Location", target);
        respond(exchange, 302, new byte[0]);
    }

    private static void respond(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length); // -1: no body
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private Duration delayOf(String path) {
        double part = new SplittableRandom(seed ^ path.hashCode()).nextDouble();
        double millis =
                (SHORTEST_MILLIS + (LONGEST_MILLIS - SHORTEST_MILLIS) * part) * latencyFactor;
        return Duration.ofNanos((long) (millis * 1e6));
    }
}
