/// Measurements of Treadle beside its peers: rows, which are classes of JMH benchmarks, and the
/// program that runs them all and writes the page about them.
@NullMarked
package dev.treadle.benchmarks;

import org.jspecify.annotations.NullMarked;
