package dev.treadle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a coroutine does without a loop.
class CoroutineTest {

    private static final String REUSED =
            "cannot reuse already awaited coroutine: create a new one for each run";

    @Test
    void nothingRunsBeforeItIsAskedTo() throws Exception {
        List<String> ran = new ArrayList<>();
        Coroutine<String> coroutine =
                Coroutine.of(() -> {
                    ran.add("body");
                    return "result";
                });
        assertThat(ran).isEmpty();

        String result = coroutine.runBody();

        assertThat(result).isEqualTo("result");
        assertThat(ran).containsExactly("body");
    }

    @Test
    void awaitOutsideATaskSaysWhatToCallInsteadAndUsesNothingUp() throws Exception {
        Coroutine<String> coroutine = Coroutine.of(() -> "result");

        assertThatIllegalStateException()
                .isThrownBy(coroutine::await)
                .withMessage(
                        "await() outside a coroutine: on a plain thread call Async.run(...) or"
                                + " Future.get(), in a callback create a task");

        assertThat(coroutine.runBody()).isEqualTo("result");
    }

    @Test
    void aSecondRunIsRefused() throws Exception {
        Coroutine<String> coroutine = Coroutine.of(() -> "result");
        coroutine.runBody();

        assertThatIllegalStateException().isThrownBy(coroutine::runBody).withMessage(REUSED);
    }

    @Test
    void aSecondRunIsRefusedAfterAFailureToo() {
        Coroutine<String> coroutine =
                Coroutine.of(() -> {
                    throw new IOException("lost");
                });
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(coroutine::runBody)
                .withMessage("lost");

        assertThatIllegalStateException().isThrownBy(coroutine::runBody).withMessage(REUSED);
    }

    @Test
    void aRunInsideItsOwnRunIsRefused() throws Exception {
        List<Coroutine<String>> self = new ArrayList<>();
        Coroutine<String> coroutine = Coroutine.of(() -> self.get(0).runBody());
        self.add(coroutine);

        assertThatIllegalStateException()
                .isThrownBy(coroutine::runBody)
                .withMessage(
                        "coroutine is being awaited already: share its result by making it a task");
    }

    @Test
    void closingItInsideItsOwnRunIsRefused() {
        List<Coroutine<?>> self = new ArrayList<>();
        Coroutine<?> coroutine = Coroutine.of(() -> self.get(0).close());
        self.add(coroutine);

        assertThatIllegalStateException()
                .isThrownBy(coroutine::runBody)
                .withMessage(
                        "coroutine is running: cancel the task that runs it instead of closing it");
    }

    @Test
    void aClosedOneNeverRuns() {
        Coroutine<String> coroutine = Coroutine.of(() -> "result");
        coroutine.close();
        coroutine.close();

        assertThatIllegalStateException().isThrownBy(coroutine::runBody).withMessage(REUSED);
    }

    @Test
    void closingOneThatHasEndedChangesNothing() throws Exception {
        Coroutine<String> coroutine = Coroutine.of(() -> "result");
        coroutine.runBody();

        coroutine.close();

        assertThat(coroutine.toString()).endsWith(", ended]");
    }

    @Test
    void aStopIterationThatLeavesTheBodyBecomesTheCauseOfAnError() {
        StopIteration stop = new StopIteration("value");
        Coroutine<String> coroutine =
                Coroutine.of(() -> {
                    throw stop;
                });

        assertThatIllegalStateException()
                .isThrownBy(coroutine::runBody)
                .withMessage("coroutine raised StopIteration")
                .withCause(stop);
    }

    @Test
    void anActionGivesNull() throws Exception {
        List<String> ran = new ArrayList<>();
        Coroutine<?> coroutine =
                Coroutine.of(() -> {
                    ran.add("action");
                });

        assertThat(coroutine.runBody()).isNull();
        assertThat(ran).containsExactly("action");
    }

    @Test
    void itsTextTellsHowFarItIs() throws Exception {
        List<String> seen = new ArrayList<>();
        List<Coroutine<?>> self = new ArrayList<>();
        Coroutine<?> coroutine =
                Coroutine.of(() -> {
                    seen.add(self.get(0).toString());
                });
        self.add(coroutine);
        seen.add(coroutine.toString());

        coroutine.runBody();

        seen.add(coroutine.toString());
        assertThat(seen)
                .allMatch(text -> text.startsWith("Coroutine["))
                .satisfiesExactly(
                        text -> assertThat(text).endsWith(", created]"),
                        text -> assertThat(text).endsWith(", started]"),
                        text -> assertThat(text).endsWith(", ended]"));
    }
}
