package dev.treadle.examples.crawler;

import java.net.URI;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Which addresses are to be visited: those of one host, each once, and not too many.
///
/// Used by the workers, which run beside each other on a parallel scheduler, and after the loop has
/// ended by whoever reports. Guarded by itself.
final class Frontier {
    private final int limit;
    private final Set<URI> admitted = new HashSet<>();
    private final Set<URI> refused = new HashSet<>();
    private final Map<URI, SortedSet<URI>> referrers = new HashMap<>();
    private final Map<URI, URI> redirects = new HashMap<>();
    private URI start;

    Frontier(URI start, int limit) {
        this.start = start;
        this.limit = limit;
        admitted.add(start);
    }

    /// Where the crawl began, or where the server sent it from there.
    synchronized URI start() {
        return start;
    }

    /// Tells whether a target is to be visited now; remembers who links to it in any case.
    synchronized boolean admit(URI target, URI referrer) {
        if (!target.getRawAuthority().equals(start.getRawAuthority())) {
            return false;
        }
        referrers.computeIfAbsent(target, _ -> new TreeSet<>()).add(referrer);
        if (admitted.contains(target)) {
            return false;
        }
        if (admitted.size() >= limit) {
            refused.add(target);
            return false;
        }
        return admitted.add(target);
    }

    /// Tells whether a redirection's target is to be visited now. One of the start page takes the
    /// start, and with it the host, along.
    synchronized boolean admitRedirect(URI from, URI to) {
        redirects.put(from, to);
        if (from.equals(start)) {
            start = to;
        }
        return admit(to, from);
    }

    /// Tells whether following the redirections from an address leads back to it.
    synchronized boolean isInRedirectLoop(URI from) {
        Set<URI> passed = new HashSet<>();
        @Nullable URI next = redirects.get(from);
        while (next != null && !next.equals(from) && passed.add(next)) {
            next = redirects.get(next);
        }
        return from.equals(next);
    }

    /// Those who link to an address, sorted; none for the start.
    synchronized Set<URI> referrersOf(URI target) {
        return referrers.getOrDefault(target, Collections.emptySortedSet());
    }

    synchronized int admittedCount() {
        return admitted.size();
    }

    /// How many addresses were found but not visited, because of the limit.
    synchronized int refusedCount() {
        return refused.size();
    }
}
