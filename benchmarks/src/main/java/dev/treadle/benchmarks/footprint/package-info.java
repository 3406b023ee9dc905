/// What takes a JVM of its own to measure: memory and start-up.
@NullMarked
package dev.treadle.benchmarks.footprint;

import org.jspecify.annotations.NullMarked;
