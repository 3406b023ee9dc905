package dev.treadle.examples.crawler;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.treadle.Async;
import dev.treadle.Coroutine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FetcherTest {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger mostRunning = new AtomicInteger();
    private final CountDownLatch three = new CountDownLatch(3);
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        client.close();
        server.stop(0);
        threads.close();
    }

    /// Answers with the status that the path names; with 200 not before three have asked.
    private void answer(HttpExchange exchange) throws IOException {
        int status = Integer.parseInt(exchange.getRequestURI().getPath().substring(1));
        requests.incrementAndGet();
        mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
        if (status == 200) {
            three.countDown();
            awaitAll(three);
        }
        running.decrementAndGet();
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    private static void awaitAll(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the server", e);
        }
    }

    private URI uri(int status) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/" + status);
    }

    private static Options options(String line) throws UsageException {
        return Options.parse(List.of(line.split(" ")));
    }

    @Test
    void aHostGetsNoMoreRequestsAtATimeThanAllowed() throws Exception {
        Ledger ledger = new Ledger();
        Fetcher fetcher = new Fetcher(client, options("--per-host 3 --timeout 1m"), ledger);
        URI page = uri(200);

        Async.run(() -> {
            Async.gather(
                            IntStream.range(0, 50)
                                    .mapToObj(_ -> Coroutine.of(() -> fetcher.fetch(page)))
                                    .toList())
                    .await();
        });

        assertThat(requests).hasValue(50);
        assertThat(mostRunning).hasValue(3);
        assertThat(ledger.latencies().count()).isEqualTo(50);
    }

    @Test
    void aTroubledServerIsAskedAgain() throws Exception {
        Ledger ledger = new Ledger();
        Fetcher fetcher =
                new Fetcher(client, options("--retries 3 --backoff 1ms --timeout 1m"), ledger);
        URI page = uri(503);

        Answer answer = Async.run(() -> fetcher.fetch(page));

        assertThat(answer)
                .isInstanceOfSatisfying(
                        Answer.Received.class, it -> assertThat(it.status()).isEqualTo(503));
        assertThat(ledger.statuses()).isEqualTo(Map.of(503, 4));
    }

    @Test
    void aMissingPageIsNot() throws Exception {
        Ledger ledger = new Ledger();
        Fetcher fetcher = new Fetcher(client, options("--retries 3 --timeout 1m"), ledger);
        URI page = uri(404);

        Async.run(() -> fetcher.fetch(page));

        assertThat(ledger.statuses()).isEqualTo(Map.of(404, 1));
    }
}
