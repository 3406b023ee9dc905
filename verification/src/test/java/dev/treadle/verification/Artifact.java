package dev.treadle.verification;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A module of the build: its folder, its artifact, and what was compiled there.
///
/// @param folder where it is
/// @param pom its project file
record Artifact(Path folder, Pom pom) {

    /// The folder of the whole project.
    static final Path ROOT =
            Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolveSibling("");

    /// {@return all modules of the build, the bill of materials and this one included}
    static List<Artifact> all() {
        return Pom.read(ROOT.resolve("pom.xml")).texts("/project/modules/module").stream()
                .map(ROOT::resolve)
                .map(folder -> new Artifact(folder, Pom.read(folder.resolve("pom.xml"))))
                .toList();
    }

    /// {@return the jars that are deployed}
    static List<Artifact> published() {
        return all().stream()
                .filter(artifact -> !artifact.pom.text("/project/packaging").equals("pom"))
                .filter(artifact ->
                        !artifact.pom.text("/project/properties/maven.deploy.skip").equals("true"))
                .toList();
    }

    /// {@return the artifact id}
    String id() {
        return pom.text("/project/artifactId");
    }

    /// {@return where its classes are compiled to}
    Path classes() {
        return folder.resolve("target/classes");
    }

    /// {@return where its tests are compiled to, if it has any}
    Optional<Path> testClasses() {
        return Optional.of(folder.resolve("target/test-classes")).filter(Files::isDirectory);
    }

    /// {@return its module descriptor}
    ModuleDescriptor descriptor() {
        return ModuleFinder.of(classes()).findAll().stream()
                .map(ModuleReference::descriptor)
                .reduce((_, _) -> {
                    throw new IllegalStateException("several modules in " + classes());
                })
                .orElseThrow(
                        () -> new IllegalStateException("no module-info.class in " + classes()));
    }

    /// {@return the artifact id, which names it in reports}
    @Override
    public String toString() {
        return id();
    }
}
