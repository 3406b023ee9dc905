/// JMH measurements of the loop, on both kinds of carriers in one run.
@NullMarked
package dev.treadle.benchmarks;

import org.jspecify.annotations.NullMarked;
