package dev.treadle.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The worked examples of the guide are parts of programs that are compiled and tested.
///
/// A block of code that comes from one says so in the line before: `<!-- sample: PATH -->`.
class SamplesTest {
    private static final Pattern SAMPLE =
            Pattern.compile("(?ms)^<!-- sample: (\\S+) -->\\n```java\\n(.*?)^```$");

    /// A block of a document that comes from a program.
    record Sample(Path document, String program, String code) {
        @Override
        public String toString() {
            return document + " from " + program;
        }
    }

    static List<Sample> samples() throws IOException {
        return LinksTest.documents().stream().flatMap(SamplesTest::samplesOf).toList();
    }

    private static Stream<Sample> samplesOf(Path document) {
        try {
            return SAMPLE.matcher(Files.readString(Artifact.ROOT.resolve(document)))
                    .results()
                    .map(found -> new Sample(document, found.group(1), found.group(2)));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void someDocumentsHaveThem() throws IOException {
        assertThat(samples())
                .extracting(sample -> sample.document().toString())
                .contains("docs/tasks.md", "docs/sync.md", "docs/bridges.md", "docs/loops.md");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void eachIsPartOfItsProgram(Sample sample) throws IOException {
        String program = Files.readString(Artifact.ROOT.resolve(sample.program()));

        assertThat(withoutIndentation(program)).contains(withoutIndentation(sample.code()));
    }

    private static String withoutIndentation(String code) {
        return code.lines().map(String::strip).reduce("", (text, line) -> text + line + "\n");
    }
}
