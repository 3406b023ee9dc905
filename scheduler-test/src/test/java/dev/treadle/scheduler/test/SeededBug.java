package dev.treadle.scheduler.test;

import java.util.List;

/// A bug that was put into a small program on purpose, and the same program without it.
///
/// @param name what the bug is
/// @param how how it is looked for
/// @param broken the program with the bug
/// @param correct the program without
record SeededBug(String name, Exploration how, Scenario broken, Scenario correct) {

    /// A program that has the bug or not.
    @FunctionalInterface
    interface Program {
        void run(Simulation simulation, boolean broken) throws Exception;
    }

    private static final Exploration RANDOM =
            Exploration.defaults().withStrategies(Strategy.RANDOM).withRuns(1000);
    private static final Exploration PCT =
            Exploration.defaults().withStrategies(Strategy.PCT).withRuns(1000);
    private static final Exploration DFS =
            Exploration.defaults().withStrategies(Strategy.DFS).withRuns(1000);

    static final List<SeededBug> ALL =
            List.of(
                    bug("wake-up lost between check and wait", RANDOM, Signals::checkThenWait),
                    bug("wake-up lost with a cancelled waiter", RANDOM, Permits::cancelledWaiter),
                    bug("permit given back twice", RANDOM, Permits::givenBackTwice),
                    bug("check, await, act", PCT, Ledgers::checkThenAct),
                    bug("lock that a newcomer grabs", PCT, Mutexes::barging),
                    bug("lock given back by somebody else", RANDOM, Mutexes::wrongOwner),
                    bug("two locks in two orders", DFS, Mutexes::twoOrders),
                    bug("three philosophers", RANDOM, Mutexes::philosophers),
                    bug("one woken where all should be", RANDOM, Signals::wrongOneWoken),
                    bug("condition that wakes the newest", RANDOM, Signals::newestFirst),
                    bug("item lost in a cancelled get", RANDOM, Mailboxes::cancelledGet),
                    bug("promise completed twice", RANDOM, Signals::completedTwice),
                    bug("order of starting taken for granted", DFS, Ledgers::startOrder),
                    bug("task left behind by a failure", RANDOM, Ledgers::leftBehind),
                    bug("coroutine never awaited", PCT, Ledgers::neverAwaited),
                    bug("two that yield to each other", PCT, Signals::afterYou),
                    bug("timer of the request before", RANDOM, Timeouts::stale),
                    bug("time-out that meets the result", RANDOM, Timeouts::atTheSameTime),
                    bug("update lost to a thread", RANDOM, Ledgers::threadUpdate),
                    bug(
                            "cancellation swallowed",
                            Exploration.defaults()
                                    .withStrategies(Strategy.FIFO)
                                    .withFaults(Fault.CANCEL),
                            Mailboxes::swallowsCancellation),
                    bug(
                            "lock kept by a failure",
                            Exploration.defaults()
                                    .withStrategies(Strategy.FIFO)
                                    .withFaults(Fault.EXCEPTION),
                            Mutexes::keptByFailure));

    private static SeededBug bug(String name, Exploration how, Program program) {
        return new SeededBug(
                name,
                how,
                simulation -> program.run(simulation, true),
                simulation -> program.run(simulation, false));
    }

    @Override
    public String toString() {
        return name;
    }
}
