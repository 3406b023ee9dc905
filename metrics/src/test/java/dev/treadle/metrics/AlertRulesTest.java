package dev.treadle.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The alert rules, by themselves.
class AlertRulesTest {
    private static final Path TESTS = Path.of("src/test/prometheus/alerts-test.yml");
    private static final Path MANUAL = Path.of("../docs/observability.md");

    private static List<String> found(String text, String pattern) {
        return Pattern.compile(pattern, Pattern.MULTILINE)
                .matcher(text)
                .results()
                .map(result -> result.group(1))
                .toList();
    }

    private static List<String> alerts() throws IOException {
        return found(Shipped.ALERTS.text(), "- alert: (\\w+)");
    }

    @Test
    void areUnderstoodByPrometheus() throws IOException, InterruptedException {
        Promtool.run("check", "rules", Shipped.ALERTS.path().toString());
    }

    @Test
    void fireAndDoNotFire() throws IOException, InterruptedException {
        Promtool.run("test", "rules", TESTS.toString());
    }

    @Test
    void haveATestThatFiresAndOneThatDoesNot() throws IOException {
        String tests = Files.readString(TESTS);

        assertThat(found(tests, "alertname: (\\w+)\\n *exp_alerts:\\n"))
                .hasSameElementsAs(alerts());
        assertThat(found(tests, "alertname: (\\w+)\\n *exp_alerts: \\[\\]\\n"))
                .hasSameElementsAs(alerts());
    }

    @Test
    void haveASectionInTheManual() throws IOException {
        List<String> headings = found(Files.readString(MANUAL), "^### (Treadle\\w+)$");

        assertThat(headings).containsExactlyInAnyOrderElementsOf(alerts());
        assertThat(found(Shipped.ALERTS.text(), "runbook: docs/observability.md#(\\w+)"))
                .containsExactlyElementsOf(
                        alerts().stream().map(alert -> alert.toLowerCase(Locale.ROOT)).toList());
    }

    @Test
    void nameMetersThatThereAre() throws IOException {
        List<String> exposed =
                Files.readAllLines(Path.of("src/test/resources/exposition.txt")).stream()
                        .map(line -> line.replaceAll("\\{.*", ""))
                        .toList();

        assertThat(
                        Pattern.compile("\\b(treadle_\\w+)")
                                .matcher(Shipped.ALERTS.text())
                                .results()
                                .map(MatchResult::group))
                .isNotEmpty()
                .allMatch(exposed::contains);
    }
}
