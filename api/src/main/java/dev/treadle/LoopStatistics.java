package dev.treadle;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/// What a loop has done since it was made, and what it does at this moment: a snapshot.
///
/// Taken by [EventLoop#statistics()] from any thread, without stopping the loop or waiting for it,
/// so that a loop that is stuck can be seen from outside. While the loop runs on, its parts are of
/// slightly different moments. Whenever it is taken, though,
///
/// * counts only ever grow;
/// * what has begun is accounted for: tasks that were spawned have finished or are alive, timers
///   that were armed have fired, were cancelled or are pending.
///
/// Counting costs a loop next to nothing, and no clock is read for it. Durations are measured only
/// while a [listener][dev.treadle.spi.LoopListener] is attached.
///
/// @param running whether a `run…` method is active
/// @param workers what each of the loop's workers does: one on a loop whose callbacks and tasks
///   take turns on one thread; on a loop whose tasks have threads of their own one too, which runs
///   the callbacks; on a loop whose tasks share a few carriers one that runs the callbacks, and
///   after it one for each carrier
/// @param tasks tasks
/// @param timers what was armed by [EventLoop#callAt]
/// @param offload blocking work on the loop's own pool
/// @param rejected what was refused
/// @param unhandled failures that reached the exception handler, those of futures that nobody asked
///   among them
/// @param internalErrors failures of the loop's own parts, which ended a run; 0 in a loop that is
///   well
public record LoopStatistics(
        boolean running,
        List<Worker> workers,
        Tasks tasks,
        Timers timers,
        Offload offload,
        Rejected rejected,
        long unhandled,
        long internalErrors) {

    /// Keeps a copy of the list.
    public LoopStatistics {
        workers = List.copyOf(workers);
        Objects.requireNonNull(tasks, "tasks");
        Objects.requireNonNull(timers, "timers");
        Objects.requireNonNull(offload, "offload");
        Objects.requireNonNull(rejected, "rejected");
    }

    /// {@return how many callbacks and steps are ready and have not begun, of all workers}
    public int queueDepth() {
        return workers.stream().mapToInt(worker -> worker.queued().total()).sum();
    }

    /// One thread's worth of a loop.
    ///
    /// Who looks at `sequence` and `state` twice knows whether the worker is stuck: it is if it was
    /// running both times and the sequence is the same. What it stands at says
    /// [Inspection#standsAt(int)][dev.treadle.spi.Inspection#standsAt(int)].
    ///
    /// @param index its number, from 0: its place among the [workers][LoopStatistics#workers]
    /// @param state what it does; a carrier may be in a step for a while after the run has ended
    /// @param sequence the number of the last callback or step that it has begun, which grows by
    ///   one with each; 0 if there was none
    /// @param queued what is ready and has not begun; what any carrier may take that looks for
    ///   something is counted for the first worker
    /// @param submitted what was queued: callbacks, and steps of tasks that were spawned, resumed
    ///   or gave up control; likewise
    /// @param wakeups how often it has waited for something to do, and got up
    /// @param iterations passes over what was ready, not counting those that found nothing; a
    ///   carrier begins one when it finds something after it has waited, and after so many steps
    ///   that it looks first whether others have something for it
    /// @param callbacks callbacks begun, those of timers among them
    /// @param steps steps of tasks begun; on a loop whose tasks have threads of their own, those of
    ///   all tasks
    /// @param steals tasks that it took from another worker
    /// @param busy how long it ran, while a listener was attached; up to now, if it does
    /// @param idle how long it waited for something to do, while a listener was attached; up to
    ///   now, if it does; a carrier waits between two runs as well
    public record Worker(
            int index,
            State state,
            long sequence,
            Queued queued,
            Submitted submitted,
            Wakeups wakeups,
            long iterations,
            long callbacks,
            long steps,
            long steals,
            Duration busy,
            Duration idle) {

        /// Checks that every part is there.
        public Worker {
            Objects.requireNonNull(state, "state");
            Objects.requireNonNull(queued, "queued");
            Objects.requireNonNull(submitted, "submitted");
            Objects.requireNonNull(wakeups, "wakeups");
            Objects.requireNonNull(busy, "busy");
            Objects.requireNonNull(idle, "idle");
        }
    }

    /// What a worker does.
    public enum State {
        /// No `run…` method is active.
        STOPPED,
        /// It runs a callback or a step, or is about to choose one.
        RUNNING,
        /// It waits for something to do.
        PARKED
    }

    /// What is ready and has not begun.
    ///
    /// @param local what the worker has in its queue
    /// @param injected what other threads have queued and the worker has not looked at yet
    public record Queued(int local, int injected) {

        /// {@return both}
        public int total() {
            return local + injected;
        }
    }

    /// What was queued.
    ///
    /// @param local by the worker itself, in a callback or in a step
    /// @param remote by other threads
    public record Submitted(long local, long remote) {

        /// {@return both}
        public long total() {
            return local + remote;
        }
    }

    /// How often a worker has waited for something to do, and got up.
    ///
    /// @param useful finding something
    /// @param empty finding nothing
    public record Wakeups(long useful, long empty) {

        /// {@return both: how often it has waited}
        public long total() {
            return useful + empty;
        }
    }

    /// What became of tasks.
    ///
    /// @param spawned how many were made
    /// @param succeeded how many have returned
    /// @param failed how many have failed
    /// @param cancelled how many were cancelled, or ended because the loop was closed
    /// @param yields how often a task gave up control of its own accord, see [EventLoop#yieldNow()]
    /// @param forcedYields how often a scheduler that bounds the run of a task made it give up
    ///   control
    public record Tasks(
            long spawned,
            long succeeded,
            long failed,
            long cancelled,
            long yields,
            long forcedYields) {

        /// {@return how many have ended}
        public long finished() {
            return succeeded + failed + cancelled;
        }

        /// {@return how many have not ended}
        public long live() {
            return spawned - finished();
        }
    }

    /// What became of timers.
    ///
    /// @param armed how many were armed
    /// @param fired how many have begun to run
    /// @param cancelled how many were cancelled before, or dropped when the loop was closed
    public record Timers(long armed, long fired, long cancelled) {

        /// {@return how many are to fire}
        public long pending() {
            return armed - fired - cancelled;
        }
    }

    /// Blocking work on the loop's own pool, see [EventLoop#offload].
    ///
    /// @param active what is being worked on
    /// @param queued what waits for a thread
    /// @param limit how much can be worked on at once; [Integer#MAX_VALUE] if there is no limit
    public record Offload(int active, int queued, int limit) {}

    /// Callbacks, timers, tasks and blocking work that were refused.
    ///
    /// @param closed because the loop was closed, or its pool shut down
    /// @param full because there was no room
    public record Rejected(long closed, long full) {}
}
