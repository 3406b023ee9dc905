/// What tasks of one loop share: queues, locks, semaphores, events, conditions, barriers.
///
/// All of them are fair: who waits longest is woken first. What may suspend returns a
/// [dev.treadle.Coroutine]; nothing happens before it is awaited. A task that is cancelled while it
/// waits gets nothing, and a wake-up that had just been meant for it goes to the next.
///
/// They belong to the tasks and callbacks of one loop, the first one on which a task has to wait
/// for them, and refuse a task of another. Before their loop runs, and after, one thread at a time
/// may use them. None is for other threads while the loop runs: those hand their work to the loop,
/// as in `loop.callSoonThreadsafe(() -> queue.putNow(item))`.
@NullMarked
package dev.treadle.sync;

import org.jspecify.annotations.NullMarked;
