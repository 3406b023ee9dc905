package dev.treadle.scheduler.test;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How a [Scenario] is tried in many orders: [TreadleTest] without JUnit.
///
/// ```java
/// Exploration.defaults().withStrategies(Strategy.DFS).explore(simulation -> {
///     Bank bank = new Bank();
///     Async.gather(bank.transfer(10), bank.transfer(20)).await();
///     assertThat(bank.total()).isEqualTo(100);
/// });
/// ```
///
/// @param strategies which orders are tried, one strategy after the other
/// @param runs how many runs each strategy has at most
/// @param seed what random strategies start from
/// @param depth for [Strategy#PCT]: how many orderings a bug may need, at least one
/// @param preemptions for [Strategy#DFS]: in how many places a run may differ from FIFO
/// @param stepCost how much virtual time a step may take at most, drawn at each step; zero if none
/// @param timeLimit how long it may take in all, in real time
/// @param faults what goes wrong around the code under test
/// @param allowed what may be left behind
/// @param body who runs the scenario
public record Exploration(
        List<Strategy> strategies,
        int runs,
        long seed,
        int depth,
        int preemptions,
        Duration stepCost,
        Duration timeLimit,
        Set<Fault> faults,
        Set<Leak> allowed,
        Body body) {

    private static final Exploration DEFAULTS =
            new Exploration(
                    List.of(Strategy.FIFO, Strategy.RANDOM, Strategy.PCT),
                    200,
                    1,
                    3,
                    2,
                    Duration.ZERO,
                    Duration.ofSeconds(60),
                    Set.of(),
                    Set.of(),
                    Body.TASK);

    /// Checks that there is something to try.
    public Exploration {
        strategies = List.copyOf(strategies);
        faults = Set.copyOf(faults);
        allowed = Set.copyOf(allowed);
        if (strategies.isEmpty()) {
            throw new IllegalArgumentException("no strategy: name at least one, for instance FIFO");
        }
        if (runs < 1 || depth < 1 || preemptions < 0) {
            throw new IllegalArgumentException(
                    "runs and depth must be at least 1 and preemptions at least 0, not "
                            + runs
                            + ", "
                            + depth
                            + " and "
                            + preemptions);
        }
        if (stepCost.isNegative() || timeLimit.isNegative() || timeLimit.isZero()) {
            throw new IllegalArgumentException(
                    "a step must not take less than no time, and the time limit must be positive, not "
                            + stepCost
                            + " and "
                            + timeLimit);
        }
    }

    /// {@return FIFO, 200 runs of RANDOM, 200 of PCT with depth 3; no faults; at most a minute}
    public static Exploration defaults() {
        return DEFAULTS;
    }

    /// {@return a copy of this with other strategies}
    ///
    /// @param other at least one
    public Exploration withStrategies(Strategy... other) {
        return new Exploration(
                Arrays.asList(other),
                runs,
                seed,
                depth,
                preemptions,
                stepCost,
                timeLimit,
                faults,
                allowed,
                body);
    }

    /// {@return a copy of this with another number of runs}
    ///
    /// @param other how many runs each strategy has at most
    public Exploration withRuns(int other) {
        return new Exploration(
                strategies,
                other,
                seed,
                depth,
                preemptions,
                stepCost,
                timeLimit,
                faults,
                allowed,
                body);
    }

    /// {@return a copy of this with another seed}
    ///
    /// @param other what random strategies start from
    public Exploration withSeed(long other) {
        return new Exploration(
                strategies,
                runs,
                other,
                depth,
                preemptions,
                stepCost,
                timeLimit,
                faults,
                allowed,
                body);
    }

    /// {@return a copy of this with another depth for [Strategy#PCT]}
    ///
    /// @param other how many orderings a bug may need
    public Exploration withDepth(int other) {
        return new Exploration(
                strategies,
                runs,
                seed,
                other,
                preemptions,
                stepCost,
                timeLimit,
                faults,
                allowed,
                body);
    }

    /// {@return a copy of this with another limit for [Strategy#DFS]}
    ///
    /// @param other in how many places a run may differ from FIFO
    public Exploration withPreemptions(int other) {
        return new Exploration(
                strategies, runs, seed, depth, other, stepCost, timeLimit, faults, allowed, body);
    }

    /// {@return a copy of this in which steps take time}
    ///
    /// @param other how much virtual time a step may take at most
    public Exploration withStepCost(Duration other) {
        return new Exploration(
                strategies,
                runs,
                seed,
                depth,
                preemptions,
                other,
                timeLimit,
                faults,
                allowed,
                body);
    }

    /// {@return a copy of this with another time limit}
    ///
    /// @param other how long it may take in all, in real time
    public Exploration withTimeLimit(Duration other) {
        return new Exploration(
                strategies, runs, seed, depth, preemptions, stepCost, other, faults, allowed, body);
    }

    /// {@return a copy of this with faults}
    ///
    /// @param other what goes wrong around the code under test
    public Exploration withFaults(Fault... other) {
        return new Exploration(
                strategies,
                runs,
                seed,
                depth,
                preemptions,
                stepCost,
                timeLimit,
                Set.of(other),
                allowed,
                body);
    }

    /// {@return a copy of this that lets something be left behind}
    ///
    /// @param other what is no failure
    public Exploration withAllowed(Leak... other) {
        return new Exploration(
                strategies,
                runs,
                seed,
                depth,
                preemptions,
                stepCost,
                timeLimit,
                faults,
                Set.of(other),
                body);
    }

    /// {@return a copy of this with another body}
    ///
    /// @param other who runs the scenario
    public Exploration withBody(Body other) {
        return new Exploration(
                strategies,
                runs,
                seed,
                depth,
                preemptions,
                stepCost,
                timeLimit,
                faults,
                allowed,
                other);
    }

    /// Tries a scenario, and throws at the first run that fails.
    ///
    /// Blocks the calling thread; the runs happen on another one.
    ///
    /// @param scenario what to run
    /// @return what was done
    /// @throws SimulationFailure if a run fails, if the scenario does not do the same when the same
    ///   is chosen, or if the time limit passes
    public Result explore(Scenario scenario) {
        return Explorer.explore(this, scenario);
    }

    /// Tries a scenario, and returns the first failure instead of throwing it.
    ///
    /// @param scenario what to run
    /// @return the failure, if there is one
    public Optional<SimulationFailure> find(Scenario scenario) {
        try {
            explore(scenario);
            return Optional.empty();
        } catch (SimulationFailure e) {
            return Optional.of(e);
        }
    }

    /// Repeats one run.
    ///
    /// @param token what a failure has told
    /// @param scenario what to run
    /// @throws SimulationFailure if the run fails; it says so if the program no longer goes the way
    ///   that the token tells
    /// @throws IllegalArgumentException if it is no token
    public void replay(String token, Scenario scenario) {
        divergenceOfReplay(token, scenario);
    }

    /// Repeats one run; tells where it has gone another way without failing, or null.
    @Nullable String divergenceOfReplay(String token, Scenario scenario) {
        return Explorer.replay(this, Token.parse(token), scenario);
    }

    RunPlan plan(@Nullable Injection injection) {
        return new RunPlan(stepCost, faults, allowed, body, injection, false);
    }
}
