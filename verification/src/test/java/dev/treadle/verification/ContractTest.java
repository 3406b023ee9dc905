package dev.treadle.verification;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.tck.Requirement;
import dev.treadle.tck.SchedulerTck;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The contract and what verifies it name the same rules.
class ContractTest {
    private static final Pattern RULE =
            Pattern.compile("(?m)^\\* \\*\\*([A-Z]\\d+\\.\\d+) (MUST|SHOULD)\\b[^*]*\\*\\* \\S");

    /// A rule with all its lines, the last of which says what it is for.
    private static final Pattern EXPLAINED =
            Pattern.compile(
                    "(?m)^\\* \\*\\*([A-Z]\\d+\\.\\d+) .*(?:\\n  [^*\\s].*)*\\n  \\*[^*\\s](?s:[^*]*)\\*$");

    private static final Pattern NOT_VERIFIED =
            Pattern.compile("(?m)^\\| ([A-Z]\\d+\\.\\d+) \\| \\S.* \\|$");

    @Test
    void everyRuleIsVerifiedOrSaysWhyNot() throws IOException {
        List<String> rules = rules().stream().map(rule -> rule.group(1)).toList();

        assertThat(Stream.concat(tests().keySet().stream(), notVerified().stream()))
                .as("rules with a test, and rules with a reason for having none")
                .containsExactlyInAnyOrderElementsOf(rules);
    }

    @Test
    void everyRuleThatIsAMustIsVerified() throws IOException {
        List<String> musts =
                rules().stream()
                        .filter(rule -> rule.group(2).equals("MUST"))
                        .map(rule -> rule.group(1))
                        .toList();

        assertThat(tests()).containsOnlyKeys(musts);
    }

    @Test
    void aRuleIsThereOnce() throws IOException {
        assertThat(rules()).extracting(rule -> rule.group(1)).doesNotHaveDuplicates();
    }

    @Test
    void everyRuleSaysWhatItIsFor() throws IOException {
        assertThat(EXPLAINED.matcher(contract()).results().map(rule -> rule.group(1)))
                .containsExactlyElementsOf(rules().stream().map(rule -> rule.group(1)).toList());
    }

    @Test
    void everyTestOfASchedulerNamesItsRule() {
        assertThat(methods().filter(method -> method.isAnnotationPresent(Test.class)))
                .isNotEmpty()
                .allMatch(method -> method.isAnnotationPresent(Requirement.class));
    }

    private static List<MatchResult> rules() throws IOException {
        return RULE.matcher(contract()).results().toList();
    }

    private static List<String> notVerified() throws IOException {
        return NOT_VERIFIED.matcher(contract()).results().map(found -> found.group(1)).toList();
    }

    private static String contract() throws IOException {
        return Files.readString(Artifact.ROOT.resolve("docs/contract.md"));
    }

    private static Map<String, Method> tests() {
        return methods()
                .filter(method -> method.isAnnotationPresent(Requirement.class))
                .collect(
                        toMap(
                                method -> method.getAnnotation(Requirement.class).value(),
                                method -> method));
    }

    private static Stream<Method> methods() {
        return Arrays.stream(SchedulerTck.class.getDeclaredClasses())
                .flatMap(group -> Arrays.stream(group.getSuperclass().getDeclaredMethods()));
    }
}
