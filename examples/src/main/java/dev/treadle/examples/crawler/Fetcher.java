package dev.treadle.examples.crawler;

import dev.treadle.Async;
import dev.treadle.EventLoop;
import dev.treadle.Future;
import dev.treadle.TimeoutError;
import dev.treadle.sync.Semaphore;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Asks servers for pages: not too many requests at a time to one host, none for too long, some of
/// them again.
final class Fetcher {
    private static final Set<Integer> WORTH_RETRYING = Set.of(429, 500, 502, 503, 504);
    private static final int LARGEST_PAGE = 8 << 20;

    private final HttpClient client;
    private final Options options;
    private final Ledger ledger;
    private final Backoff backoff;
    private final Map<String, Semaphore> hosts = new ConcurrentHashMap<>();

    Fetcher(HttpClient client, Options options, Ledger ledger) {
        this.client = client;
        this.options = options;
        this.ledger = ledger;
        this.backoff = new Backoff(options.backoff(), options.seed());
    }

    /// Fetches a page, trying again as often as the options allow. Must run in a coroutine.
    Answer fetch(URI uri) {
        for (int retry = 0; ; retry++) {
            Answer answer = tryOnce(uri);
            boolean worthRetrying =
                    switch (answer) {
                        case Answer.Received received -> WORTH_RETRYING.contains(received.status());
                        case Answer.Failed _ -> true;
                    };
            if (!worthRetrying || retry == options.retries()) {
                return answer;
            }
            Async.sleep(backoff.before(retry)).await();
        }
    }

    private Answer tryOnce(URI uri) {
        Semaphore host =
                hosts.computeIfAbsent(uri.getAuthority(), _ -> new Semaphore(options.perHost()));
        try (var _ = host.acquire().await()) {
            long start = EventLoop.running().time();
            Answer answer = send(uri);
            ledger.answered(answer, Duration.ofNanos(EventLoop.running().time() - start));
            return answer;
        }
    }

    private Answer send(URI uri) {
        HttpRequest request =
                HttpRequest.newBuilder(uri)
                        .header("User-Agent", "treadle-crawler (example program)")
                        // Over plain HTTP the client would ask each server to switch to HTTP/2,
                        // which some take badly.
                        .version(
                                uri.getScheme().equals("https")
                                        ? HttpClient.Version.HTTP_2
                                        : HttpClient.Version.HTTP_1_1)
                        .build();
        try {
            return Async.timeout(options.timeout(), () -> received(exchange(request))).await();
        } catch (TimeoutError _) {
            return new Answer.Failed("no answer within " + Report.time(options.timeout()));
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException failure) {
                return new Answer.Failed(reason(failure));
            }
            throw e;
        }
    }

    private HttpResponse<byte[]> exchange(HttpRequest request) {
        var bytes = BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST_PAGE);
        return Future.from(client.sendAsync(request, bytes)).await();
    }

    private static Answer received(HttpResponse<byte[]> response) {
        return new Answer.Received(
                response.statusCode(),
                response.headers().firstValue("Content-Type").orElse(""),
                response.headers().firstValue("Location").orElse(""),
                response.body());
    }

    private static String reason(IOException failure) {
        if (causes(failure).anyMatch(UnresolvedAddressException.class::isInstance)) {
            return "no such host";
        }
        String message = firstMessage(failure);
        return switch (failure) {
            case ConnectException _ -> "no connection" + (message == null ? "" : ": " + message);
            case SSLException _ -> "no secure connection: " + message;
            default -> "connection lost: " + message;
        };
    }

    private static @Nullable String firstMessage(Throwable failure) {
        return causes(failure)
                .map(Throwable::getMessage)
                .filter(message -> message != null && !message.isBlank())
                .map(message -> message.lines().findFirst().orElse(message))
                .findFirst()
                .orElse(null);
    }

    private static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause);
    }
}
