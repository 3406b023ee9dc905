package dev.treadle.core.generator;

import dev.treadle.Generator.State;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/// Threads that claim one body, in every interleaving that the model checker can reach.
class ClaimableInterleavingTest {
    @Test
    void oneAtATimeHasIt() {
        new ModelCheckingOptions()
                .iterations(4)
                .invocationsPerIteration(1_000)
                .threads(3)
                .actorsPerThread(3)
                .actorsBefore(0)
                .actorsAfter(1)
                .check(Claiming.class);
    }

    /// Whoever has claimed it is alone; the first becomes its owner.
    public static class Claiming {
        private final AtomicInteger claims = new AtomicInteger();
        private final Claimable body =
                new Claimable() {
                    @Override
                    Claimable first() {
                        return this;
                    }

                    @Override
                    boolean cutOff() {
                        throw new AssertionError("it is held by nobody");
                    }
                };
        private boolean claimed;
        private int steps; // written by who has claimed it, without more ado

        /// Makes a step, unless refused; returns whether nobody else did meanwhile.
        @Operation
        public boolean step() {
            State before;
            try {
                before = body.claim();
            } catch (IllegalStateException e) {
                return true;
            }
            if (before == State.CREATED) {
                body.own();
            }
            claims.incrementAndGet();
            boolean alone = !claimed;
            claimed = true;
            steps++;
            claimed = false;
            body.giveUp(false);
            return alone;
        }

        @Validate
        public void noStepIsLost() {
            if (steps != claims.get()) {
                throw new AssertionError(steps + " steps of " + claims + " remain");
            }
        }
    }
}
