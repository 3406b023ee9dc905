/// The scheduler `test`: runs concurrent code on virtual time, in orders that a strategy chooses,
/// and repeats exactly the one that failed.
///
/// Tests start at [dev.treadle.scheduler.test.TreadleTest], or without JUnit at
/// [dev.treadle.scheduler.test.Exploration]. What happens in one run is controlled through its
/// [dev.treadle.scheduler.test.Simulation].
@NullMarked
package dev.treadle.scheduler.test;

import org.jspecify.annotations.NullMarked;
