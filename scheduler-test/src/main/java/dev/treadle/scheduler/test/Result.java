package dev.treadle.scheduler.test;

/// What an exploration that found nothing has done.
///
/// @param runs how many runs there were
/// @param steps how many steps they had in all
/// @param exhaustive whether nothing that the strategies can try was left out
public record Result(int runs, long steps, boolean exhaustive) {

    Result plus(Result other) {
        return new Result(runs + other.runs, steps + other.steps, exhaustive && other.exhaustive);
    }

    /// {@return the figures in words}
    @Override
    public String toString() {
        return runs
                + (runs == 1 ? " run, " : " runs, ")
                + steps
                + " steps"
                + (exhaustive ? ", exhaustive" : "");
    }
}
