package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.EventLoop.Problem;
import org.junit.jupiter.api.Test;

/// E1, problems that nobody else can be told of.
abstract class ProblemRules extends Rules {

    ProblemRules(SchedulerTck tck) {
        super(tck);
    }

    @Test
    @Requirement("E1.1")
    void problemsGoToTheHandlerThatIsSet() {
        Problem problem = Problem.of("a problem", new IllegalArgumentException());
        var handler = loop.exceptionHandler();

        loop.callExceptionHandler(problem);
        loop.exceptionHandler(null);

        assertThat(problems()).as("what the handler was given").containsExactly(problem);
        assertThat(handler).as("the handler that was set").isNotNull();
        assertThat(loop.exceptionHandler()).as("the handler after null was set").isNull();
    }

    @Test
    @Requirement("E1.2")
    void aHandlerThatFailsDoesNotEndTheLoop() {
        loop.exceptionHandler((_, _) -> {
            say("handler");
            throw new IllegalStateException("broken handler");
        });
        loop.callSoon(() -> {
            throw new IllegalArgumentException("broken callback");
        });
        loop.callSoon(saying("next"));

        runOnce();

        assertThat(said()).as("what ran").containsExactly("handler", "next");
    }
}
