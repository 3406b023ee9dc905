package dev.treadle.examples.crawler.site;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What the site does wrong, on purpose.
final class Faults {

    /// Ways to disappoint a crawler.
    enum Kind {
        /// Linked, but not there.
        MISSING,
        /// Takes the request and never answers.
        HANG,
        /// Closes the connection instead of answering.
        DROP,
        /// Redirects to the other end of the loop.
        LOOP_A,
        /// Redirects back.
        LOOP_B,
        /// Redirects to a page that is there.
        MOVED,
        /// Serves a page whose bytes and links are broken.
        MALFORMED,
        /// Refuses the first request with 503 and answers the next.
        BUSY
    }

    /// One fault.
    ///
    /// @param path where it is
    /// @param kind what happens there
    /// @param linkedFrom the page that links to it
    record Fault(String path, Kind kind, String linkedFrom) {}

    static final String PAGE = "/faults.html";
    static final String MALFORMED = "/faults/malformed.html";
    static final String BUSY = "/faults/busy.html";
    static final String LOOP_A = "/faults/loop-a";
    static final String LOOP_B = "/faults/loop-b";

    static final List<Fault> ALL =
            List.of(
                    new Fault("/faults/hang", Kind.HANG, PAGE),
                    new Fault("/faults/dropped", Kind.DROP, PAGE),
                    new Fault(LOOP_A, Kind.LOOP_A, PAGE),
                    new Fault(LOOP_B, Kind.LOOP_B, LOOP_A),
                    new Fault("/faults/moved", Kind.MOVED, PAGE),
                    new Fault(MALFORMED, Kind.MALFORMED, PAGE),
                    new Fault(BUSY, Kind.BUSY, PAGE),
                    new Fault("/faults/missing.html", Kind.MISSING, PAGE),
                    new Fault("/faults/missing.html", Kind.MISSING, "/"),
                    new Fault("/docs/tutorial.html", Kind.MISSING, "/docs/"),
                    new Fault("/api/dev.treadle/Reactor.html", Kind.MISSING, "/api/dev.treadle/"));

    private static final Map<String, Fault> BY_PATH =
            ALL.stream()
                    .collect(
                            Collectors.toMap(
                                    Fault::path, Function.identity(), (first, _) -> first));

    private Faults() {}

    /// What is wrong at a path; null for nothing.
    static @Nullable Kind at(String path) {
        Fault fault = BY_PATH.get(path);
        return fault == null ? null : fault.kind();
    }

    /// The faults that a page links to.
    static List<Fault> linkedFrom(String page) {
        return ALL.stream().filter(fault -> fault.linkedFrom().equals(page)).toList();
    }
}
