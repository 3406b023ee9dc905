package dev.treadle.metrics;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;

/// What is shipped in the jar for those who operate loops.
enum Shipped {
    ALERTS("prometheus-alerts.yml"),
    DASHBOARD("grafana-dashboard.json"),
    RECORDING("treadle.jfc");

    private final String file;

    Shipped(String file) {
        this.file = file;
    }

    /// As it is in the jar.
    String text() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(
                        TreadleMetrics.class.getResourceAsStream("/META-INF/treadle/" + file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /// As it is in the source tree.
    Path path() {
        return Path.of("src/main/resources/META-INF/treadle", file).toAbsolutePath();
    }
}
