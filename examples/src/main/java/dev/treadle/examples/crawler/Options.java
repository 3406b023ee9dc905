package dev.treadle.examples.crawler;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What the command line asks for.
///
/// @param start where to begin; null for the embedded site
/// @param workers how many coroutines take pages from the queue
/// @param perHost how many requests one host gets at a time
/// @param timeout how long one request may take
/// @param maxPages how many addresses to visit at most
/// @param retries how often a request that failed is made again
/// @param backoff the longest wait before the first retry; it doubles for each further one
/// @param seed of the random numbers: the waits before retries, the delays of the embedded site
/// @param latencyFactor what the delays of the embedded site are multiplied with
/// @param metricsPort where to serve the meters of the loop, 0 for a free port; null for nowhere
/// @param stall for how long to block the loop at the beginning; null for not at all
record Options(
        @Nullable URI start,
        int workers,
        int perHost,
        Duration timeout,
        int maxPages,
        int retries,
        Duration backoff,
        long seed,
        double latencyFactor,
        @Nullable Integer metricsPort,
        @Nullable Duration stall) {

    static final String USAGE =
            """
            Crawls a web site and reports on it. Without a URL it serves a site of its own and crawls that.

            usage: crawler [URL] [options]
              --workers N       coroutines that fetch pages (40)
              --per-host N      requests that one host gets at a time (8; embedded site: 40)
              --timeout TIME    limit of one request, as in 750ms, 2s, 1m (10s; embedded site: 600ms)
              --max-pages N     addresses to visit at most (1000)
              --retries N       further tries when a request fails (2)
              --backoff TIME    longest wait before the first retry, doubled each time (100ms)
              --seed N          of all random numbers (42)
              --latency FACTOR  scales the delays of the embedded site (1.0)
              --metrics-port N  serves /metrics for Prometheus while it crawls; 0 takes a free port
              --stall TIME      blocks the loop once, for so long, so that you can watch how that is found out
              --help            shows this

            exit code: 0 crawled, 1 start page unreachable, 2 bad arguments, 130 interrupted
            """;

    private static final Set<String> NAMES =
            Set.of(
                    "--workers",
                    "--per-host",
                    "--timeout",
                    "--max-pages",
                    "--retries",
                    "--backoff",
                    "--seed",
                    "--latency",
                    "--metrics-port",
                    "--stall");
    private static final int HIGHEST_PORT = 65_535;
    private static final Pattern TIME = Pattern.compile("([1-9]\\d{0,4})(ms|s|m)");

    /// Reads a command line.
    ///
    /// @throws UsageException if it cannot be understood
    static Options parse(List<String> arguments) throws UsageException {
        URI start = null;
        Map<String, String> given = new HashMap<>();
        Deque<String> left = new ArrayDeque<>(arguments);
        while (!left.isEmpty()) {
            String word = left.remove();
            if (!word.startsWith("-")) {
                if (start != null) {
                    throw new UsageException("one URL is enough: " + word);
                }
                start = site(word);
            } else if (!NAMES.contains(word)) {
                throw new UsageException("unknown option " + word);
            } else if (left.isEmpty()) {
                throw new UsageException(word + " needs a value");
            } else {
                given.put(word, left.remove());
            }
        }
        boolean embedded = start == null;
        return new Options(
                start,
                count(given, "--workers", "40", 1),
                count(given, "--per-host", embedded ? "40" : "8", 1),
                time(given, "--timeout", embedded ? "600ms" : "10s"),
                count(given, "--max-pages", "1000", 1),
                count(given, "--retries", "2", 0),
                time(given, "--backoff", "100ms"),
                seed(given, "--seed", "42"),
                factor(given, "--latency", "1.0"),
                given.containsKey("--metrics-port") ? port(given, "--metrics-port") : null,
                given.containsKey("--stall") ? time(given, "--stall", "") : null);
    }

    private static URI site(String text) throws UsageException {
        URI uri;
        try {
            uri = Links.normalise(new URI(text));
        } catch (URISyntaxException e) {
            throw new UsageException("not a URL: " + text + " (" + e.getReason() + ")");
        }
        if (!Links.isWeb(uri)) {
            throw new UsageException(
                    "not a URL of the form http://host/ or https://host/: " + text);
        }
        return uri;
    }

    private static int count(Map<String, String> given, String name, String fallback, int least)
            throws UsageException {
        String text = given.getOrDefault(name, fallback);
        try {
            int number = Integer.parseInt(text);
            if (number >= least) {
                return number;
            }
        } catch (NumberFormatException _) {
            // falls through to the complaint about a number that is too small
        }
        throw new UsageException(
                name + " needs a whole number of at least " + least + ", not " + text);
    }

    private static int port(Map<String, String> given, String name) throws UsageException {
        int port = count(given, name, "0", 0);
        if (port > HIGHEST_PORT) {
            throw new UsageException(name + " needs a port from 0 to 65535, not " + port);
        }
        return port;
    }

    private static long seed(Map<String, String> given, String name, String fallback)
            throws UsageException {
        String text = given.getOrDefault(name, fallback);
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException _) {
            throw new UsageException(name + " needs a whole number, not " + text);
        }
    }

    private static double factor(Map<String, String> given, String name, String fallback)
            throws UsageException {
        String text = given.getOrDefault(name, fallback);
        try {
            double factor = Double.parseDouble(text);
            if (factor >= 0 && factor <= 1000) {
                return factor;
            }
        } catch (NumberFormatException _) {
            // falls through to the complaint about a number out of range
        }
        throw new UsageException(name + " needs a number from 0 to 1000, not " + text);
    }

    private static Duration time(Map<String, String> given, String name, String fallback)
            throws UsageException {
        String text = given.getOrDefault(name, fallback);
        Matcher matcher = TIME.matcher(text);
        if (!matcher.matches()) {
            throw new UsageException(name + " needs a time such as 750ms, 2s or 1m, not " + text);
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            default -> Duration.ofMinutes(amount);
        };
    }
}
