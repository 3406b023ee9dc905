package dev.treadle.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.Rows;
import dev.treadle.benchmarks.tasks.Switch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageTest {
    private static final Environment ENVIRONMENT = new Environment(Map.of("JVM", "one of them"));

    private static Measurement switching(String who, int size, double nanos) {
        return new Measurement("Switch", who, size, nanos, 1, 16);
    }

    private static List<Measurement> growing(String who, double nanos) {
        return List.of(
                switching(who, 10, nanos),
                switching(who, 1000, nanos),
                switching(who, 10_000, 10 * nanos),
                switching(who, 100_000, 100 * nanos));
    }

    private static String text(Measurement... measurements) {
        return new Page(ENVIRONMENT, List.of(measurements)).text("benchmarks");
    }

    private static String behind(String text) {
        return text.substring(
                text.indexOf("## Where Treadle is not ahead"), text.indexOf("## All rows"));
    }

    @Nested
    class WhereTreadleIsBehind {
        @Test
        void theRowIsOnTopWithTheRatioThePeerAndTheReason() {
            String top =
                    behind(
                            text(
                                    switching("SINGLE_BATON", 1000, 300),
                                    switching("KOTLIN_DEFAULT", 1000, 200),
                                    switching("VIRTUAL_THREADS", 1000, 100)));

            assertThat(top)
                    .contains("**switch**", "single, baton 3.00 ×", "virtual threads")
                    .contains(Rows.of(Switch.class).behind())
                    .doesNotContain("Kotlin, Default");
        }

        @Test
        void aVariantThatIsAheadIsNotBlamed() {
            String top =
                    behind(
                            text(
                                    switching("SINGLE_BATON", 1000, 300),
                                    switching("SINGLE_MOUNTED", 1000, 99),
                                    switching("VIRTUAL_THREADS", 1000, 100)));

            assertThat(top)
                    .contains("| switch |", "single, baton 3.00 ×")
                    .doesNotContain("mounted");
        }

        @Test
        void levelIsNotAhead() {
            assertThat(
                            behind(
                                    text(
                                            switching("SINGLE_BATON", 1000, 100),
                                            switching("VIRTUAL_THREADS", 1000, 100))))
                    .contains("**switch**");
        }
    }

    @Test
    void whereTreadleIsAheadNothingIsOnTop() {
        assertThat(
                        behind(
                                text(
                                        switching("SINGLE_BATON", 1000, 50),
                                        switching("VIRTUAL_THREADS", 1000, 100))))
                .contains("Nowhere")
                .doesNotContain("switch");
    }

    @Test
    void aFloorAndCPythonAreNoPeers() {
        assertThat(
                        behind(
                                text(
                                        switching("SINGLE_BATON", 1000, 50),
                                        switching("BARE_BATON", 1000, 1),
                                        switching("CPYTHON", 1000, 1),
                                        switching("VIRTUAL_THREADS", 1000, 100))))
                .contains("Nowhere");
    }

    @Test
    void aRowHasItsRatiosItsBytesAndItsGrowth() {
        List<Measurement> measurements = new ArrayList<>(growing("SINGLE_MOUNTED", 50));
        measurements.addAll(growing("VIRTUAL_THREADS", 100));

        assertThat(new Page(ENVIRONMENT, measurements).text("benchmarks"))
                .contains("50.0 (0.50 ×)", "5 000 (0.50 ×)", "16.0 B", "n^0.49")
                .contains("![switch](benchmarks/Switch.svg)");
    }

    @Test
    void thePlotsAndFiguresAreBesideThePage(@TempDir Path directory) throws IOException {
        Page page = new Page(ENVIRONMENT, growing("SINGLE_MOUNTED", 50));
        Path file = directory.resolve("benchmarks.md");

        page.write(file);

        assertThat(directory.resolve("benchmarks/Switch.svg"))
                .content()
                .startsWith("<svg")
                .contains("single, mounted");
        assertThat(directory.resolve("benchmarks/figures.csv"))
                .content()
                .contains("Switch,SINGLE_MOUNTED,10000,500.000,1.000,ns,16.000");
        assertThat(file).content().contains("(benchmarks/figures.csv)");
    }

    @Test
    void theSameRunGivesTheSamePage(@TempDir Path one, @TempDir Path two) throws IOException {
        Page page = new Page(ENVIRONMENT, growing("SINGLE_MOUNTED", 50));

        page.write(one.resolve("page.md"));
        page.write(two.resolve("page.md"));

        assertThat(one.resolve("page.md")).hasSameTextualContentAs(two.resolve("page.md"));
        assertThat(Files.readString(one.resolve("page/Switch.svg")))
                .isEqualTo(Files.readString(two.resolve("page/Switch.svg")));
    }

    @Test
    void everyRowTellsWhatItDoes() {
        List<Class<?>> rows = new ArrayList<>(Rows.TIMED);
        rows.addAll(Rows.FOOTPRINTS);

        assertThat(rows)
                .extracting(Rows::of)
                .allSatisfy(row ->
                        assertThat(List.of(row.title(), row.operation(), row.work()))
                                .noneMatch(String::isBlank))
                .extracting(Row::title)
                .doesNotHaveDuplicates();
    }
}
