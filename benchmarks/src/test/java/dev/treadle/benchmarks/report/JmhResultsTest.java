package dev.treadle.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.benchmarks.Rows;
import dev.treadle.benchmarks.tasks.Gather;
import dev.treadle.benchmarks.tasks.SpawnAwait;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class JmhResultsTest {
    @Test
    void theTimeOfManyIsDividedByTheirNumber() throws URISyntaxException {
        assertThat(read(Gather.class))
                .containsExactly(
                        new Measurement("Gather", "SINGLE_MOUNTED", 1000, 500, 15, 700),
                        new Measurement("Gather", "COMPLETABLE_FUTURE", 1000, 250, 0, -1));
    }

    @Test
    void theTimeOfOneIsTakenAsItIs() throws URISyntaxException {
        assertThat(read(SpawnAwait.class))
                .containsExactly(new Measurement("SpawnAwait", "KOTLIN_DEFAULT", 0, 321.5, 2, 64));
    }

    private static List<Measurement> read(Class<?> row) throws URISyntaxException {
        Path recorded =
                Path.of(JmhResultsTest.class.getResource(row.getSimpleName() + ".json").toURI());
        return JmhResults.read(recorded, Rows.of(row));
    }
}
