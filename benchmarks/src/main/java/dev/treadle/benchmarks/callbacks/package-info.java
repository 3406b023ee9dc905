/// Rows about callbacks.
@NullMarked
package dev.treadle.benchmarks.callbacks;

import org.jspecify.annotations.NullMarked;
