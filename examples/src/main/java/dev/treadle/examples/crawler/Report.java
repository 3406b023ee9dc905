package dev.treadle.examples.crawler;

import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What came of a crawl, or of the part of it that was done.
///
/// @param frontier what was visited and who links to it
/// @param ledger what happened
/// @param wall how long it took
/// @param loop what it ran on
record Report(Frontier frontier, Ledger ledger, Duration wall, String loop) {

    /// Why not a single page could be read; empty if one could.
    Optional<String> unreachable() {
        return ledger.pages() > 0
                ? Optional.empty()
                : ledger.broken().values().stream().findFirst();
    }

    /// Prints the report.
    void print(PrintStream out) {
        Latencies latencies = ledger.latencies();
        line(out, "site", frontier.start().toString());
        line(out, "pages", "%d read, %s".formatted(ledger.pages(), size(ledger.bytes())));
        if (frontier.refusedCount() > 0) {
            line(out, "left out", frontier.refusedCount() + " addresses, because of --max-pages");
        }
        line(out, "answers", answers());
        line(
                out,
                "latency",
                "p50 %s, p95 %s, p99 %s, of %d requests"
                        .formatted(
                                time(latencies.percentile(50)),
                                time(latencies.percentile(95)),
                                time(latencies.percentile(99)),
                                latencies.count()));
        line(
                out,
                "time",
                "%s on the clock, %s summed over all requests%s"
                        .formatted(time(wall), time(latencies.sum()), ratio(latencies.sum())));
        line(out, "loop", loop);
        printBroken(out);
        printProblems(out);
    }

    private static void line(PrintStream out, String label, String text) {
        out.printf(Locale.ROOT, "%-9s %s%n", label, text);
    }

    private String answers() {
        String statuses =
                ledger.statuses().entrySet().stream()
                        .map(status -> status.getValue() + " x " + status.getKey())
                        .collect(Collectors.joining(", "));
        String failures = ledger.failures() == 0 ? "" : ledger.failures() + " x none";
        return statuses + (statuses.isEmpty() || failures.isEmpty() ? "" : ", ") + failures;
    }

    private String ratio(Duration sum) {
        return wall.isZero()
                ? ""
                : String.format(
                        Locale.ROOT,
                        " (%.1f times as long)",
                        (double) sum.toNanos() / wall.toNanos());
    }

    private void printBroken(PrintStream out) {
        Map<URI, String> broken = ledger.broken();
        if (broken.isEmpty()) {
            return;
        }
        out.println();
        out.println("broken links");
        broken.forEach((uri, reason) -> {
            out.println("  " + shown(uri) + ": " + reason);
            frontier.referrersOf(uri)
                    .forEach(referrer -> out.println("      linked from " + shown(referrer)));
        });
    }

    private void printProblems(PrintStream out) {
        Map<URI, List<String>> problems = ledger.problems();
        if (problems.isEmpty()) {
            return;
        }
        out.println();
        out.println("faulty pages");
        problems.forEach((uri, found) ->
                found.forEach(problem -> out.println("  " + shown(uri) + ": " + problem)));
    }

    /// An address as a path, because all of them are of one host.
    private static String shown(URI uri) {
        return uri.getRawQuery() == null
                ? uri.getRawPath()
                : uri.getRawPath() + "?" + uri.getRawQuery();
    }

    static String time(Duration time) {
        return time.compareTo(Duration.ofSeconds(1)) < 0
                ? Math.round(time.toNanos() / 1e6) + " ms"
                : String.format(Locale.ROOT, "%.2f s", time.toNanos() / 1e9);
    }

    private static String size(long bytes) {
        return bytes < 10_000
                ? bytes + " bytes"
                : String.format(Locale.ROOT, "%.1f kB", bytes / 1e3);
    }
}
