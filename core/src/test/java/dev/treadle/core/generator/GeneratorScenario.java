package dev.treadle.core.generator;

import dev.treadle.core.generator.Operation.Fault;
import dev.treadle.core.generator.Operation.Handler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A program of generators that was drawn at random, and what CPython made of it.
///
/// @param seed what it was drawn from
/// @param bodies the bodies by name; `g0` is the one that is driven
/// @param drive what is done to it, in order
/// @param log what came of it, in order
record GeneratorScenario(
        int seed, Map<String, List<Operation>> bodies, List<Command> drive, List<String> log) {

    /// What is done to a generator.
    sealed interface Command {
        record Next() implements Command {}

        record Send(int value) implements Command {}

        record Throw(Fault fault) implements Command {}

        record Exit() implements Command {}

        record Close() implements Command {}
    }

    /// Reads all recorded scenarios.
    static List<GeneratorScenario> readAll() {
        try (InputStream resource =
                        GeneratorScenario.class.getResourceAsStream("/oracle/generators.jsonl.gz");
                InputStream json = new GZIPInputStream(Objects.requireNonNull(resource));
                var lines =
                        new BufferedReader(new InputStreamReader(json, StandardCharsets.UTF_8))) {
            JsonMapper mapper = JsonMapper.shared();
            return lines.lines().map(mapper::readTree).map(GeneratorScenario::parse).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static GeneratorScenario parse(JsonNode node) {
        Map<String, List<Operation>> bodies = new LinkedHashMap<>();
        node.get("bodies").forEachEntry((name, body) -> bodies.put(name, block(body)));
        return new GeneratorScenario(
                node.get("seed").intValue(),
                bodies,
                node.get("drive").valueStream().map(GeneratorScenario::command).toList(),
                node.get("log").valueStream().map(JsonNode::stringValue).toList());
    }

    private static Command command(JsonNode node) {
        String kind = node.get(0).stringValue();
        return switch (kind) {
            case "next" -> new Command.Next();
            case "send" -> new Command.Send(node.get(1).intValue());
            case "throw" -> new Command.Throw(fault(node));
            case "exit" -> new Command.Exit();
            case "close" -> new Command.Close();
            default -> throw new IllegalArgumentException("unknown command " + kind);
        };
    }

    private static List<Operation> block(JsonNode node) {
        return node.valueStream().map(GeneratorScenario::operation).toList();
    }

    private static Operation operation(JsonNode node) {
        String kind = node.get(0).stringValue();
        return switch (kind) {
            case "yield" -> new Operation.Yield(node.get(1).intValue());
            case "yield_sum" ->
                    new Operation.YieldSum(node.get(1).intValue(), node.get(2).intValue());
            case "yield_items" -> new Operation.YieldItems(node.get(1).intValue());
            case "yield_from" -> new Operation.YieldFrom(node.get(1).stringValue());
            case "log" -> new Operation.Log(node.get(1).stringValue());
            case "set" -> new Operation.Set(node.get(1).intValue());
            case "raise" -> new Operation.Raise(fault(node));
            case "return" -> new Operation.Return(node.get(1).intValue());
            case "repeat" -> new Operation.Repeat(node.get(1).intValue(), block(node.get(2)));
            case "if_sent" -> new Operation.IfSent(block(node.get(1)), block(node.get(2)));
            case "try" ->
                    new Operation.Try(
                            block(node.get(1)),
                            node.get(2).valueStream().map(GeneratorScenario::handler).toList(),
                            block(node.get(3)));
            default -> throw new IllegalArgumentException("unknown operation " + kind);
        };
    }

    private static Handler handler(JsonNode node) {
        return new Handler(node.get(0).stringValue(), block(node.get(1)));
    }

    private static Fault fault(JsonNode node) {
        return new Fault(node.get(1).stringValue(), node.get(2).stringValue());
    }
}
