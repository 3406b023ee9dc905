package dev.treadle.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A real Prometheus, which scrapes a program with a loop: what it makes of the dashboard and of
/// the alert rules.
@Tag("realtime")
class PrometheusTest {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);
    private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((.*), (\\w+)\\)");

    @TempDir private static Path folder;
    private static ScrapedProgram program;
    private static PrometheusServer prometheus;

    /// What is looked at again and again.
    private interface Look {
        boolean isWell() throws InterruptedException;
    }

    @BeforeAll
    static void start() throws IOException {
        Promtool.require("prometheus");
        program = new ScrapedProgram();
        prometheus = PrometheusServer.start(program.port(), folder);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        if (prometheus != null) {
            prometheus.stop();
        }
        if (program != null) {
            program.stop();
        }
    }

    private static boolean comesTrue(Look look) throws InterruptedException {
        long began = System.nanoTime();
        while (!look.isWell()) {
            if (System.nanoTime() - began > PATIENCE) {
                return false;
            }
            LockSupport.parkNanos(50_000_000);
        }
        return true;
    }

    /// A query of the dashboard as Grafana would send it, with everything selected.
    private static String substituted(String expression) {
        return expression
                .replace("$__rate_interval", "5s")
                .replaceAll("\\$(job|instance|loop)\\b", ".*");
    }

    private static List<String> queries() throws IOException {
        List<String> queries = new ArrayList<>();
        JsonNode dashboard = new JsonMapper().readTree(Shipped.DASHBOARD.text());
        for (JsonNode panel : dashboard.path("panels")) {
            panel.path("targets").forEach(target -> queries.add(target.path("expr").asString()));
        }
        return queries;
    }

    @Test
    void everyQueryOfTheDashboardHasAnAnswer() throws IOException, InterruptedException {
        List<String> queries = queries();
        assertThat(queries).hasSizeGreaterThan(40);

        for (String query : queries) {
            assertThat(substituted(query)).as("all variables are known").doesNotContain("$");
            assertThat(comesTrue(() -> !prometheus.query(substituted(query)).isEmpty()))
                    .as("an answer to %s", query)
                    .isTrue();
        }
    }

    @Test
    void everyVariableOfTheDashboardHasValues() throws IOException, InterruptedException {
        JsonNode dashboard = new JsonMapper().readTree(Shipped.DASHBOARD.text());
        List<String> values = new ArrayList<>();
        for (JsonNode variable : dashboard.path("templating").path("list")) {
            Matcher matcher = LABEL_VALUES.matcher(variable.path("definition").asString(""));
            if (matcher.matches()) {
                String metric = substituted(matcher.group(1));
                List<JsonNode> seen = new ArrayList<>();
                assertThat(
                                comesTrue(() -> {
                                    prometheus.query(metric).forEach(seen::add);
                                    return !seen.isEmpty();
                                }))
                        .isTrue();
                values.add(seen.get(0).path("metric").path(matcher.group(2)).asString());
            }
        }

        assertThat(values).containsExactly("shop", "127.0.0.1:" + program.port(), "orders");
    }

    @Test
    void everyAlertRuleIsEvaluated() throws InterruptedException {
        assertThat(comesTrue(PrometheusTest::areAllRulesWell))
                .as("the rules of Prometheus are well: %s", prometheus.ruleGroups())
                .isTrue();
    }

    private static boolean areAllRulesWell() throws InterruptedException {
        List<String> health = new ArrayList<>();
        for (JsonNode group : prometheus.ruleGroups()) {
            group.path("rules").forEach(rule -> health.add(rule.path("health").asString()));
        }
        return !health.isEmpty() && health.stream().allMatch("ok"::equals);
    }

    @Test
    void theAlertOfABlockedLoopFiresAndResolves() throws InterruptedException {
        assertThat(comesTrue(() -> !prometheus.query("treadle_info").isEmpty())).isTrue();
        assertThat(isFiring()).isFalse();

        long began = System.nanoTime();
        CountDownLatch released = new CountDownLatch(1);
        program.loop.callSoonThreadsafe(() -> {
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });

        boolean fires;
        try {
            fires = comesTrue(PrometheusTest::isFiring);
        } finally {
            released.countDown();
        }
        assertThat(fires).as("the alert fires").isTrue();
        assertThat(System.nanoTime() - began)
                .as("nanoseconds until then")
                .isGreaterThan(TimeUnit.SECONDS.toNanos(5));
        assertThat(comesTrue(() -> !isFiring())).as("the alert resolves").isTrue();
    }

    private static boolean isFiring() throws InterruptedException {
        for (JsonNode alert : prometheus.alerts()) {
            JsonNode labels = alert.path("labels");
            if (labels.path("alertname").asString().equals("TreadleLoopBlocked")
                    && labels.path("loop").asString().equals("orders")
                    && alert.path("state").asString().equals("firing")) {
                return true;
            }
        }
        return false;
    }
}
