package dev.treadle.core.generator;

import dev.treadle.Generator;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// Compiles Java source that a test has written, against the contracts and the tests.
final class SourceCompiler {
    private SourceCompiler() {}

    /// Compiles classes into a folder.
    ///
    /// @param sources the text of each class by its name
    static void compile(Path folder, Map<String, String> sources, String... options) {
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> all =
                    new ArrayList<>(
                            List.of(
                                    "-g",
                                    "-proc:none",
                                    "-nowarn",
                                    "-d",
                                    Files.createDirectories(folder).toString()));
            if (!List.of(options).contains("--module-path")) {
                all.addAll(List.of("-classpath", classPath()));
            }
            all.addAll(List.of(options));
            List<JavaFileObject> units =
                    sources.entrySet().stream()
                            .<JavaFileObject>map(each -> source(each.getKey(), each.getValue()))
                            .toList();
            if (!compiler.getTask(messages, files, null, all, null, units).call()) {
                throw new IllegalArgumentException(messages.toString());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JavaFileObject source(String name, String text) {
        URI uri =
                URI.create(
                        "string:///"
                                + name.replace('.', '/')
                                + JavaFileObject.Kind.SOURCE.extension);
        return new SimpleJavaFileObject(uri, JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
    }

    /// {@return where the contracts, the machinery and the tests are}
    static String classPath() {
        return Stream.of(Generator.class, CoreGeneratorEngine.class, SourceCompiler.class)
                .map(SourceCompiler::home)
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    /// {@return the folder or jar that a class is from}
    static Path home(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
