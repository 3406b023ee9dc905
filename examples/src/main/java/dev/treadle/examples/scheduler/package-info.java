/// A scheduler that shares nothing with Treadle's own: an event loop on a plain
/// `ScheduledExecutorService`, for whoever brings a loop of some server or toolkit.
///
/// It is written to be read: the shortest way to keep every rule of `docs/contract.md`, and not the
/// fastest. [dev.treadle.examples.scheduler.ExecutorLoop] is the loop,
/// [dev.treadle.examples.scheduler.ExecutorFuture] what is waited for,
/// [dev.treadle.examples.scheduler.ExecutorTask] a coroutine that runs. The facade, the combinators
/// and everything in `dev.treadle.sync` then work on it as they are.
@NullMarked
package dev.treadle.examples.scheduler;

import org.jspecify.annotations.NullMarked;
