/// The scheduler `virtual`: each task has a virtual thread of the JDK, so that tasks run beside
/// each other and may block; callbacks and timers run one at a time.
@NullMarked
package dev.treadle.scheduler.virtual;

import org.jspecify.annotations.NullMarked;
