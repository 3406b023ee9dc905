package dev.treadle.core.oracle;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One recorded program: its text, and what came of it on CPython.
///
/// @param seed what it was drawn from
/// @param tasks the bodies that can be spawned, by name
/// @param main the body of the main task
/// @param futures how many futures there are
/// @param locks how many locks
/// @param events how many events
/// @param conditions how many conditions
/// @param semaphores the semaphores' initial values
/// @param queues the queues' capacities, 0 for no bound
/// @param barriers the barriers' parties
/// @param recorded what CPython made of it
public record Scenario(
        int seed,
        Map<String, List<Op>> tasks,
        List<Op> main,
        int futures,
        int locks,
        int events,
        int conditions,
        List<Integer> semaphores,
        List<Integer> queues,
        List<Integer> barriers,
        Outcome recorded) {

    /// One operation of a body: a word and its arguments.
    public record Op(String kind, JsonNode node) {

        private static Op of(JsonNode node) {
            return new Op(node.get(0).asString(), node);
        }

        static List<Op> list(JsonNode nodes) {
            List<Op> ops = new ArrayList<>();
            for (JsonNode node : nodes) {
                ops.add(of(node));
            }
            return ops;
        }

        JsonNode argument(int index) {
            return node.get(index + 1);
        }

        boolean hasArgument(int index) {
            return node.size() > index + 1;
        }

        int number(int index) {
            return argument(index).intValue();
        }

        String text(int index) {
            return argument(index).stringValue();
        }

        boolean flag(int index) {
            return argument(index).booleanValue();
        }

        List<String> texts(int index) {
            return argument(index).valueStream().map(JsonNode::stringValue).toList();
        }

        List<Op> ops(int index) {
            return list(argument(index));
        }
    }

    /// A line of a run's log.
    ///
    /// @param micros the virtual time
    /// @param who the task that says it, or `loop`
    /// @param text what it says
    public record Entry(long micros, String who, String text) {

        @Override
        public String toString() {
            return "%9d %-10s %s".formatted(micros, who, text);
        }
    }

    /// What came of a run.
    ///
    /// @param log what was said
    /// @param end how the main task ended
    public record Outcome(List<Entry> log, String end) {}

    /// Reads the recorded runs of a family.
    public static List<Scenario> read(String family) {
        JsonMapper mapper = JsonMapper.builder().build();
        String resource = "/oracle/" + family + ".jsonl.gz";
        try (InputStream file =
                        Objects.requireNonNull(
                                Scenario.class.getResourceAsStream(resource), resource);
                BufferedReader lines =
                        new BufferedReader(
                                new InputStreamReader(
                                        new GZIPInputStream(file), StandardCharsets.UTF_8))) {
            return lines.lines().map(line -> of(mapper.readTree(line))).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Scenario of(JsonNode line) {
        JsonNode scenario = line.get("scenario");
        Map<String, List<Op>> tasks = new LinkedHashMap<>();
        scenario.get("tasks")
                .properties()
                .forEach(task -> tasks.put(task.getKey(), Op.list(task.getValue())));
        List<Entry> log = new ArrayList<>();
        for (JsonNode entry : line.get("log")) {
            log.add(
                    new Entry(
                            entry.get(0).longValue(),
                            entry.get(1).stringValue(),
                            entry.get(2).stringValue()));
        }
        return new Scenario(
                line.get("seed").intValue(),
                tasks,
                Op.list(scenario.get("main")),
                scenario.get("futures").intValue(),
                scenario.get("locks").intValue(),
                scenario.get("events").intValue(),
                scenario.get("conditions").intValue(),
                numbers(scenario.get("semaphores")),
                numbers(scenario.get("queues")),
                numbers(scenario.get("barriers")),
                new Outcome(log, line.get("end").stringValue()));
    }

    private static List<Integer> numbers(JsonNode nodes) {
        List<Integer> numbers = new ArrayList<>();
        for (JsonNode node : nodes) {
            numbers.add(node.intValue());
        }
        return numbers;
    }
}
