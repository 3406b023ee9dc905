package dev.treadle.core.generator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Generator;
import dev.treadle.Generator.Engine;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jacoco.core.data.ExecutionData;
import org.jacoco.core.data.ExecutionDataStore;
import org.jacoco.core.data.SessionInfoStore;
import org.jacoco.core.instr.Instrumenter;
import org.jacoco.core.runtime.IRuntime;
import org.jacoco.core.runtime.LoggerRuntime;
import org.jacoco.core.runtime.RuntimeData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Bodies of classes that another loader has loaded: the loader goes when they do, and what it
/// shows as their class files need not be what it loaded.
@DisabledIfSystemProperty(
        named = "treadle.compile",
        matches = "off",
        disabledReason = "these tests are about compiled bodies")
class BodyFromElsewhereTest {
    private static final int VERSION = 6; // where a class file states it

    @TempDir Path folder;

    private Class<?> load(String name, String source) throws ClassNotFoundException {
        SourceCompiler.compile(folder, Map.of(name, source));
        return Class.forName(name, true, new FolderLoader(folder));
    }

    @SuppressWarnings("unchecked") // so say the sources here
    private static Generator<Integer> make(Class<?> host) throws ReflectiveOperationException {
        Method method = host.getMethod("make");
        return (Generator<Integer>) method.invoke(null);
    }

    private static List<Integer> pulled(Generator<Integer> generator) {
        List<Integer> values = new ArrayList<>();
        generator.iterator().forEachRemaining(values::add);
        return values;
    }

    private static final String HOST =
            """
            package elsewhere;
            import dev.treadle.Generator;
            public class Host {
                private static int offset = 10;
                public static Generator<Integer> make() {
                    return Generator.of(y -> {
                        Integer first = offset;
                        y.yield(first);
                        y.yield(first + offset);
                    });
                }
            }
            """;

    @Test
    void aLoaderIsUnloadedWithTheBodiesThatWereCompiledForIt() throws Exception {
        WeakReference<ClassLoader> loader = useAndLeave();

        for (int i = 0; i < 200 && loader.get() != null; i++) {
            System.gc();
        }

        assertThat(loader.get()).isNull();
    }

    private WeakReference<ClassLoader> useAndLeave() throws Exception {
        Class<?> host = load("elsewhere.Host", HOST);
        Generator<Integer> generator = make(host);
        assertThat(generator.engine()).isEqualTo(new Engine.Compiled());
        assertThat(generator.next()).isEqualTo(10);
        assertThat(pulled(generator)).containsExactly(20);
        return new WeakReference<>(host.getClassLoader());
    }

    /// Prefers its own classes to its parent's, and not its own files.
    private static final class ChildFirst extends URLClassLoader {
        private final String own;

        ChildFirst(Path folder, String own, ClassLoader parent) throws MalformedURLException {
            super(new URL[] {folder.toUri().toURL()}, parent);
            this.own = own;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null && name.equals(own)) {
                loaded = findClass(name);
            }
            return loaded != null ? loaded : super.loadClass(name, resolve);
        }
    }

    @Test
    void aClassWhoseLoaderShowsTheFileOfItsNamesakeRunsStackful() throws Exception {
        Path parents = folder.resolve("parents");
        Path own = folder.resolve("own");
        SourceCompiler.compile(parents, Map.of("elsewhere.Host", HOST.replace("10;", "1;")));
        SourceCompiler.compile(own, Map.of("elsewhere.Host", HOST));
        URL[] parentsUrl = {parents.toUri().toURL()};
        try (URLClassLoader parent =
                        new URLClassLoader(
                                parentsUrl, BodyFromElsewhereTest.class.getClassLoader());
                ChildFirst loader = new ChildFirst(own, "elsewhere.Host", parent)) {
            Generator<Integer> generator = make(Class.forName("elsewhere.Host", true, loader));

            assertStackful(generator, "but its loader shows");
        }
    }

    @Test
    void aClassWhoseLoaderShowsItsOwnFileIsCompiled() throws Exception {
        SourceCompiler.compile(folder, Map.of("elsewhere.Host", HOST));
        URL[] own = {folder.toUri().toURL()};
        try (URLClassLoader loader =
                new URLClassLoader(own, BodyFromElsewhereTest.class.getClassLoader())) {
            Generator<Integer> generator = make(Class.forName("elsewhere.Host", true, loader));

            assertThat(generator.engine()).isEqualTo(new Engine.Compiled());
            assertThat(pulled(generator)).containsExactly(10, 20);
        }
    }

    @Test
    void whatOnlyTheHostMayDoIsDoneWithItsRights() throws Exception {
        Class<?> host =
                load(
                        "elsewhere.Host",
                        """
                        package elsewhere;
                        import dev.treadle.Generator;
                        import java.util.function.IntUnaryOperator;
                        public class Host extends java.util.ArrayList<Integer> {
                            private int offset = 10;
                            private Generator<Integer> all() {
                                return Generator.of(y -> {
                                    IntUnaryOperator plus = n -> n + offset;
                                    y.yield(plus.applyAsInt(0));
                                    Generator<Integer> inner =
                                        Generator.of(z -> z.yield(offset * 2));
                                    add(1);
                                    removeRange(0, modCount);
                                    y.yieldFrom(inner);
                                });
                            }
                            public static Generator<Integer> make() {
                                return new Host().all();
                            }
                        }
                        """);

        Generator<Integer> generator = make(host);

        assertThat(generator.engine()).isEqualTo(new Engine.Compiled());
        assertThat(pulled(generator)).containsExactly(10, 20);
    }

    private Generator<Integer> shownAs(UnaryOperator<byte[]> shown) throws Exception {
        SourceCompiler.compile(folder, Map.of("elsewhere.Host", HOST));
        return make(Class.forName("elsewhere.Host", true, new FolderLoader(folder, shown)));
    }

    private static void assertStackful(Generator<Integer> generator, String reason) {
        assertThat(generator.engine().toString()).startsWith("stackful: ").contains(reason);
        assertThat(pulled(generator)).containsExactly(10, 20);
    }

    @Test
    void aClassFileOfAVersionToComeRunsStackful() throws Exception {
        Generator<Integer> generator =
                shownAs(bytes -> {
                    byte[] later = bytes.clone();
                    later[VERSION] = 1;
                    later[VERSION + 1] = 0;
                    return later;
                });

        assertStackful(generator, "elsewhere.Host has a class file of version 256");
    }

    @Test
    void aClassFileThatIsNoneRunsStackful() throws Exception {
        assertStackful(shownAs(_ -> new byte[] {1, 2, 3}), "its bytecode cannot be analyzed");
    }

    @Test
    void aClassThatWasChangedWhenItWasLoadedRunsStackful() throws Exception {
        SourceCompiler.compile(
                folder.resolve("other"),
                Map.of(
                        "elsewhere.Host",
                        HOST.replace("int offset = 10;", "long offset = 10;")
                                .replace("Integer first = offset", "Integer first = (int) offset")
                                .replace("first + offset", "first + (int) offset")));
        byte[] other = Files.readAllBytes(folder.resolve("other/elsewhere/Host.class"));

        assertStackful(shownAs(_ -> other), "was changed when it was loaded");
    }

    @Test
    void codeThatWasInstrumentedForCoverageIsCompiledAndCovered() throws Exception {
        SourceCompiler.compile(folder, Map.of("elsewhere.Host", HOST));
        Path file = folder.resolve("elsewhere/Host.class");
        IRuntime runtime = new LoggerRuntime();
        Files.write(
                file,
                new Instrumenter(runtime).instrument(Files.readAllBytes(file), "elsewhere.Host"));
        RuntimeData data = new RuntimeData();
        runtime.startup(data);
        try {
            Class<?> host = Class.forName("elsewhere.Host", true, new FolderLoader(folder));
            Generator<Integer> generator = make(host);
            assertThat(generator.engine()).isEqualTo(new Engine.Compiled());

            assertThat(generator.next()).isEqualTo(10);
            int atFirst = covered(data);
            assertThat(pulled(generator)).containsExactly(20);
            int atLast = covered(data);
            make(host).forEach(_ -> {});

            assertThat(atLast).isGreaterThan(atFirst).isEqualTo(covered(data));
        } finally {
            runtime.shutdown();
        }
    }

    /// How many probes were passed.
    private static int covered(RuntimeData data) {
        ExecutionDataStore store = new ExecutionDataStore();
        data.collect(store, new SessionInfoStore(), false);
        int passed = 0;
        for (ExecutionData each : store.getContents()) {
            for (boolean probe : each.getProbes()) {
                passed += probe ? 1 : 0;
            }
        }
        return passed;
    }

    @Test
    void membersOfMissingTypesAreNoError() throws Exception {
        SourceCompiler.compile(
                folder,
                Map.of(
                        "elsewhere.Gone",
                        "package elsewhere; public class Gone {}",
                        "elsewhere.Host",
                        HOST.replace(
                                "private static int",
                                "static Gone gone(Gone it) { return it; } private static int")));
        Files.delete(folder.resolve("elsewhere/Gone.class"));
        Class<?> host = Class.forName("elsewhere.Host", true, new FolderLoader(folder));

        assertStackful(make(host), "the members of elsewhere.Host cannot be resolved");
    }

    @Test
    void objectsOfAClassWithMembersOfMissingTypesAreNoError() throws Exception {
        SourceCompiler.compile(
                folder,
                Map.of(
                        "elsewhere.Gone",
                        "package elsewhere; public class Gone {}",
                        "elsewhere.Host",
                        """
                        package elsewhere;
                        import dev.treadle.*;
                        public class Host implements Generator.Body<Integer> {
                            static Gone gone(Gone it) { return it; }
                            public void run(Yielder<Integer, Void> y) {
                                y.yield(10);
                                y.yield(20);
                            }
                            public static Generator<Integer> make() {
                                return Generator.of(new Host());
                            }
                        }
                        """));
        Files.delete(folder.resolve("elsewhere/Gone.class"));
        Class<?> host = Class.forName("elsewhere.Host", true, new FolderLoader(folder));

        assertStackful(make(host), "the method that it consists of cannot be found");
    }

    @Test
    void aMethodOfAnotherPackageThatLooksAlikeDoesNotOverride() throws Exception {
        SourceCompiler.compile(
                folder,
                Map.of(
                        "one.Base",
                        """
                        package one;
                        import dev.treadle.*;
                        public class Base {
                            void numbers(Yielder<Integer, Void> y) {
                                y.yield(10);
                                y.yield(20);
                            }
                            public Generator<Integer> all() {
                                return Generator.of(this::numbers);
                            }
                        }
                        """,
                        "other.Host",
                        """
                        package other;
                        import dev.treadle.*;
                        public class Host extends one.Base {
                            public void numbers(Yielder<Integer, Void> y) {
                                y.yield(-1);
                            }
                            public static Generator<Integer> make() {
                                return new Host().all();
                            }
                        }
                        """));
        Class<?> host = Class.forName("other.Host", true, new FolderLoader(folder));

        assertStackful(make(host), "which numbers is meant depends on packages");
    }
}
