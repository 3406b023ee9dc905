package dev.treadle.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The reasons for which a body is not compiled, as the code words them, are those of the document
/// on compiled bodies. In both, `…` stands for what depends on the body.
class StackfulReasonsTest {
    private static final Path DOCUMENT = Artifact.ROOT.resolve("docs/compiled-bodies.md");
    private static final List<Path> CODE =
            Stream.of("weaver", "generator")
                    .map(name -> "core/src/main/java/dev/treadle/core/" + name)
                    .map(Artifact.ROOT::resolve)
                    .toList();

    /// Where a reason is given: what follows is an argument list.
    private static final Pattern GIVEN =
            Pattern.compile("(Refusal\\.(?:of|at)|new (?:Plan\\.)?(?:Stackful|Refused))\\(");

    /// What may be done with the yielder, in a table of its own; the reason begins with its name.
    private static final Pattern ESCAPE = Pattern.compile("->\\s*(\"is [^;]*);");

    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| (?!the reason says|---)(.+?) \\|.*$");

    @Test
    void everyReasonStandsInTheTable() throws IOException {
        List<String> documented = documented();

        assertThat(reasons())
                .hasSizeGreaterThan(30)
                .allSatisfy(reason ->
                        assertThat(documented).anyMatch(phrase -> isSaidIn(phrase, reason)));
    }

    @Test
    void everythingInTheTableIsAReason() throws IOException {
        List<String> reasons = reasons();

        assertThat(documented())
                .hasSizeGreaterThan(30)
                .allSatisfy(
                        phrase -> assertThat(reasons).anyMatch(reason -> isSaidIn(phrase, reason)));
    }

    private static boolean isSaidIn(String phrase, String reason) {
        return Pattern.compile(
                        Arrays.stream(phrase.split("…", -1))
                                .map(Pattern::quote)
                                .collect(Collectors.joining(".*")))
                .matcher(reason)
                .find();
    }

    private static List<String> documented() throws IOException {
        return ROW.matcher(Files.readString(DOCUMENT))
                .results()
                .map(row -> row.group(1).replaceAll(" \\([^)]*\\)", ""))
                .flatMap(cell -> Arrays.stream(cell.split(";")))
                .map(String::strip)
                .toList();
    }

    // ---- the code

    private static List<String> reasons() throws IOException {
        List<String> reasons = new ArrayList<>();
        for (Path folder : CODE) {
            try (Stream<Path> files = Files.walk(folder)) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .map(StackfulReasonsTest::text)
                        .forEach(code -> collect(code, reasons));
            }
        }
        return reasons;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void collect(String code, List<String> reasons) {
        GIVEN.matcher(code)
                .results()
                .map(given -> worded(argumentsFrom(code, given)))
                .filter(reason -> reason.chars().anyMatch(Character::isLetter))
                .forEach(reasons::add);
        if (code.contains("class TokenFlow ")) {
            ESCAPE.matcher(code)
                    .results()
                    .map(escape -> "the yielder " + worded(escape.group(1)))
                    .forEach(reasons::add);
        }
    }

    /// The arguments of a call, up to the end of its statement: what else that says is no literal.
    private static String argumentsFrom(String code, MatchResult call) {
        int depth = 1;
        int at = call.end();
        boolean quoted = false;
        for (; depth > 0; at++) {
            char c = code.charAt(at);
            if (c == '"' && code.charAt(at - 1) != '\\') {
                quoted = !quoted;
            } else if (!quoted && (c == '(' || c == ')')) {
                depth += c == '(' ? 1 : -1;
            }
        }
        return code.substring(call.end(), at - 1);
    }

    /// The literals of an expression, with `…` for what stands between and around them.
    private static String worded(String expression) {
        StringBuilder words = new StringBuilder();
        int end = 0;
        for (MatchResult literal : LITERAL.matcher(expression).results().toList()) {
            words.append(gap(expression.substring(end, literal.start())));
            words.append(literal.group(1).translateEscapes());
            end = literal.end();
        }
        return words.append(gap(expression.substring(end))).toString();
    }

    private static String gap(String code) {
        return code.chars().anyMatch(Character::isLetter) ? "…" : "";
    }
}
