/// Python's generators and asyncio for Java, in direct style.
///
/// Start with [dev.treadle.Async], the facade: `Async.run(() -> ...)` runs a coroutine to its end,
/// and inside it `Async.sleep(...)`, `Async.createTask(...)`, `Async.gather(...)` and the rest are
/// what they are in Python. The primitives that tasks share (queues, locks, semaphores, events) are
/// in [dev.treadle.sync]. Who writes a scheduler or observes loops needs [dev.treadle.spi]; nobody
/// else does.
///
/// ```java
/// String greeting = Async.run(() -> {
///     Task<String> name = Async.createTask(() -> {
///         Async.sleep(Duration.ofMillis(100)).await();
///         return "world";
///     });
///     return "hello " + name.await();
/// });
/// ```
///
/// ## The one rule
///
/// **Whatever may suspend returns an [dev.treadle.Awaitable], and `await()` is the only word that
/// suspends.** A call without `await()` never gives up control, so code between two awaits is
/// atomic with respect to the other tasks of a single-threaded loop.
///
/// ## Vocabulary
///
/// - *Coroutine*: a piece of code that may suspend; cold, it runs when it is awaited or made a
///   task.
/// - *Task*: a coroutine that a loop runs on its own account, beside others.
/// - *Future*: a result to come. Terminal states: *succeeded, failed, cancelled*.
/// - *Promise*: a future that somebody completes by hand.
/// - *Loop*: what runs callbacks and tasks, one at a time, in the order in which they became ready.
/// - *Callback*: a plain `Runnable` handed to a loop; it can't suspend.
/// - *Step*: what a task does between two suspensions.
/// - *Iteration*: one pass of a loop over what was ready when the pass began. What is queued
///   meanwhile runs in the next.
/// - *Suspend*: really to give up control. Awaiting something that is already done does not
///   suspend.
/// - *Scheduler*: the strategy behind a loop, found on the class path or module path.
/// - *Timeout*: how long, a `Duration`. *Deadline*: until when, a reading of the loop's own clock
///   in nanoseconds.
///
/// ## Errors
///
/// Where Python raises `TypeError`, `ValueError` or `RuntimeError`, Treadle throws
/// `IllegalArgumentException` or `IllegalStateException` with a message that names the culprit and
/// the cure. [dev.treadle.CancelledError], [dev.treadle.GeneratorExit] and [dev.treadle.FatalError]
/// are `Error`s, so that `catch (Exception e)` does not swallow them. Checked exceptions cross
/// `await()` wrapped in a `CompletionException`; unchecked ones as the same instance.
///
/// ## Memory consistency
///
/// Two steps of one task never overlap, and each *happens-before* the next, whatever threads carry
/// them. What a thread does before it completes a promise, before `callSoonThreadsafe` or before it
/// creates a task *happens-before* what runs because of it.
///
/// Unless said otherwise a null argument throws `NullPointerException`.
@NullMarked
package dev.treadle;

import org.jspecify.annotations.NullMarked;
