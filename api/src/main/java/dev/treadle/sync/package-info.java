/// What tasks of one loop share: queues, locks, semaphores, events.
///
/// All of them are fair: who waits longest goes first, and a newcomer does not overtake. None is
/// for threads: they belong to the tasks of one loop, the first one on which a task has to wait for
/// them, and must be used on its thread. What may suspend returns an [dev.treadle.Awaitable];
/// nothing happens before it is awaited.
@NullMarked
package dev.treadle.sync;

import org.jspecify.annotations.NullMarked;
