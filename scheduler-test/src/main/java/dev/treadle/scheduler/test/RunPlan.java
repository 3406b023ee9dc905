package dev.treadle.scheduler.test;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What all runs of an exploration have in common, and the fault of this one.
///
/// @param stepCost how much virtual time a step may take at most
/// @param faults the faults that are drawn
/// @param allowed what may be left behind
/// @param body whether the loop runs the scenario, or the scenario a loop
/// @param injection the fault that is enumerated, or null
/// @param tracing whether to record what happens
record RunPlan(
        Duration stepCost,
        Set<Fault> faults,
        Set<Leak> allowed,
        Body body,
        @Nullable Injection injection,
        boolean tracing) {

    RunPlan withInjection(@Nullable Injection other) {
        return new RunPlan(stepCost, faults, allowed, body, other, tracing);
    }

    RunPlan traced() {
        return new RunPlan(stepCost, faults, allowed, body, injection, true);
    }
}
