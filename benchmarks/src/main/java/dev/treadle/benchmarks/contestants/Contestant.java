package dev.treadle.benchmarks.contestants;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// One who takes part in a row.
public sealed interface Contestant permits Variant, GeneratorMode, Peer {
    /// What a contestant is compared as.
    enum Kind {
        /// Treadle, in one of its variants.
        TREADLE,
        /// What runs on the JVM too: Treadle wants to be ahead of all of these.
        JVM,
        /// What no library can beat; shown for scale.
        FLOOR,
        /// CPython.
        PYTHON
    }

    /// {@return the constant's name, which results are labelled with}
    String name();

    /// {@return what the page calls it}
    String label();

    /// {@return what it is compared as}
    Kind kind();

    /// {@return all, in the order of the page's columns}
    static List<Contestant> all() {
        return Stream.<Contestant[]>of(Variant.values(), GeneratorMode.values(), Peer.values())
                .flatMap(Arrays::stream)
                .toList();
    }

    /// Finds a contestant.
    ///
    /// @param name its name
    /// @return who it is
    /// @throws IllegalArgumentException if there is none
    static Contestant named(String name) {
        return all().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "no contestant is named " + name + "; there are " + all()));
    }
}
