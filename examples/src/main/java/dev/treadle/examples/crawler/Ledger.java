package dev.treadle.examples.crawler;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What happened so far.
///
/// Written by the workers, which run beside each other on a parallel scheduler; read by them too,
/// and after the loop has ended by whoever reports. Guarded by itself.
final class Ledger {
    private final List<Duration> latencies = new ArrayList<>();
    private final SortedMap<Integer, Integer> statuses = new TreeMap<>();
    private final SortedMap<URI, String> broken = new TreeMap<>();
    private final SortedMap<URI, List<String>> problems = new TreeMap<>();
    private int failures;
    private int visited;
    private int pages;
    private long bytes;

    /// A request is over, the last one for its page or not.
    synchronized void answered(Answer answer, Duration latency) {
        latencies.add(latency);
        switch (answer) {
            case Answer.Received received -> {
                statuses.merge(received.status(), 1, Integer::sum);
                bytes += received.body().length;
            }
            case Answer.Failed _ -> failures++;
        }
    }

    /// An address has been dealt with, whatever came of it.
    synchronized void visited() {
        visited++;
    }

    /// A page was read.
    synchronized void page() {
        pages++;
    }

    /// An address leads nowhere.
    synchronized void broken(URI uri, String reason) {
        broken.put(uri, reason);
    }

    /// Something is wrong with a page that was read.
    synchronized void problem(URI page, String problem) {
        problems.computeIfAbsent(page, _ -> new ArrayList<>()).add(problem);
    }

    synchronized Latencies latencies() {
        return new Latencies(latencies);
    }

    synchronized SortedMap<Integer, Integer> statuses() {
        return new TreeMap<>(statuses);
    }

    synchronized SortedMap<URI, String> broken() {
        return new TreeMap<>(broken);
    }

    synchronized SortedMap<URI, List<String>> problems() {
        return new TreeMap<>(problems);
    }

    synchronized int failures() {
        return failures;
    }

    synchronized int visitedCount() {
        return visited;
    }

    synchronized int pages() {
        return pages;
    }

    synchronized long bytes() {
        return bytes;
    }
}
