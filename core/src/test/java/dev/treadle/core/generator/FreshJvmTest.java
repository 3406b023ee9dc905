package dev.treadle.core.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.analysis.Analyzer;

/// What depends on how a JVM was started: [FreshProgram] runs in one of its own.
@DisabledIfSystemProperty(
        named = "treadle.compile",
        matches = "off",
        disabledReason = "each JVM here has its own options")
@Timeout(value = 10, unit = TimeUnit.MINUTES) // each starts several JVMs
class FreshJvmTest {
    private static final String COMPILED = "[compiled, 0, 1, 2]";

    @TempDir Path folder;

    private List<String> run(String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(List.of(arguments));
        Path output = folder.resolve("output.txt");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        process.getOutputStream().close();
        process.waitFor();
        return Files.readAllLines(output, StandardCharsets.UTF_8);
    }

    private List<String> runProgram(String mode, String... options) throws Exception {
        return runIn(classPath(), mode, options);
    }

    private List<String> runIn(String classPath, String mode, String... options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.addAll(List.of("-cp", classPath, FreshProgram.class.getName(), mode));
        return run(arguments.toArray(String[]::new));
    }

    private static String classPath() {
        return SourceCompiler.classPath() + File.pathSeparator + libraries();
    }

    private static String libraries() {
        return Stream.of(ClassReader.class, ClassNode.class, Analyzer.class, NullMarked.class)
                .map(SourceCompiler::home)
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    @ParameterizedTest
    @ValueSource(strings = {"coroutine", "push"})
    void nothingOfAsmIsLoadedWhereNoGeneratorIsAskedForAValue(String mode) throws Exception {
        List<String> output = runProgram(mode, "-Xlog:class+load");

        assertThat(output).anyMatch(line -> line.contains(FreshProgram.class.getName()));
        assertThat(output).noneMatch(line -> line.contains("org.objectweb.asm"));
        assertThat(output).containsAnyOf("[slept]", "[0, 1]");
        assertThat(runProgram("pull", "-Xlog:class+load"))
                .anyMatch(line -> line.contains("org.objectweb.asm"));
    }

    @Test
    void compilingCanBeSwitchedOff() throws Exception {
        List<String> output = runProgram("pull", "-Dtreadle.compile=off", "-Xlog:class+load");

        assertThat(output)
                .contains(
                        "[stackful: compiling is switched off by -Dtreadle.compile=off, 0, 1, 2]");
        assertThat(output).noneMatch(line -> line.contains("org.objectweb.asm"));
        assertThat(runProgram("pull", "-Dtreadle.compile=on")).contains(COMPILED);
        assertThat(runProgram("pull", "-Dtreadle.compile=yes"))
                .anyMatch(line -> line.contains("-Dtreadle.compile=yes: must be on or off"));
    }

    @Test
    void aNativeImageRunsBodiesStackful() throws Exception {
        assertThat(runProgram("pull", "-Dorg.graalvm.nativeimage.imagecode=runtime"))
                .contains("[stackful: a native image defines no classes at run time, 0, 1, 2]");
    }

    @Test
    void anAheadOfTimeCacheIsNoHindrance() throws Exception {
        Path cache = folder.resolve("cache.aot");
        String jars = inJars(classPath()); // it takes no folders

        assertThat(runIn(jars, "pull", "-XX:AOTCacheOutput=" + cache)).contains(COMPILED);

        assertThat(cache).exists();
        assertThat(runIn(jars, "pull", "-XX:AOTMode=on", "-XX:AOTCache=" + cache))
                .contains(COMPILED);
    }

    private String inJars(String classPath) {
        ToolProvider jar = ToolProvider.findFirst("jar").orElseThrow();
        List<String> jars = new ArrayList<>();
        for (String element : classPath.split(File.pathSeparator, -1)) {
            String file = element;
            if (Files.isDirectory(Path.of(element))) {
                file = folder.resolve(jars.size() + ".jar").toString();
                int result =
                        jar.run(
                                System.out,
                                System.err,
                                "--create",
                                "--file",
                                file,
                                "-C",
                                element,
                                ".");
                assertThat(result).isZero();
            }
            jars.add(file);
        }
        return String.join(File.pathSeparator, jars);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aModuleSaysWhetherItsPackageIsOpen(boolean open) throws Exception {
        Path modules = folder.resolve("modules");
        String path =
                Stream.of(dev.treadle.Generator.class, CoreGeneratorEngine.class)
                                .map(SourceCompiler::home)
                                .map(Path::toString)
                                .collect(Collectors.joining(File.pathSeparator))
                        + File.pathSeparator
                        + libraries();
        SourceCompiler.compile(
                modules,
                Map.of(
                        "module-info",
                        "module app { requires dev.treadle; %s }"
                                .formatted(open ? "opens app.main to dev.treadle.core;" : ""),
                        "app.main.Main",
                        """
                        package app.main;
                        import dev.treadle.Generator;
                        public class Main {
                            public static void main(String[] arguments) {
                                Generator<Integer> numbers =
                                    Generator.of(y -> {
                                        java.util.function.IntSupplier one = () -> 1;
                                        y.yield(one.getAsInt());
                                    });
                                System.out.println(numbers.engine() + " " + numbers.next());
                            }
                        }
                        """),
                "--module-path",
                path);

        List<String> output =
                run(
                        "--module-path",
                        path + File.pathSeparator + modules,
                        "--module",
                        "app/app.main.Main");

        assertThat(output)
                .contains(
                        open
                                ? "compiled 1"
                                : "stackful: the package app.main is not open: add \"opens app.main to"
                                        + " dev.treadle.core;\" to the declaration of module app 1");
    }
}
