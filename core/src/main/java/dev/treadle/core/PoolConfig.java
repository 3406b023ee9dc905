package dev.treadle.core;

/// How large the pool of a loop is.
///
/// @param parallelism how many tasks may run at the same moment
/// @param mostTasks how many tasks may be unfinished; [Integer#MAX_VALUE] for no limit
/// @param whenFull what becomes of one too many
public record PoolConfig(int parallelism, int mostTasks, WhenFull whenFull) {

    /// What becomes of a task that would be one too many.
    public enum WhenFull {
        /// It is refused, with a `RejectedExecutionException`.
        REFUSE,
        /// The task that creates it waits until another one has ended. Who cannot wait, a callback
        /// or a foreign thread, is refused.
        WAIT
    }

    /// Checks that somebody can run.
    public PoolConfig {
        if (parallelism < 1) {
            throw new IllegalArgumentException(
                    "a pool needs at least one carrier, not " + parallelism);
        }
        if (mostTasks < 1) {
            throw new IllegalArgumentException(
                    "a pool that may not have a single task runs nothing: " + mostTasks);
        }
    }
}
