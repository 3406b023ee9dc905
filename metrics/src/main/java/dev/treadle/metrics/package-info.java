/// The meters of loops, on Micrometer.
///
/// [TreadleMetrics][dev.treadle.metrics.TreadleMetrics] binds those of one loop to registries;
/// [GlobalMetrics][dev.treadle.metrics.GlobalMetrics] does so for every loop, to the global one,
/// with no code.
@NullMarked
package dev.treadle.metrics;

import org.jspecify.annotations.NullMarked;
