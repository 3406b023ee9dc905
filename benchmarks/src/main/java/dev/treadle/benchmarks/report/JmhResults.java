package dev.treadle.benchmarks.report;

import dev.treadle.benchmarks.Row;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Reads what JMH wrote.
///
/// The cost of an operation is that in the fastest iteration: what else the machine does can only
/// add to it.
public final class JmhResults {
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private JmhResults() {}

    /// Reads the results of a row.
    ///
    /// @param json what JMH wrote
    /// @param row what the row tells about itself
    /// @return its measurements, in the order of the file
    public static List<Measurement> read(Path json, Row row) {
        List<Measurement> measurements = new ArrayList<>();
        for (JsonNode result : new ObjectMapper().readTree(json.toFile())) {
            measurements.add(measurement(result, row));
        }
        return measurements;
    }

    private static Measurement measurement(JsonNode result, Row row) {
        String[] path = result.get("benchmark").asString().split("\\.", -1);
        String method = path[path.length - 1];
        JsonNode params = result.path("params");
        JsonNode metric = result.get("primaryMetric");
        JsonNode allocated = result.path("secondaryMetrics").path(ALLOCATED).path("score");
        int size = params.path("size").asInt(0);
        double operations = row.perSize() ? size : 1;
        DoubleSummaryStatistics iterations =
                metric.get("rawData")
                        .valueStream()
                        .flatMap(JsonNode::valueStream)
                        .mapToDouble(JsonNode::asDouble)
                        .summaryStatistics();
        return new Measurement(
                path[path.length - 2],
                params.has("on") ? params.get("on").asString() : constant(method),
                size,
                iterations.getMin() / operations,
                (iterations.getMax() - iterations.getMin()) / operations,
                allocated.isNumber() ? allocated.asDouble() / operations : -1);
    }

    private static String constant(String method) {
        return method.replaceAll("(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
    }
}
