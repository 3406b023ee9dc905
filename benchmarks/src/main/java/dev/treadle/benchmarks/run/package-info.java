/// The program that measures all rows and writes the page.
@NullMarked
package dev.treadle.benchmarks.run;

import org.jspecify.annotations.NullMarked;
