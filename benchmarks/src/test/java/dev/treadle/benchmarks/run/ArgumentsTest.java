package dev.treadle.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.benchmarks.tasks.Gather;
import dev.treadle.benchmarks.tasks.Switch;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
    private static Arguments of(String... words) {
        return Arguments.of(words);
    }

    @Test
    void aWholeRunWritesThePageOfTheDocumentation() {
        Arguments whole = of("--root", "here");

        assertThat(whole.page()).isEqualTo(Path.of("here/docs/benchmarks.md"));
        assertThat(whole.wants(Gather.class)).isTrue();
    }

    @Test
    void aQuickOrPartialRunLeavesThatPageAlone() {
        Path target = Path.of("./benchmarks/target/benchmarks.md");

        assertThat(of("--quick").page()).isEqualTo(target);
        assertThat(of("--rows", "Switch").page()).isEqualTo(target);
        assertThat(of("--quick", "--page", "x.md").page()).isEqualTo(Path.of("x.md"));
    }

    @Test
    void rowsAreChosenByTheirWholeNames() {
        Arguments some = of("--rows", "Switch|Gat");

        assertThat(some.wants(Switch.class)).isTrue();
        assertThat(some.wants(Gather.class)).isFalse();
    }

    @Test
    void whatMetricsCostIsMeasuredIfAskedFor() {
        assertThat(of("--metrics").metrics()).isTrue();
        assertThat(of().metrics()).isFalse();
    }

    @Test
    void anUnknownOptionIsAnsweredWithThoseThereAre() {
        assertThatThrownBy(() -> of("--fast"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("--fast", "--quick");
        assertThatThrownBy(() -> of("--page"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--page needs a value");
    }
}
