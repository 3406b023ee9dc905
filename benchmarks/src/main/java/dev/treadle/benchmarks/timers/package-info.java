/// Rows about timers.
@NullMarked
package dev.treadle.benchmarks.timers;

import org.jspecify.annotations.NullMarked;
