/// From measurements to the page.
@NullMarked
package dev.treadle.benchmarks.report;

import org.jspecify.annotations.NullMarked;
