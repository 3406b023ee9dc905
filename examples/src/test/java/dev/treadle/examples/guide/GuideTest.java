package dev.treadle.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The worked examples do what the guide says.
class GuideTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    private List<String> lines() {
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void theFirstMirrorWinsAndTheOthersAreGivenUp() {
        new Mirrors(Map.of("near", 1, "far", 3_600_000, "broken", -1), out).run();

        assertThat(lines()).containsExactly("from near");
    }

    @Test
    void mirrorsThatAllFailAreAFailure() {
        new Mirrors(Map.of("broken", -1, "dead", -1), out).run();

        assertThat(lines()).containsExactly("all failed: 2");
    }

    @Test
    void noMirrorIsWaitedForForEver() {
        new Mirrors(Map.of("far", 3_600_000), out).run();

        assertThat(lines()).containsExactly("nobody answered in 500 ms");
    }

    @Test
    void thePipelineSendsEachLineOnceAndEnds() {
        new Pipeline(out).run();

        assertThat(lines())
                .containsExactlyInAnyOrder(
                        "sent line 1",
                        "sent line 2",
                        "sent line 3",
                        "sent line 4",
                        "nothing left",
                        "nothing left");
    }

    @Test
    void theThermometerSmoothsWhatItIsTold() {
        new Thermometer(out).run();

        assertThat(lines()).containsExactly("21.0 degrees", "22.0 degrees", "23.0 degrees");
    }

    @Test
    void theBackgroundLoopServesBothThreads() throws Exception {
        Background.demonstrate(out);

        assertThat(lines()).containsExactly("hello ada", "hello grace");
    }
}
