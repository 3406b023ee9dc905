package dev.treadle.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/// Where and how measurements were made.
///
/// @param facts what is worth knowing, in the order of the page
public record Environment(Map<String, String> facts) {
    /// Describes this machine and JVM, and what was measured with.
    ///
    /// @param how the iterations, in words
    /// @param python what CPython there was
    /// @return the description
    /// @throws IOException if the machine cannot be asked
    public static Environment here(String how, String python) throws IOException {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("date", LocalDate.now(ZoneOffset.UTC).toString());
        facts.put(
                "processor",
                processor() + ", " + Runtime.getRuntime().availableProcessors() + " of it");
        facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put(
                "JVM",
                System.getProperty("java.vm.vendor")
                        + " "
                        + System.getProperty("java.runtime.version")
                        + ", its default collector and heap");
        facts.put("CPython", python);
        facts.put("peers", peers());
        facts.put("iterations", how);
        return new Environment(facts);
    }

    private static String processor() throws IOException {
        Path info = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(info)) {
            return System.getProperty("os.arch");
        }
        try (Stream<String> lines = Files.lines(info)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        }
    }

    /// The jars of the peers carry their versions in their names.
    private static String peers() {
        return Stream.of(
                        System.getProperty("java.class.path")
                                .split(System.getProperty("path.separator")))
                .map(entry -> Path.of(entry).getFileName().toString())
                .filter(jar ->
                        jar.matches(
                                "(kotlin-stdlib|kotlinx-coroutines-core-jvm|channels|netty-transport"
                                        + "|vertx-core|reactor-core)-\\d.*\\.jar"))
                .map(jar ->
                        jar.replace("channels", "jox channels").replaceAll("-(\\d.*)\\.jar", " $1"))
                .distinct()
                .sorted()
                .reduce((a, b) -> a + ", " + b)
                .orElse("none");
    }
}
