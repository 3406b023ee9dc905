/// Rows about tasks.
@NullMarked
package dev.treadle.benchmarks.tasks;

import org.jspecify.annotations.NullMarked;
