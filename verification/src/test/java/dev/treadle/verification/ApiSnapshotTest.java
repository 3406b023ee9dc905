package dev.treadle.verification;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Shows each change of what users can see in the diff of the commit that makes it.
class ApiSnapshotTest {

    /// What an application imports must fit into one head. Raise this only with a reason that a
    /// user would accept.
    private static final int MOST_TYPES = 38;

    static List<Artifact> published() {
        return Artifact.published();
    }

    @ParameterizedTest
    @MethodSource("published")
    void thePublicSignaturesAreThoseAgreedUpon(Artifact artifact) throws IOException {
        String signatures = exportedTypes(artifact).map(Signatures::of).collect(joining("\n"));

        Snapshot.of("api", artifact).compare(signatures);
    }

    @Test
    void noSnapshotIsLeftBehindByAnArtifactThatIsGone() throws IOException {
        assertThat(published())
                .extracting(Artifact::id)
                .containsAll(Snapshot.artifactsWith("api").toList());
    }

    @Test
    void applicationsImportFewTypes() {
        List<String> types =
                published().stream()
                        .flatMap(ApiSnapshotTest::exportedTypes)
                        .filter(type ->
                                type.getPackageName().equals("dev.treadle")
                                        && !type.isMemberClass())
                        .map(Class::getSimpleName)
                        .toList();

        assertThat(types).contains("Async", "Generator").hasSizeLessThanOrEqualTo(MOST_TYPES);
    }

    private static Stream<Class<?>> exportedTypes(Artifact artifact) {
        return artifact.descriptor().exports().stream()
                .filter(export -> !export.isQualified())
                .map(ModuleDescriptor.Exports::source)
                .flatMap(exported -> types(artifact, exported))
                .filter(Signatures::isVisible)
                .sorted(Comparator.comparing(Class::getName));
    }

    private static Stream<Class<?>> types(Artifact artifact, String exported) {
        try (Stream<Path> files =
                Files.list(artifact.classes().resolve(exported.replace('.', '/')))) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".class") && !file.equals("package-info.class"))
                    .<Class<?>>map(
                            file -> load(exported + "." + file.replaceFirst("\\.class$", "")))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, ApiSnapshotTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
