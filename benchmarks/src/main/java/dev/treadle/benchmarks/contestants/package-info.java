/// Who takes part: Treadle's variants and its peers, with what each needs to run.
@NullMarked
package dev.treadle.benchmarks.contestants;

import org.jspecify.annotations.NullMarked;
