package dev.treadle.verification;

import dev.treadle.Generator;
import groovy.lang.GroovyClassLoader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.codehaus.groovy.control.CompilerConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// Bodies that Groovy's compiler has made, dynamic and static, before the program runs and while it
/// does.
class GroovyHostTest extends HostTest {
    private static final String SOURCE = "GroovyBodies.groovy";
    private static final String PROXY = "stackful: jdk.proxy";
    private static final String NO_FILE = "stackful: the class file of ";
    private static final String LINKED =
            "linked at run time by org.codehaus.groovy.vmplugin.v8.IndyInterface";

    @TempDir private static Path folder;

    private static GroovyClassLoader inMemory; // effectively final after start
    private static URLClassLoader fromFiles; // effectively final after start

    @BeforeAll
    static void compile() throws IOException {
        String text;
        try (InputStream source = GroovyHostTest.class.getResourceAsStream(SOURCE)) {
            text =
                    new String(
                            Objects.requireNonNull(source).readAllBytes(), StandardCharsets.UTF_8);
        }
        ClassLoader parent = GroovyHostTest.class.getClassLoader();
        inMemory = new GroovyClassLoader(parent);
        inMemory.parseClass(text, SOURCE);
        CompilerConfiguration toFolder = new CompilerConfiguration();
        toFolder.setTargetDirectory(folder.toFile());
        try (GroovyClassLoader compiler = new GroovyClassLoader(parent, toFolder)) {
            compiler.parseClass(text, SOURCE);
        }
        fromFiles = new URLClassLoader(new URL[] {folder.toUri().toURL()}, parent);
    }

    @AfterAll
    static void close() throws IOException {
        inMemory.close();
        fromFiles.close();
    }

    static Stream<Simple> simple() {
        return Stream.of(
                inMemory("DynamicBodies", "coercedClosure", PROXY),
                inMemory("DynamicBodies", "closure", PROXY),
                inMemory("DynamicBodies", "anonymousClass", NO_FILE),
                inMemory("StaticBodies", "closure", PROXY),
                inMemory("StaticBodies", "lambda", NO_FILE),
                inMemory("StaticBodies", "anonymousClass", NO_FILE),
                inMemory("StaticBodies", "ownClass", NO_FILE),
                fromFiles("DynamicBodies", "coercedClosure", PROXY),
                fromFiles("DynamicBodies", "closure", PROXY),
                fromFiles(
                        "DynamicBodies",
                        "anonymousClass",
                        "stackful: the yielder is passed to a call that is " + LINKED),
                fromFiles("StaticBodies", "closure", PROXY),
                fromFiles("StaticBodies", "lambda", "stackful: it is " + LINKED),
                fromFiles("StaticBodies", "anonymousClass", "stackful: it is " + LINKED),
                fromFiles("StaticBodies", "ownClass", "compiled"));
    }

    static Stream<Duplex> duplex() {
        return Stream.of(
                new Duplex("dynamic in memory", maker(inMemory, "DynamicBodies", "duplex"), PROXY),
                new Duplex("static in memory", maker(inMemory, "StaticBodies", "duplex"), NO_FILE),
                new Duplex(
                        "static from files",
                        maker(fromFiles, "StaticBodies", "duplex"),
                        "stackful: it is " + LINKED));
    }

    private static Simple inMemory(String type, String form, String engine) {
        return new Simple(type + "." + form + " in memory", maker(inMemory, type, form), engine);
    }

    private static Simple fromFiles(String type, String form, String engine) {
        return new Simple(type + "." + form + " from files", maker(fromFiles, type, form), engine);
    }

    /// The method of that name, which makes a generator.
    @SuppressWarnings("unchecked") // so says the source
    private static <G extends Generator<?>> Function<List<String>, G> maker(
            ClassLoader loader, String type, String name) {
        return log -> {
            try {
                return (G)
                        Class.forName(type, true, loader)
                                .getMethod(name, List.class)
                                .invoke(null, log);
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("no method " + name + " in " + type, e);
            }
        };
    }
}
