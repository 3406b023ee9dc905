package dev.treadle.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BillOfMaterialsTest {

    private static final String MANAGED = "/project/dependencyManagement/dependencies/dependency";

    private final Pom bom = Pom.read(Artifact.ROOT.resolve("bom/pom.xml"));

    @Test
    void itListsEveryPublishedArtifactAndNoOther() {
        List<String> published = Artifact.published().stream().map(Artifact::id).toList();

        assertThat(published).isNotEmpty();
        assertThat(bom.texts(MANAGED + "/artifactId"))
                .containsExactlyInAnyOrderElementsOf(published);
    }

    @Test
    void everyArtifactHasTheVersionOfTheBillItself() {
        assertThat(bom.texts(MANAGED)).hasSameSizeAs(bom.texts(MANAGED + "/version"));
        assertThat(bom.texts(MANAGED + "/version")).containsOnly("${project.version}");
    }

    @Test
    void itHasTheVersionOfTheBuild() {
        Pom parent = Pom.read(Artifact.ROOT.resolve("pom.xml"));

        assertThat(bom.text("/project/version")).isEqualTo(parent.text("/project/version"));
    }

    @Test
    void itBringsNothingButVersions() {
        assertThat(bom.texts("/project/parent | /project/dependencies | /project/build")).isEmpty();
    }
}
