/// The scheduler `single`: callbacks and tasks run one at a time, so that code between two awaits
/// is atomic.
@NullMarked
package dev.treadle.scheduler.single;

import org.jspecify.annotations.NullMarked;
