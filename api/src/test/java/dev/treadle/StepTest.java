package dev.treadle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StepTest {

    @Test
    void aSwitchOverBothCasesIsExhaustiveAndBindsTheValue() {
        Step<Integer, String> yielded = new Step.Yielded<>(7);
        Step<Integer, String> returned = new Step.Returned<>("tree");

        assertThat(describe(yielded)).isEqualTo("yielded 7");
        assertThat(describe(returned)).isEqualTo("returned tree");
    }

    @Test
    void aReturnedNullMatchesToo() {
        assertThat(describe(new Step.Returned<>(null))).isEqualTo("returned null");
    }

    @Test
    void stepsAreValues() {
        assertThat(new Step.Yielded<Integer, String>(7)).isEqualTo(new Step.Yielded<>(7));
        assertThat(new Step.Returned<Integer, String>("a"))
                .isNotEqualTo(new Step.Returned<>("b"))
                .hasToString("Returned[value=a]");
    }

    private static String describe(Step<Integer, String> step) {
        return switch (step) {
            case Step.Yielded(var value) -> "yielded " + value;
            case Step.Returned(var value) -> "returned " + value;
        };
    }
}
