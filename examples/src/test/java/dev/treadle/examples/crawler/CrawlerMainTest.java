package dev.treadle.examples.crawler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.treadle.examples.crawler.site.EmbeddedSite;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.OS;

class CrawlerMainTest {
    private static final String CARRIERS = System.getProperty("treadle.test.carriers", "");
    private static final String SCHEDULER = System.getProperty("treadle.scheduler", "single");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... args) {
        return new CrawlerMain(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(List.of(args));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /// The lines of the report from one heading to the next blank line.
    private List<String> section(String heading) {
        return out().lines()
                .dropWhile(line -> !line.equals(heading))
                .skip(1)
                .takeWhile(line -> !line.isBlank())
                .toList();
    }

    @Nested
    class OnTheEmbeddedSite {

        @Test
        void findsEveryPageAndEveryFault() throws IOException {
            int code;
            int pages;
            try (EmbeddedSite site = EmbeddedSite.start(42, 0)) {
                pages = site.pageCount();
                // One retry for the page that is busy at first; only the page that hangs needs the
                // time.
                code =
                        run(
                                site.home().toString(),
                                "--timeout",
                                "2s",
                                "--retries",
                                "1",
                                "--backoff",
                                "1ms",
                                "--per-host",
                                "40");
            }

            assertThat(code).isZero();
            assertThat(err()).isEmpty();
            assertThat(pages).isBetween(200, 900);
            assertThat(out())
                    .contains("pages     " + pages + " read, ")
                    .contains("answers   " + pages + " x 200, 3 x 302, 3 x 404, 1 x 503, ")
                    .contains(
                            "loop      crawler, scheduler " + SCHEDULER + ", carriers " + CARRIERS);
            assertThat(section("broken links"))
                    .extracting(line ->
                            line.replaceAll(
                                    "(connection lost): .*", "$1")) // what follows is the JDK's
                    .containsExactly(
                            "  /api/dev.treadle/Reactor.html: 404",
                            "      linked from /api/dev.treadle/",
                            "  /docs/tutorial.html: 404",
                            "      linked from /docs/",
                            "  /faults/dropped: connection lost",
                            "      linked from /faults.html",
                            "  /faults/hang: no answer within 2.00 s",
                            "      linked from /faults.html",
                            "  /faults/loop-b: redirect loop",
                            "      linked from /faults/loop-a",
                            "  /faults/missing.html: 404",
                            "      linked from /",
                            "      linked from /faults.html");
            assertThat(section("faulty pages"))
                    .containsExactly(
                            "  /faults/malformed.html: malformed page: its bytes are not UTF-8",
                            "  /faults/malformed.html: bad URL: http://[::1/ (Expected closing bracket for IPv6 address)");
        }

        @Test
        void stopsAtTheLimitAndSaysSo() {
            int code =
                    run("--latency", "0", "--max-pages", "3", "--retries", "0", "--timeout", "1m");

            assertThat(code).isZero();
            assertThat(out())
                    .contains("pages     3 read, ")
                    .contains("addresses, because of --max-pages");
        }
    }

    @Nested
    class OnASiteThatIsNotThere {

        @Test
        void saysSoInOneLine() throws IOException {
            int port;
            try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = taken.getLocalPort();
            }

            int code = run("http://127.0.0.1:" + port, "--backoff", "1ms");

            assertThat(code).isEqualTo(1);
            assertThat(err())
                    .isEqualTo(
                            "crawler: cannot reach http://127.0.0.1:%d/: no connection%n"
                                    .formatted(port));
            assertThat(out()).isEmpty();
        }

        @Test
        void takesAnErrorOfTheStartPageForAbsence() throws IOException {
            try (EmbeddedSite site = EmbeddedSite.start(42, 0)) {
                int code = run(site.home() + "nothing-here");

                assertThat(code).isEqualTo(1);
                assertThat(err())
                        .isEqualTo("crawler: cannot reach " + site.home() + "nothing-here: 404\n");
            }
        }

        @Test
        void takesARedirectLoopForAbsence() throws IOException {
            try (EmbeddedSite site = EmbeddedSite.start(42, 0)) {
                int code = run(site.home() + "faults/loop-a");

                assertThat(code).isEqualTo(1);
                assertThat(err())
                        .isEqualTo(
                                "crawler: cannot reach "
                                        + site.home()
                                        + "faults/loop-a: redirect loop\n");
            }
        }
    }

    @Nested
    class WithMetrics {

        /// The only page of the site answers with what Prometheus would read at that moment.
        @Test
        void servesThemWhileItCrawls() throws Exception {
            AtomicReference<String> scraped = new AtomicReference<>("");
            HttpServer server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            try (HttpClient client = HttpClient.newHttpClient()) {
                server.createContext(
                        "/",
                        exchange -> {
                            scraped.set(get(client, metricsAddress()));
                            WhenInterrupted.respond(exchange, "<p>no links</p>");
                        });
                server.start();

                int code =
                        run(
                                "http://127.0.0.1:" + server.getAddress().getPort() + "/",
                                "--metrics-port",
                                "0");

                assertThat(code).isZero();
                assertThat(scraped.get())
                        .contains(
                                "treadle_loop_running{loop=\"crawler\",scheduler=\""
                                        + SCHEDULER
                                        + "\"} 1.0")
                        .contains("treadle_task_live{loop=\"crawler\"");
                assertThatIOException()
                        .as("they are gone when it has ended")
                        .isThrownBy(() -> get(client, metricsAddress()));
            } finally {
                server.stop(0);
            }
        }

        private URI metricsAddress() {
            return URI.create(
                    out().lines()
                            .filter(line -> line.startsWith("metrics   "))
                            .findFirst()
                            .orElseThrow()
                            .substring("metrics   ".length()));
        }

        private static String get(HttpClient client, URI address) throws IOException {
            try {
                return client.send(
                                HttpRequest.newBuilder(address).build(),
                                HttpResponse.BodyHandlers.ofString())
                        .body();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }

        @Test
        void saysSoIfThePortIsTaken() throws IOException {
            try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                int code = run("--metrics-port", Integer.toString(taken.getLocalPort()));

                assertThat(code).isEqualTo(2);
                assertThat(err())
                        .startsWith(
                                "crawler: metrics cannot be served on port "
                                        + taken.getLocalPort()
                                        + ": ");
            }
        }
    }

    @Nested
    class WithBadArguments {

        @Test
        void complainsInOneLine() {
            int code = run("--workers", "none");

            assertThat(code).isEqualTo(2);
            assertThat(err())
                    .isEqualTo(
                            "crawler: --workers needs a whole number of at least 1, not none (--help explains)\n");
            assertThat(out()).isEmpty();
        }

        @Test
        void explainsItself() {
            int code = run("--help");

            assertThat(code).isZero();
            assertThat(out()).isEqualTo(Options.USAGE);
            assertThat(err()).isEmpty();
        }
    }

    /// Whether this process gets Ctrl-C at all: one that was started in the background by a plain
    /// shell ignores it, and so do its children and every JVM among them.
    static boolean getsCtrlC() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return true;
        }
        String ignored =
                Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .findFirst()
                        .orElse("SigIgn: 0");
        int interrupt = 1 << 1; // SIGINT is 2, and the mask begins with 1
        return (Long.parseUnsignedLong(ignored.substring(7).strip(), 16) & interrupt) == 0;
    }

    @Nested
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "sends a POSIX signal")
    @EnabledIf(
            value = "dev.treadle.examples.crawler.CrawlerMainTest#getsCtrlC",
            disabledReason = "this process was started with SIGINT ignored")
    class WhenInterrupted {

        /// In a process of its own, because the signal goes to a process.
        @Test
        void reportsWhatIsDoneAndExitsWith130() throws Exception {
            CountDownLatch hanging = new CountDownLatch(1);
            CountDownLatch over = new CountDownLatch(1);
            HttpServer server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                server.setExecutor(threads);
                server.createContext("/", exchange -> respond(exchange, "<a href=/hang>hang</a>"));
                server.createContext(
                        "/hang",
                        exchange -> {
                            hanging.countDown();
                            awaitQuietly(over);
                            exchange.close();
                        });
                server.start();
                Process crawler =
                        fork(
                                "http://127.0.0.1:" + server.getAddress().getPort() + "/",
                                "--timeout",
                                "60s");
                try {
                    hanging.await();
                    assertThat(
                                    new ProcessBuilder("kill", "-INT", Long.toString(crawler.pid()))
                                            .start()
                                            .waitFor())
                            .isZero();
                    String printed =
                            new String(
                                    crawler.getInputStream().readAllBytes(),
                                    StandardCharsets.UTF_8);

                    assertThat(crawler.waitFor()).isEqualTo(130);
                    assertThat(printed)
                            .startsWith("interrupted; until then:\n")
                            .contains("pages     1 read, ")
                            .contains("loop      crawler, scheduler " + SCHEDULER);
                } finally {
                    crawler.destroyForcibly();
                    over.countDown();
                }
            } finally {
                server.stop(0);
            }
        }

        private static void respond(HttpExchange exchange, String page) throws IOException {
            byte[] body = page.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        }

        private static void awaitQuietly(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt(); // the server is shutting down
            }
        }

        private static Process fork(String... args) throws IOException {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            if (CARRIERS.equals("mounted")) {
                command.addAll(List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED"));
            }
            command.addAll(
                    List.of(
                            "-Dtreadle.scheduler=" + SCHEDULER,
                            "-cp",
                            System.getProperty("java.class.path"),
                            CrawlerMain.class.getName()));
            command.addAll(List.of(args));
            return new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        }
    }
}
