package dev.treadle.verification;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Provides;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What each published module requires, exports, uses and provides.
class ModuleDescriptorTest {

    static List<Artifact> published() {
        return Artifact.published();
    }

    @ParameterizedTest
    @MethodSource("published")
    void theDescriptorIsTheOneAgreedUpon(Artifact artifact) throws IOException {
        Snapshot.of("modules", artifact).compare(text(artifact.descriptor()));
    }

    @Test
    void noSnapshotIsLeftBehindByAnArtifactThatIsGone() throws IOException {
        assertThat(published())
                .extracting(Artifact::id)
                .containsAll(Snapshot.artifactsWith("modules").toList());
    }

    @ParameterizedTest
    @MethodSource("published")
    void theClassPathSeesTheProvidersThatTheModulePathSees(Artifact artifact) throws IOException {
        Map<String, Set<String>> provided =
                artifact.descriptor().provides().stream()
                        .collect(
                                toMap(
                                        Provides::service,
                                        provides -> new TreeSet<>(provides.providers())));

        assertThat(serviceFiles(artifact)).isEqualTo(provided);
    }

    private static Map<String, Set<String>> serviceFiles(Artifact artifact) throws IOException {
        Path folder = artifact.classes().resolve("META-INF/services");
        if (!Files.isDirectory(folder)) {
            return Map.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.collect(
                    toMap(file -> file.getFileName().toString(), ModuleDescriptorTest::providers));
        }
    }

    private static Set<String> providers(Path serviceFile) {
        try (Stream<String> lines = Files.lines(serviceFile)) {
            return new TreeSet<>(
                    lines.map(line -> line.replaceFirst("#.*", "").strip())
                            .filter(line -> !line.isEmpty())
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(ModuleDescriptor module) {
        Stream<String> requires =
                module.requires().stream()
                        .filter(required ->
                                !required.modifiers()
                                        .contains(ModuleDescriptor.Requires.Modifier.MANDATED))
                        .map(required ->
                                "requires " + words(required.modifiers()) + required.name());
        Stream<String> exports =
                module.exports().stream()
                        .map(export ->
                                "exports " + export.source() + targets(" to ", export.targets()));
        Stream<String> opens =
                module.opens().stream()
                        .map(open -> "opens " + open.source() + targets(" to ", open.targets()));
        Stream<String> uses = module.uses().stream().map("uses "::concat);
        Stream<String> provides =
                module.provides().stream()
                        .map(service ->
                                "provides "
                                        + service.service()
                                        + targets(" with ", service.providers()));
        return Stream.concat(
                        Stream.of(words(module.modifiers()) + "module " + module.name()),
                        Stream.of(requires, exports, opens, uses, provides)
                                .flatMap(Stream::sorted)
                                .map("    "::concat))
                .map(line -> line + "\n")
                .collect(joining());
    }

    private static String words(Set<? extends Enum<?>> modifiers) {
        return modifiers.stream()
                .map(modifier -> modifier.name().toLowerCase(java.util.Locale.ROOT) + " ")
                .sorted()
                .collect(joining());
    }

    private static String targets(String start, Collection<String> names) {
        return names.isEmpty() ? "" : names.stream().sorted().collect(joining(", ", start, ""));
    }
}
