/// The scheduler `pool`: a few threads of its own run all tasks, which take turns on them and are
/// taken over by those that have nothing to do; callbacks and timers run one at a time.
@NullMarked
package dev.treadle.scheduler.pool;

import org.jspecify.annotations.NullMarked;
