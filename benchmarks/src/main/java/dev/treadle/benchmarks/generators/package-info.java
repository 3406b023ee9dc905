/// Rows about generators.
@NullMarked
package dev.treadle.benchmarks.generators;

import org.jspecify.annotations.NullMarked;
