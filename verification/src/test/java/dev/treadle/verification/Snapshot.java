package dev.treadle.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// A text under version control that says what something looked like when it was last agreed upon.
///
/// @param file where it is kept
record Snapshot(Path file) {
    private static final Path FOLDER = Artifact.ROOT.resolve("verification/src/test/resources");
    static final boolean UPDATE = "update".equals(System.getProperty("treadle.snapshot"));

    static Snapshot of(String kind, Artifact artifact) {
        return new Snapshot(FOLDER.resolve(kind).resolve(artifact.id() + ".txt"));
    }

    /// Fails if the text is another one than before; rewrites the snapshot instead when asked to.
    ///
    /// @param actual what it looks like now; empty for nothing to keep
    void compare(String actual) throws IOException {
        if (UPDATE) {
            update(actual);
        }
        String expected = Files.exists(file) ? Files.readString(file) : "";
        assertThat(actual)
                .as(
                        "%s. If the change is meant, run mvn -B verify -Dtreadle.snapshot=update, look at the diff and"
                                + " commit it with the change and its reason",
                        Artifact.ROOT.relativize(file))
                .isEqualTo(expected);
    }

    private void update(String actual) throws IOException {
        if (actual.isEmpty()) {
            Files.deleteIfExists(file);
        } else {
            Files.createDirectories(file.getParent());
            Files.writeString(file, actual);
        }
    }

    /// {@return the names of the artifacts that have a snapshot of this kind}
    ///
    /// @param kind the folder
    static Stream<String> artifactsWith(String kind) throws IOException {
        try (Stream<Path> files = Files.list(FOLDER.resolve(kind))) {
            return files
                    .map(found -> found.getFileName().toString().replaceFirst("\\.txt$", ""))
                    .toList()
                    .stream();
        }
    }
}
