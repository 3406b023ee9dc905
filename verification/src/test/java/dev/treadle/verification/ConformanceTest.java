package dev.treadle.verification;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Each behaviour that Treadle shares with CPython is shown by a test that carries its name, and
/// docs/conformance.md says by which.
class ConformanceTest {
    private static final Path PAGE = Artifact.ROOT.resolve("docs/conformance.md");
    private static final Pattern PAGE_ROW =
            Pattern.compile("(?m)^\\| ([A-Z]+-[0-9]{2}) \\| (.*) \\| (.*) \\|$");
    private static final Pattern LISTED_TEST = Pattern.compile("`([^`]+)`");

    /// The tests that name each behaviour.
    private static final Map<String, SortedSet<String>> SHOWN = shown();

    @Test
    void everyBehaviourIsShownByATestOrSaysWhyItCannotBe() throws IOException {
        List<String> missing =
                Behaviours.all().stream()
                        .filter(row -> row.reason().isEmpty() && !SHOWN.containsKey(row.id()))
                        .map(Behaviours.Row::id)
                        .toList();

        assertThat(missing)
                .as(
                        "behaviours without a test that is annotated @Behaviour(name) and without a"
                                + " reason")
                .isEmpty();
    }

    @Test
    void everyTestNamesBehavioursThatAreListed() throws IOException {
        List<String> listed = Behaviours.all().stream().map(Behaviours.Row::id).toList();

        assertThat(listed).doesNotHaveDuplicates();
        assertThat(SHOWN.keySet()).as("behaviours named by tests").isSubsetOf(listed);
    }

    @Test
    void thePageListsEveryBehaviourWithTestsThatExist() throws IOException {
        if (Snapshot.UPDATE) {
            Files.writeString(PAGE, page());
        }
        Map<String, MatchResult> rows = new TreeMap<>();
        PAGE_ROW.matcher(Files.readString(PAGE))
                .results()
                .forEach(row -> rows.put(row.group(1), row));
        List<String> wrong = new ArrayList<>();
        for (Behaviours.Row row : Behaviours.all()) {
            problem(row, rows.remove(row.id()))
                    .ifPresent(what -> wrong.add(row.id() + ": " + what));
        }
        rows.keySet().forEach(id -> wrong.add(id + ": listed on the page alone"));

        assertThat(wrong)
                .as(
                        "%s. Run mvn -B verify -Dtreadle.snapshot=update and commit the page",
                        Artifact.ROOT.relativize(PAGE))
                .isEmpty();
    }

    /// What the page has wrong of a behaviour. It need not list the newest tests.
    private static Optional<String> problem(Behaviours.Row row, @Nullable MatchResult onPage) {
        if (onPage == null) {
            return Optional.of("not on the page");
        }
        Set<String> tests = SHOWN.getOrDefault(row.id(), new TreeSet<>());
        String cell = onPage.group(3);
        List<String> listed =
                LISTED_TEST.matcher(cell).results().map(test -> test.group(1)).toList();
        if (!onPage.group(2).equals(row.statement())) {
            return Optional.of("described in other words");
        } else if (!tests.containsAll(listed)) {
            return Optional.of("names tests that do not show it any more, among " + listed);
        } else if (listed.isEmpty() && !tests.isEmpty() && !row.isPending()) {
            return Optional.of("has tests that the page does not name");
        } else if (!cell.endsWith(row.reason())) {
            return Optional.of("the reason is another one");
        }
        return Optional.empty();
    }

    private static String page() throws IOException {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        String area = "";
        for (Behaviours.Row row : Behaviours.all()) {
            if (!row.area().equals(area)) {
                area = row.area();
                page.append("\n## ").append(area).append("\n\n");
                page.append("| behaviour | what it is | shown by |\n| --- | --- | --- |\n");
            }
            page.append("| %s | %s | %s |\n".formatted(row.id(), row.statement(), cell(row)));
        }
        return page.toString();
    }

    private static String cell(Behaviours.Row row) {
        String tests =
                SHOWN.getOrDefault(row.id(), new TreeSet<>()).stream()
                        .map(test -> "`" + test + "`")
                        .collect(joining(", "));
        return Stream.of(tests, row.reason())
                .filter(text -> !text.isEmpty())
                .collect(joining(". "));
    }

    private static final String INTRODUCTION =
            """
            # Conformance

            What Treadle does as CPython does, one behaviour a line, and the tests that show it. Each of them runs on both kinds of
            carriers. Where a behaviour, or a part of it, can't be had in Java, the last column says why.

            Beside these, programs that were recorded on CPython are run and compared, those of primitives entry by entry, the others by
            what each task does at each point in time: see the tests of core whose names contain `Oracle`.

            This page is written by a test, from the annotations of the tests: `mvn -B verify -Dtreadle.snapshot=update`.
            """;

    private static Map<String, SortedSet<String>> shown() {
        Map<String, SortedSet<String>> shown = new TreeMap<>();
        List<Path> folders =
                Artifact.all().stream()
                        .map(Artifact::testClasses)
                        .flatMap(Optional::stream)
                        .toList();
        for (JavaClass type : new ClassFileImporter().importPaths(folders)) {
            for (JavaMethod method : type.getMethods()) {
                for (String id : behavioursOf(method)) {
                    shown.computeIfAbsent(id, _ -> new TreeSet<>()).add(name(method));
                }
            }
        }
        return shown;
    }

    private static List<String> behavioursOf(JavaMethod method) {
        return method.getAnnotations().stream()
                .filter(annotation -> annotation.getRawType().getSimpleName().equals("Behaviour"))
                .map(JavaAnnotation::getProperties)
                .flatMap(properties -> Arrays.stream((Object[]) properties.get("value")))
                .map(Object::toString)
                .toList();
    }

    private static String name(JavaMethod method) {
        String type = method.getOwner().getName();
        return type.substring(type.lastIndexOf('.') + 1).replace('$', '.') + "." + method.getName();
    }
}
