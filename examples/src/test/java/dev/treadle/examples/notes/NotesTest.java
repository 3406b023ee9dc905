package dev.treadle.examples.notes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Each program prints what CPython printed for its original.
class NotesTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    @Test
    void generatorPrintsWhatPythonPrints() throws Exception {
        new GeneratorNotes(out).run();

        assertThat(printed.toByteArray()).isEqualTo(expected("generator"));
    }

    @Test
    void tasksPrintsWhatPythonPrints() throws Exception {
        new Tasks(out).run();

        assertThat(printed.toByteArray()).isEqualTo(expected("tasks"));
    }

    @Test
    void producerConsumerPrintsWhatPythonPrints() throws Exception {
        new ProducerConsumer(out).run();

        assertThat(printed.toByteArray()).isEqualTo(expected("producer_consumer"));
    }

    @Test
    void threadsafeKeepsTheOrderOfTheLoop() throws Exception {
        new Threadsafe(out).run();

        List<String> lines = printed.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines.stream().filter(line -> line.startsWith("executing")))
                .as(
                        "what the loop ran: the cancelled zj is not among it, the coroutine zj comes last")
                .containsExactly(
                        "executing name: zj2", "executing name: zj3", "executing name: zj");
        assertThat(lines.stream().filter(line -> !line.startsWith("executing")))
                .as("what the main thread printed")
                .containsExactly(
                        "main thread non blocking...", "main thread on going...", "return nam:zj");
    }

    private static byte[] expected(String program) throws Exception {
        try (InputStream in =
                NotesTest.class.getResourceAsStream("/notes/" + program + ".expected")) {
            assertThat(in).as(program + ".expected").isNotNull();
            return in.readAllBytes();
        }
    }
}
