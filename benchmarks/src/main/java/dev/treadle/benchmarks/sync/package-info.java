/// Rows about queues and locks.
@NullMarked
package dev.treadle.benchmarks.sync;

import org.jspecify.annotations.NullMarked;
