package dev.treadle.core.generator;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Loads classes from a folder. What it shows as their class files may differ from that.
final class FolderLoader extends ClassLoader {
    private final Path folder;
    private final UnaryOperator<byte[]> shown;

    FolderLoader(Path folder) {
        this(folder, UnaryOperator.identity());
    }

    /// @param shown makes what is shown of a class file from what is loaded
    FolderLoader(Path folder, UnaryOperator<byte[]> shown) {
        super("folder", FolderLoader.class.getClassLoader());
        this.folder = folder;
        this.shown = shown;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        Path file = folder.resolve(name.replace('.', '/') + ".class");
        if (!Files.exists(file)) {
            throw new ClassNotFoundException(name);
        }
        byte[] bytes = read(file);
        return defineClass(name, bytes, 0, bytes.length);
    }

    @Override
    public @Nullable InputStream getResourceAsStream(String name) {
        Path file = folder.resolve(name);
        return Files.exists(file)
                ? new ByteArrayInputStream(shown.apply(read(file)))
                : super.getResourceAsStream(name);
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
