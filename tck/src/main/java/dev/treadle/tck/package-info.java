/// Verifies a scheduler, rule by rule of the contract in `docs/contract.md`.
///
/// Whoever writes a [dev.treadle.spi.SchedulerProvider] extends [dev.treadle.tck.SchedulerTck] in a
/// test of their own.
@NullMarked
package dev.treadle.tck;

import org.jspecify.annotations.NullMarked;
