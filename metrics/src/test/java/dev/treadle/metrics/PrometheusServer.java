package dev.treadle.metrics;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A Prometheus that scrapes one program, and evaluates the rules that are shipped, four times a
/// second.
final class PrometheusServer {
    private static final JsonMapper JSON = new JsonMapper();

    private final Process process;
    private final URI address;
    private final HttpClient client = HttpClient.newHttpClient();

    private PrometheusServer(Process process, URI address) {
        this.process = process;
        this.address = address;
    }

    /// Starts it, with its data in a folder.
    static PrometheusServer start(int scrapedPort, Path folder) throws IOException {
        Path config = Files.writeString(folder.resolve("prometheus.yml"), config(scrapedPort));
        String own = "127.0.0.1:" + freePort();
        Process process =
                new ProcessBuilder(
                                Promtool.require("prometheus"),
                                "--config.file=" + config,
                                "--storage.tsdb.path=" + folder.resolve("data"),
                                "--web.listen-address=" + own,
                                "--log.level=warn")
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("prometheus.log").toFile())
                        .start();
        return new PrometheusServer(process, URI.create("http://" + own + "/"));
    }

    private static String config(int scrapedPort) {
        return """
        global:
          scrape_interval: 250ms
          scrape_timeout: 250ms
          evaluation_interval: 250ms
        rule_files:
          - %s
        scrape_configs:
          - job_name: shop
            static_configs:
              - targets: ['127.0.0.1:%d']
        """
                .formatted(Shipped.ALERTS.path(), scrapedPort);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /// What a query gives now: empty while Prometheus is not up yet.
    JsonNode query(String expression) throws InterruptedException {
        return get("api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
                .path("data")
                .path("result");
    }

    /// The alerts that are pending or firing.
    JsonNode alerts() throws InterruptedException {
        return get("api/v1/alerts").path("data").path("alerts");
    }

    /// The groups of rules, each with its rules and how they are.
    JsonNode ruleGroups() throws InterruptedException {
        return get("api/v1/rules").path("data").path("groups");
    }

    private JsonNode get(String path) throws InterruptedException {
        try {
            HttpResponse<String> answer =
                    client.send(
                            HttpRequest.newBuilder(address.resolve(path)).build(),
                            HttpResponse.BodyHandlers.ofString());
            JsonNode json =
                    answer.statusCode() == 503 // not ready
                            ? JSON.createObjectNode()
                            : JSON.readTree(answer.body());
            if (json.path("status").asString("").equals("error")) {
                throw new AssertionError(path + ": " + json.path("error").asString());
            }
            return json;
        } catch (IOException e) {
            if (!process.isAlive()) {
                throw new IllegalStateException("Prometheus has ended: " + process.exitValue(), e);
            }
            return JSON.createObjectNode(); // it does not listen yet
        }
    }

    void stop() throws InterruptedException {
        client.shutdownNow();
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
