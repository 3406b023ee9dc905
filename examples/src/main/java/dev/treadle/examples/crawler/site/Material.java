package dev.treadle.examples.crawler.site;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.stream.Stream;

/// What lies on the class path beside a class, whether that is a jar or a directory.
final class Material {
    private Material() {}

    /// Lists the files below a folder of the class path entry that `anchor` comes from.
    ///
    /// @return their names relative to `folder`, sorted; empty if there is no such folder
    static List<String> under(Class<?> anchor, String folder) {
        try {
            Path entry = Path.of(locationOf(anchor));
            if (Files.isDirectory(entry)) {
                return list(entry.resolve(folder));
            }
            try (FileSystem jar = FileSystems.newFileSystem(entry)) {
                return list(jar.getPath(folder));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + folder + " beside " + anchor, e);
        }
    }

    private static URI locationOf(Class<?> anchor) {
        CodeSource source = anchor.getProtectionDomain().getCodeSource();
        URL location = source == null ? null : source.getLocation();
        if (location == null) {
            throw new IllegalStateException(anchor + " was not loaded from the class path");
        }
        try {
            return location.toURI();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(
                    anchor + " was loaded from an odd place: " + location, e);
        }
    }

    private static List<String> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        }
    }

    /// Reads a text file whose name is relative to the package of `anchor`.
    static String read(Class<?> anchor, String name) {
        try (InputStream in = anchor.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + name + " beside " + anchor);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + name, e);
        }
    }
}
