package dev.treadle.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What somebody else's project sees: it imports the bill of materials, names no versions, and
/// runs.
///
/// A Maven of its own builds it with a local repository of its own, which holds what this build has
/// just packaged. Everything else it takes from the local repository of this build, and so needs no
/// network.
class ConsumerIT {
    private static final String NO_ENGINE =
            "no generator engine found: add dev.treadle:treadle-core, which every scheduler of"
                    + " Treadle brings along";

    private static final Path WORK = Artifact.ROOT.resolve("verification/target/consumer");
    private static final Path REPOSITORY = WORK.resolve("repository");
    private static final Path PROJECT = WORK.resolve("project");
    private static final String VERSION = property("treadle.version");

    @BeforeAll
    @Timeout(value = 6, unit = TimeUnit.MINUTES)
    static void buildAndRun() throws IOException, InterruptedException {
        stage("treadle-parent", Artifact.ROOT);
        stage("treadle-bom", Artifact.ROOT.resolve("bom"));
        for (Artifact artifact : Artifact.published()) {
            stage(artifact.id(), artifact.folder());
        }
        copy(Artifact.ROOT.resolve("verification/src/it/consumer"), PROJECT);
        Path settings = Files.writeString(WORK.resolve("settings.xml"), settings());
        Path log = WORK.resolve("build.log");

        ProcessBuilder builder =
                new ProcessBuilder(command(settings))
                        .directory(PROJECT.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        // As it is for the Maven that runs this build; the tests themselves run on another JDK.
        builder.environment().put("JAVA_HOME", property("maven.java.home"));
        Process maven = builder.start();
        maven.getOutputStream().close();
        boolean ended = maven.waitFor(5, TimeUnit.MINUTES);
        maven.destroyForcibly();

        assertThat(ended).as("the consumer's build has ended; its log: %s", log).isTrue();
        assertThat(maven.exitValue()).as("%s", Files.readString(log)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"baton", "mounted"})
    void itRunsOnTheClassPath(String carriers) throws IOException {
        assertThat(output("classpath", carriers))
                .containsSubsequence(
                        "[hello slow, hello fast]",
                        "scheduler single",
                        "carriers " + carriers,
                        "[1, 4, 9, 16]",
                        "named module false");
    }

    @ParameterizedTest
    @ValueSource(strings = {"baton", "mounted"})
    void itRunsOnTheModulePath(String carriers) throws IOException {
        assertThat(output("modulepath", carriers))
                .containsSubsequence(
                        "[hello slow, hello fast]",
                        "scheduler single",
                        "carriers " + carriers,
                        "[1, 4, 9, 16]",
                        "named module true");
    }

    @ParameterizedTest
    @CsvSource({
        "pool, baton, baton",
        "pool, mounted, mounted",
        "virtual, baton, virtual",
        "virtual, mounted, virtual"
    })
    void anotherDependencyMakesTheSameProgramRunOnAnotherScheduler(
            String scheduler, String flag, String carriers) throws IOException {
        assertThat(output(scheduler, flag))
                .containsSubsequence(
                        "[hello slow, hello fast]",
                        "scheduler " + scheduler,
                        "carriers " + carriers,
                        "[1, 4, 9, 16]",
                        "named module false");
    }

    @ParameterizedTest
    @ValueSource(strings = {"baton", "mounted"})
    void withoutASchedulerItIsToldWhatToAdd(String carriers) throws IOException {
        assertThat(output("bare", carriers))
                .containsExactly(
                        "no scheduler found: add dev.treadle:treadle-scheduler-single, or another artifact that"
                                + " provides dev.treadle.spi.SchedulerProvider, to the class path or module path",
                        NO_ENGINE,
                        NO_ENGINE);
    }

    private static List<String> output(String module, String run) throws IOException {
        return Files.readAllLines(PROJECT.resolve(module).resolve("target").resolve(run + ".txt"));
    }

    /// Puts an artifact where `mvn install` would, but into the consumer's own repository.
    private static void stage(String id, Path folder) throws IOException {
        Path target =
                Files.createDirectories(
                        REPOSITORY.resolve("dev/treadle").resolve(id).resolve(VERSION));
        String name = id + "-" + VERSION;
        Files.copy(
                folder.resolve("pom.xml"),
                target.resolve(name + ".pom"),
                StandardCopyOption.REPLACE_EXISTING);
        Path jar = folder.resolve("target").resolve(name + ".jar");
        if (Files.exists(jar)) {
            Files.copy(jar, target.resolve(name + ".jar"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file));
                Files.createDirectories(target.getParent());
                Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static List<String> command(Path settings) {
        Path home = Path.of(property("maven.home"), "bin");
        Path windows = home.resolve("mvn.cmd");
        boolean isWindows = property("os.name").startsWith("Windows");
        List<String> command =
                new ArrayList<>(List.of((isWindows ? windows : home.resolve("mvn")).toString()));
        command.addAll(List.of("-B", "-ntp", "--settings", settings.toString(), "process-classes"));
        command.add("-Dmaven.repo.local=" + REPOSITORY);
        command.add("-Dtreadle.version=" + VERSION);
        Pom parent = Pom.read(Artifact.ROOT.resolve("pom.xml"));
        for (String plugin :
                Set.of(
                        "maven-toolchains-plugin",
                        "maven-resources-plugin",
                        "maven-compiler-plugin",
                        "exec-maven-plugin")) {
            command.add(
                    "-D"
                            + plugin
                            + ".version="
                            + parent.text("//plugin[artifactId='" + plugin + "']/version"));
        }
        return command;
    }

    private static String settings() {
        String downloaded = Path.of(property("maven.repository")).toUri().toString();
        String repository =
                """
                <id>central</id>
                <url>%s</url>
                <releases><checksumPolicy>ignore</checksumPolicy></releases>
                <snapshots><enabled>false</enabled></snapshots>
                """
                        .formatted(downloaded);
        return """
        <settings>
          <profiles>
            <profile>
              <id>downloaded</id>
              <activation><activeByDefault>true</activeByDefault></activation>
              <repositories><repository>%s</repository></repositories>
              <pluginRepositories><pluginRepository>%s</pluginRepository></pluginRepositories>
            </profile>
          </profiles>
        </settings>
        """
                .formatted(repository, repository);
    }

    private static String property(String name) {
        String value = System.getProperty(name);
        if (value == null) {
            throw new IllegalStateException("run this by mvn verify, which sets -D" + name);
        }
        return value;
    }
}
