package dev.treadle.examples.crawler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import dev.treadle.metrics.TreadleMetrics;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real Prometheus scrapes the demo, with the rules out of the jar of `treadle-metrics`, while
/// the demo blocks its loop.
///
/// Skipped where Prometheus is not installed, unless the environment variable `TREADLE_PROMETHEUS`
/// is `required`.
@Tag("realtime")
class AlertTest {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);
    private static final Pattern FIRING =
            Pattern.compile("\"alertname\":\"TreadleLoopBlocked\"[^}]*\"loop\":\"crawler\"");

    @TempDir private Path folder;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /// What is looked at again and again.
    private interface Look {
        boolean isWell() throws IOException, InterruptedException;
    }

    private static void await(String what, Look look) throws IOException, InterruptedException {
        long began = System.nanoTime();
        while (!look.isWell()) {
            assertThat(System.nanoTime() - began).as(what).isLessThan(PATIENCE);
            LockSupport.parkNanos(50_000_000);
        }
    }

    @Test
    void ofABlockedLoopFiresAndResolves() throws Exception {
        requirePrometheus();
        CountDownLatch seen = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                HttpClient client = HttpClient.newHttpClient()) {
            HttpServer site = siteThatAnswersAfter(seen, threads);
            var crawl = CompletableFuture.supplyAsync(() -> crawl(site), threads);
            Process prometheus = null;
            try {
                await("where the meters are", () -> out().contains("metrics   "));
                URI own = URI.create("http://127.0.0.1:" + freePort() + "/");
                prometheus = start(own);

                await("the alert fires", () -> isFiring(client, own));
                assertThat(crawl).isNotDone();
                await("the alert resolves", () -> !isFiring(client, own));
                assertThat(crawl).as("the demo, which goes on").isNotDone();
                assertThat(prometheus.isAlive()).as("Prometheus goes on").isTrue();
            } finally {
                seen.countDown();
                if (prometheus != null) {
                    prometheus.destroy();
                    prometheus.waitFor();
                }
            }
            assertThat(crawl.get()).isZero();
            site.stop(0);
        }
    }

    private static void requirePrometheus() {
        boolean installed =
                Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(path -> Files.isExecutable(Path.of(path, "prometheus")));
        if ("required".equals(System.getenv("TREADLE_PROMETHEUS"))) {
            assertThat(installed).as("prometheus is installed").isTrue();
        }
        assumeTrue(installed, "prometheus is not installed: apt-get install prometheus");
    }

    /// A site of one page, which is there when all has been seen: the demo does not end before.
    private static HttpServer siteThatAnswersAfter(CountDownLatch seen, ExecutorService threads)
            throws IOException {
        HttpServer site =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        site.setExecutor(threads);
        site.createContext(
                "/",
                exchange -> {
                    try {
                        seen.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    exchange.getResponseHeaders().set("Content-Type", "text/html");
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                });
        site.start();
        return site;
    }

    private int crawl(HttpServer site) {
        PrintStream printed = new PrintStream(out, true, StandardCharsets.UTF_8);
        return new CrawlerMain(printed, printed)
                .run(
                        List.of(
                                "http://127.0.0.1:" + site.getAddress().getPort() + "/",
                                "--timeout",
                                "1m",
                                "--metrics-port",
                                "0",
                                "--stall",
                                "10s"));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String metricsAddress() {
        return out().lines()
                .filter(line -> line.startsWith("metrics   "))
                .findFirst()
                .orElseThrow()
                .substring("metrics   http://".length())
                .replace("/metrics", "");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Process start(URI own) throws IOException {
        Path rules = folder.resolve("alerts.yml");
        try (InputStream shipped =
                Objects.requireNonNull(
                        TreadleMetrics.class.getResourceAsStream(
                                "/META-INF/treadle/prometheus-alerts.yml"))) {
            Files.copy(shipped, rules);
        }
        Path config =
                Files.writeString(
                        folder.resolve("prometheus.yml"),
                        """
                        global:
                          scrape_interval: 250ms
                          scrape_timeout: 250ms
                          evaluation_interval: 250ms
                        rule_files:
                          - %s
                        scrape_configs:
                          - job_name: demo
                            static_configs:
                              - targets: ['%s']
                        """
                                .formatted(rules, metricsAddress()));
        return new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=" + own.getAuthority(),
                        "--log.level=warn")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("prometheus.log").toFile())
                .start();
    }

    private static boolean isFiring(HttpClient client, URI prometheus) throws InterruptedException {
        try {
            String alerts =
                    client.send(
                                    HttpRequest.newBuilder(prometheus.resolve("api/v1/alerts"))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .body();
            return FIRING.matcher(alerts).find() && alerts.contains("\"state\":\"firing\"");
        } catch (IOException _) {
            return false; // it does not listen yet
        }
    }
}
