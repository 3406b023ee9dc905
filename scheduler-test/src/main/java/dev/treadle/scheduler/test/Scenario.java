package dev.treadle.scheduler.test;

/// The code under test and what it is to fulfil: called once for each order that is tried.
///
/// It must make all that it uses anew, and take whatever is random from [Simulation#choose],
/// because the same choices must lead to the same run.
@FunctionalInterface
public interface Scenario {

    /// Runs once. Called as a coroutine of the simulated loop, so it may await.
    ///
    /// @param simulation what controls this run
    /// @throws Exception if it fails
    void run(Simulation simulation) throws Exception;
}
