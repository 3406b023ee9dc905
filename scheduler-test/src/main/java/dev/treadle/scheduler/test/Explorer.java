package dev.treadle.scheduler.test;

import dev.treadle.scheduler.test.Choices.Recorded;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Runs a scenario again and again, each time in another order, until one fails.
final class Explorer {
    /// One run in so many is repeated, to see whether the same choices lead to the same run.
    private static final int CHECKED = 20;

    /// With each enumerated fault, so many random orders besides FIFO.
    private static final int ORDERS_PER_FAULT = 3;

    private static final int EXPECTED_STEPS = 50;

    private final Exploration options;
    private final Scenario scenario;
    private final Heartbeat heartbeat;
    private final long deadline;
    private int runs;
    private long steps;
    private int longest = EXPECTED_STEPS; // steps of the longest run so far

    private Explorer(Exploration options, Scenario scenario, Heartbeat heartbeat) {
        this.options = options;
        this.scenario = scenario;
        this.heartbeat = heartbeat;
        this.deadline = System.nanoTime() + options.timeLimit().toNanos();
    }

    static Result explore(Exploration options, Scenario scenario) {
        return Driver.call(heartbeat -> explore(options, scenario, heartbeat));
    }

    static Result explore(Exploration options, Scenario scenario, Heartbeat heartbeat) {
        return new Explorer(options, scenario, heartbeat).explore();
    }

    /// Repeats a run that does not fail.
    ///
    /// @return where it has gone another way than the token tells, or null
    static @Nullable String replay(Exploration options, Token token, Scenario scenario) {
        return Driver.call(heartbeat -> new Explorer(options, scenario, heartbeat).replay(token))
                .orElse(null);
    }

    // ---- exploring

    private Result explore() {
        Result result = new Result(0, 0, true);
        for (Strategy strategy : options.strategies()) {
            result = result.plus(explore(strategy));
        }
        for (Fault fault : options.faults()) {
            if (fault.isEnumerated()) {
                result = result.plus(enumerate(fault));
            }
        }
        return result;
    }

    private Result explore(Strategy strategy) {
        runs = 0;
        steps = 0;
        boolean exhaustive =
                switch (strategy) {
                    case FIFO -> {
                        run(new FifoChooser(), null, "FIFO");
                        yield true;
                    }
                    case RANDOM -> {
                        for (int i = 0; i < options.runs(); i++) {
                            long seed = options.seed() + i;
                            run(new RandomChooser(seed), null, "RANDOM, seed " + seed);
                        }
                        yield false;
                    }
                    case PCT -> {
                        for (int i = 0; i < options.runs(); i++) {
                            long seed = options.seed() + i;
                            run(
                                    new PctChooser(seed, options.depth(), longest),
                                    null,
                                    "PCT, seed " + seed);
                        }
                        yield false;
                    }
                    case DFS -> {
                        DepthFirst tree = new DepthFirst(options.preemptions());
                        while (!tree.isExhausted() && runs < options.runs()) {
                            run(tree.next(), null, "DFS");
                            tree.ended();
                        }
                        yield tree.isExhausted();
                    }
                };
        return new Result(runs, steps, exhaustive);
    }

    /// Has every await of the subject meet a fault, in a few orders each.
    private Result enumerate(Fault fault) {
        runs = 0;
        steps = 0;
        Injection.Moment[] moments =
                fault == Fault.CANCEL
                        ? Injection.Moment.values()
                        : new Injection.Moment[] {Injection.Moment.BEFORE};
        for (int order = 0; order <= ORDERS_PER_FAULT; order++) {
            for (Injection.Moment moment : moments) {
                boolean reached = true;
                for (int await = 1; reached; await++) {
                    Injection injection = new Injection(fault, await, moment);
                    Chooser chooser =
                            order == 0
                                    ? new FifoChooser()
                                    : new RandomChooser(options.seed() + order);
                    Outcome outcome =
                            run(
                                    chooser,
                                    injection,
                                    injection + (order == 0 ? ", FIFO" : ", RANDOM"));
                    ensureSubject(outcome, fault);
                    reached = outcome.injected();
                }
            }
        }
        return new Result(runs, steps, true);
    }

    private static void ensureSubject(Outcome outcome, Fault fault) {
        if (!outcome.subject()) {
            throw new IllegalStateException(
                    fault
                            + " is injected into the awaits of a subject, and the test has none: run what is to"
                            + " stand it with simulation.subject(() -> ...).await()");
        }
    }

    private Outcome run(Chooser chooser, @Nullable Injection injection, String how) {
        if (isTimeUp()) {
            throw new SimulationFailure(
                    "the time limit of "
                            + Trace.time(options.timeLimit().toNanos())
                            + " has passed after "
                            + runs
                            + " runs: allow more time, or fewer runs",
                    null,
                    null,
                    runs);
        }
        RunPlan plan = options.plan(injection);
        Outcome outcome = execute(plan, chooser);
        runs++;
        steps += outcome.steps();
        longest = Math.max(longest, outcome.steps());
        if (outcome.finding() != null) {
            throw failure(plan, outcome, how);
        }
        if (runs % CHECKED == 1) {
            ensureDeterministic(plan, outcome);
        }
        return outcome;
    }

    private boolean isTimeUp() {
        return System.nanoTime() - deadline > 0;
    }

    private Outcome execute(RunPlan plan, Chooser chooser) {
        heartbeat.ensureAwaited();
        return new SimulatedRun(plan, chooser, heartbeat).execute(scenario);
    }

    private void ensureDeterministic(RunPlan plan, Outcome first) {
        ReplayChooser chooser = ReplayChooser.exact(first.recorded());
        Outcome second = execute(plan, chooser);
        if (!first.decided() || !second.decided()) {
            return; // when a thread comes back that blocks outside is up to the machine
        }
        String divergence = chooser.divergence();
        if (divergence == null && second.recorded().hash() != first.recorded().hash()) {
            divergence = "other steps, or at other times";
        }
        Finding finding = second.finding();
        if (divergence == null && finding != null) {
            divergence = "it failed: " + finding.headline();
        }
        if (divergence != null) {
            throw new SimulationFailure(Report.nondeterminism(divergence), null, null, runs);
        }
    }

    // ---- a failure

    private SimulationFailure failure(RunPlan plan, Outcome outcome, String how) {
        Finding finding = Objects.requireNonNull(outcome.finding());
        Recorded shortest =
                new Shrinker(this::execute, this::isTimeUp, plan, finding)
                        .shrink(outcome.recorded());
        ReplayChooser chooser = ReplayChooser.exact(shortest);
        Outcome traced = execute(plan.traced(), chooser);
        Finding again = traced.finding();
        if (again == null || !again.isLike(finding)) {
            return new SimulationFailure(
                    Report.unrepeatable(finding, how, again), finding.cause(), null, runs);
        }
        Token token = new Token(shortest, plan.injection());
        return new SimulationFailure(
                Report.failure(
                        again,
                        traced,
                        token,
                        "found in run "
                                + runs
                                + " by "
                                + how
                                + "; "
                                + outcome.recorded().deviations()
                                + (outcome.recorded().deviations() == 1
                                        ? " choice differed from FIFO, "
                                        : " choices differed from FIFO, ")
                                + shortest.deviations()
                                + (shortest.deviations() == 1 ? " is needed" : " are needed")),
                again.cause(),
                token.toString(),
                runs);
    }

    private Optional<String> replay(Token token) {
        RunPlan plan = options.plan(token.injection()).traced();
        ReplayChooser chooser = ReplayChooser.exact(token.recorded());
        Outcome outcome = execute(plan, chooser);
        Finding finding = outcome.finding();
        String divergence = chooser.divergence();
        if (finding != null) {
            throw new SimulationFailure(
                    Report.failure(
                            finding,
                            outcome,
                            token,
                            "replayed"
                                    + (divergence == null
                                            ? ""
                                            : "; the program has changed since: " + divergence)),
                    finding.cause(),
                    token.toString(),
                    1);
        }
        return Optional.ofNullable(divergence);
    }
}
