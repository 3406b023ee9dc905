package dev.treadle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.treadle.spi.SchedulerProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How schedulers are found: by the class loader of Treadle first, then by that of the thread.
///
/// The class path of these tests holds no scheduler, so most of them put theirs into the thread's
/// loader.
class SchedulerDiscoveryTest {

    private static final String SERVICE_FILE =
            "META-INF/services/" + SchedulerProvider.class.getName();

    private final ClassLoader original = Thread.currentThread().getContextClassLoader();

    @TempDir private Path directory;

    @AfterEach
    void restore() {
        Thread.currentThread().setContextClassLoader(original);
        System.clearProperty(Schedulers.PROPERTY);
    }

    @Test
    void noneIsAnErrorThatNamesTheArtifactToAdd() {
        assertThatIllegalStateException()
                .isThrownBy(EventLoop::create)
                .withMessageContaining(
                        "no scheduler found: add dev.treadle:treadle-scheduler-single");
    }

    @Test
    void theFacadeGivesTheSameMessage() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Async.run(() -> "never"))
                .withMessageContaining(
                        "no scheduler found: add dev.treadle:treadle-scheduler-single");
    }

    @Test
    void theOnlyOneMakesTheLoop() throws IOException {
        provide("dev.treadle.FakeScheduler$Red");

        EventLoop loop = EventLoop.create(LoopConfig.defaults().withName("crawler"));

        assertThat(loop.scheduler()).isEqualTo("red");
        assertThat(loop.name()).isEqualTo("crawler");
    }

    @Test
    void severalWithoutAChoiceAreAnError() throws IOException {
        provide("dev.treadle.FakeScheduler$Red\ndev.treadle.FakeScheduler$Blue # a comment");

        assertThatIllegalStateException()
                .isThrownBy(EventLoop::create)
                .withMessageStartingWith("several schedulers found: \"red\" (")
                .withMessageContaining("\"blue\" (dev.treadle.FakeScheduler$Blue from file:")
                .withMessageEndingWith(
                        "choose with -Dtreadle.scheduler=NAME or LoopConfig.withScheduler(NAME)");
    }

    @Test
    void theSystemPropertyChooses() throws IOException {
        provide("dev.treadle.FakeScheduler$Red\ndev.treadle.FakeScheduler$Blue");
        System.setProperty("treadle.scheduler", "blue");

        assertThat(EventLoop.create().scheduler()).isEqualTo("blue");
    }

    @Test
    void theConfigurationChoosesAndGoesFirst() throws IOException {
        provide("dev.treadle.FakeScheduler$Red\ndev.treadle.FakeScheduler$Blue");
        System.setProperty("treadle.scheduler", "blue");

        EventLoop loop = EventLoop.create(LoopConfig.defaults().withScheduler("red"));

        assertThat(loop.scheduler()).isEqualTo("red");
    }

    @Test
    void anUnknownNameIsAnError() throws IOException {
        provide("dev.treadle.FakeScheduler$Red");
        System.setProperty("treadle.scheduler", "green");

        assertThatIllegalStateException()
                .isThrownBy(EventLoop::create)
                .withMessageStartingWith(
                        "no scheduler is named \"green\" (from -Dtreadle.scheduler); found: \"red\"");
    }

    @Test
    void twoOfOneNameAreAnErrorWhenTheNameIsChosen() throws IOException {
        provide("dev.treadle.FakeScheduler$Blue\ndev.treadle.FakeScheduler$OtherBlue");

        assertThatIllegalStateException()
                .isThrownBy(() -> EventLoop.create(LoopConfig.defaults().withScheduler("blue")))
                .withMessageStartingWith("several schedulers are named \"blue\": ")
                .withMessageContaining("FakeScheduler$Blue from")
                .withMessageContaining("FakeScheduler$OtherBlue from")
                .withMessageEndingWith("; keep one of them");
    }

    @Test
    void oneWhoseConstructorThrowsIsReportedAndNotSkipped() throws IOException {
        provide("dev.treadle.FakeScheduler$Red\ndev.treadle.FakeScheduler$ThrowingConstructor");

        assertThatIllegalStateException()
                .isThrownBy(EventLoop::create)
                .withMessageStartingWith("a scheduler on the class path is broken: ")
                .withMessageContaining("dev.treadle.FakeScheduler$ThrowingConstructor")
                .withMessageEndingWith("; repair or remove its jar")
                .havingCause()
                .isInstanceOf(ServiceConfigurationError.class)
                .havingCause()
                .withMessage("no licence found");
    }

    @Test
    void oneThatCanNotMakeALoopIsNamedWithTheReason() throws IOException {
        provide("dev.treadle.FakeScheduler$ThrowingNewLoop");

        assertThatIllegalStateException()
                .isThrownBy(EventLoop::create)
                .withMessageStartingWith(
                        "scheduler \"barren\" (dev.treadle.FakeScheduler$ThrowingNewLoop from file:")
                .withMessageEndingWith(" failed to make a loop: no thread to be had")
                .withCauseInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aServiceFileThatNamesNoClassIsReported() throws IOException {
        provide("com.example.Missing");

        assertThatIllegalStateException()
                .isThrownBy(EventLoop::create)
                .withMessageStartingWith("a scheduler on the class path is broken: ")
                .withMessageContaining("com.example.Missing not found");
    }

    @Test
    void aServiceFileThatIsNoneIsReportedWithItsPlace() throws IOException {
        provide("this is not a class name");

        assertThatIllegalStateException()
                .isThrownBy(EventLoop::create)
                .withMessageStartingWith("a scheduler on the class path is broken: ")
                .withMessageContaining(directory.toUri().toURL().getPath())
                .withMessageContaining("Illegal configuration-file syntax");
    }

    @Test
    void aServiceFileThatNamesAnythingElseIsReported() throws IOException {
        provide("dev.treadle.FakeScheduler$NoScheduler");

        assertThatIllegalStateException()
                .isThrownBy(EventLoop::create)
                .withMessageContaining("dev.treadle.FakeScheduler$NoScheduler not a subtype");
    }

    @Test
    void theMessageNamesTheJarsThatSchedulersComeFrom() throws IOException {
        URL red = jar("red.jar", "dev.treadle.FakeScheduler$Red");
        URL blue = jar("blue.jar", "dev.treadle.FakeScheduler$Blue");
        Thread.currentThread().setContextClassLoader(new OwnCopies(red, blue));

        assertThatIllegalStateException()
                .isThrownBy(EventLoop::create)
                .withMessageContaining("\"red\" (dev.treadle.FakeScheduler$Red from " + red + ")")
                .withMessageContaining(
                        "\"blue\" (dev.treadle.FakeScheduler$Blue from " + blue + ")");
    }

    @Test
    void whatTreadlesOwnLoaderSeesGoesFirst() throws Exception {
        URL ours =
                serviceDirectory(
                        "ours", "dev.treadle.FakeScheduler$Red\ndev.treadle.FakeScheduler$Blue");
        URL theirs = serviceDirectory("theirs", "dev.treadle.FakeScheduler$OtherBlue");
        try (URLClassLoader isolated =
                        new URLClassLoader(
                                new URL[] {
                                    place(EventLoop.class), place(FakeScheduler.class), ours
                                },
                                ClassLoader.getPlatformClassLoader());
                URLClassLoader below = new URLClassLoader(new URL[] {theirs}, isolated)) {
            Thread.currentThread().setContextClassLoader(below);
            var create = Class.forName("dev.treadle.EventLoop", true, isolated).getMethod("create");

            assertThat(failure(() -> create.invoke(null)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("FakeScheduler$Red ")
                    .hasMessageContaining("FakeScheduler$Blue ")
                    .message()
                    .doesNotContain("OtherBlue");
        }
    }

    private void provide(String serviceFile) throws IOException {
        URL root = serviceDirectory("services", serviceFile);
        Thread.currentThread()
                .setContextClassLoader(new URLClassLoader(new URL[] {root}, original));
    }

    private URL serviceDirectory(String name, String serviceFile) throws IOException {
        Path root = directory.resolve(name);
        Path file = root.resolve(SERVICE_FILE);
        Files.createDirectories(file.getParent());
        Files.writeString(file, serviceFile);
        return root.toUri().toURL();
    }

    private URL jar(String name, String provider) throws IOException {
        Path file = directory.resolve(name);
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out)) {
            jar.putNextEntry(new JarEntry(SERVICE_FILE));
            jar.write(provider.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            jar.putNextEntry(new JarEntry(classFile(provider)));
            try (InputStream code =
                    FakeScheduler.class.getClassLoader().getResourceAsStream(classFile(provider))) {
                assertThat(code).isNotNull().satisfies(in -> in.transferTo(jar));
            }
        }
        return file.toUri().toURL();
    }

    private static String classFile(String className) {
        return className.replace('.', '/') + ".class";
    }

    private static URL place(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }

    private static Throwable failure(InvocationOf call) throws IllegalAccessException {
        try {
            return new AssertionError("no failure but " + call.invoke());
        } catch (InvocationTargetException e) {
            return e.getTargetException();
        }
    }

    private interface InvocationOf {
        Object invoke() throws IllegalAccessException, InvocationTargetException;
    }

    /// Loads the fake schedulers from its own jars, though the parent has them too.
    private static final class OwnCopies extends URLClassLoader {
        OwnCopies(URL... jars) {
            super(jars, FakeScheduler.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (List.of("dev.treadle.FakeScheduler$Red", "dev.treadle.FakeScheduler$Blue")
                    .contains(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : findClass(name);
            }
            return super.loadClass(name, resolve);
        }
    }
}
