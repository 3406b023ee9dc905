package dev.treadle.verification;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.lang.module.ModuleDescriptor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The arrows between modules, and what no code of ours may do.
class ArchitectureTest {

    private static final List<Artifact> PUBLISHED = Artifact.published();
    private static final Map<Artifact, JavaClasses> BY_ARTIFACT =
            PUBLISHED.stream()
                    .collect(
                            Collectors.toMap(
                                    artifact -> artifact,
                                    artifact -> classesOf(Stream.of(artifact.classes()))));
    private static final JavaClasses MAIN = classesOf(PUBLISHED.stream().map(Artifact::classes));
    private static final JavaClasses TESTS =
            classesOf(PUBLISHED.stream().map(Artifact::testClasses).flatMap(Optional::stream));

    private static final List<String> CONTRACTS =
            List.of("dev.treadle", "dev.treadle.graph", "dev.treadle.spi", "dev.treadle.sync");

    /// What the JDK exports for tools, for all to use.
    private static final String ATTACH = "com.sun.tools.attach";

    private static final List<String> CORE = List.of("dev.treadle.core..");
    private static final List<String> BYTECODE = List.of("org.objectweb.asm..");

    /// What may be named by whom, besides itself, the JDK and annotations. Every published artifact
    /// has a line.
    private static final Map<String, List<String>> ARROWS =
            Map.of(
                    "treadle-api", List.of(),
                    "treadle-tck",
                            join(
                                    CONTRACTS,
                                    List.of(
                                            "org.junit.jupiter.api..",
                                            "org.opentest4j..",
                                            "org.assertj.core..")),
                    "treadle-core", join(CONTRACTS, BYTECODE),
                    "treadle-scheduler-single", join(CONTRACTS, CORE),
                    "treadle-scheduler-pool", join(CONTRACTS, CORE),
                    "treadle-scheduler-virtual", join(CONTRACTS, CORE),
                    "treadle-scheduler-test",
                            join(
                                    CONTRACTS,
                                    join(
                                            CORE,
                                            List.of(
                                                    "org.junit.jupiter.api..",
                                                    "org.junit.platform.commons.support"))),
                    "treadle-metrics",
                            join(CONTRACTS, List.of("io.micrometer.core.instrument..", "jdk.jfr")),
                    "treadle-jmx", join(CONTRACTS, List.of("javax.management..", ATTACH)),
                    "treadle-context-propagation",
                            join(CONTRACTS, List.of("io.micrometer.context")));

    static List<Artifact> published() {
        return PUBLISHED;
    }

    @ParameterizedTest
    @MethodSource("published")
    void aModuleDependsOnlyOnWhatTheDesignAllows(Artifact artifact) {
        assertThat(ARROWS).as("modules that the design gives a place").containsKey(artifact.id());
        List<String> ours =
                artifact.id().equals("treadle-api")
                        ? CONTRACTS
                        : List.of(artifact.descriptor().name() + "..");
        List<String> everybody =
                List.of("java..", "org.jspecify.annotations", "com.google.auto.service");

        classes()
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(
                                Stream.of(
                                                ours,
                                                everybody,
                                                ARROWS.getOrDefault(artifact.id(), List.of()))
                                        .flatMap(List::stream)
                                        .toArray(String[]::new)))
                .because(
                        "api stands on nothing, core on api alone, a scheduler on core, and no scheduler on another:"
                                + " so an application takes what it needs and nothing comes along")
                .check(BY_ARTIFACT.get(artifact));
    }

    @Test
    void theContractsDoNotKnowThePrimitivesBuiltOnThem() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.treadle", "dev.treadle.spi")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.treadle.sync..")
                .because(
                        "queues and locks are written with what every application has, and prove that it suffices")
                .check(MAIN);
    }

    @Test
    void packagesOfAModuleFormNoCycles() {
        for (Artifact artifact : PUBLISHED) {
            slices().assignedFrom(new ByPackage())
                    .should()
                    .beFreeOfCycles()
                    .because(
                            "what depends on each other is one package; dev.treadle and dev.treadle.spi are two doors"
                                    + " to one unit, the contracts, for two kinds of readers")
                    .check(BY_ARTIFACT.get(artifact));
        }
    }

    @ParameterizedTest
    @MethodSource("published")
    void packagesAreNamedForTheirModuleAndForWhatTheyHold(Artifact artifact) {
        String base = artifact.descriptor().name();

        classes()
                .should()
                .resideInAPackage(base + "..")
                .andShould(
                        notHaveAPackageNamed(
                                "util", "utils", "common", "impl", "internal", "helper", "misc"))
                .because(
                        "a package belongs to one module and says what it is about; hiding is done by exporting nothing")
                .check(BY_ARTIFACT.get(artifact));
    }

    @Test
    void everyPackageIsNullMarked() {
        classes()
                .should(resideInANullMarkedPackage())
                .because(
                        "nullness is part of the types, and the mark on a module is not seen from the class path")
                .check(MAIN);
    }

    @ParameterizedTest
    @MethodSource("published")
    void whatIsNotExportedIsNotPublicWithoutNeed(Artifact artifact) {
        ModuleDescriptor module = artifact.descriptor();
        Set<String> exported =
                module.exports().stream()
                        .map(ModuleDescriptor.Exports::source)
                        .collect(Collectors.toSet());
        Set<String> providers =
                module.provides().stream()
                        .flatMap(service -> service.providers().stream())
                        .collect(Collectors.toSet());

        classes()
                .that(
                        describe(
                                "are public in a package that is not exported",
                                type ->
                                        type.getModifiers().contains(JavaModifier.PUBLIC)
                                                && type.isTopLevelClass()
                                                && !exported.contains(type.getPackageName())))
                .should(beAProviderOrUsedByAnotherPackage(providers))
                .allowEmptyShould(true)
                .because("public means: meant for others")
                .check(BY_ARTIFACT.get(artifact));
    }

    @Test
    void nobodyWritesToTheStandardStreams() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("dev.treadle.jmx.AskLoops")
                .should(ACCESS_STANDARD_STREAMS)
                .because(
                        "a library speaks through System.Logger, which the application can route and silence; a command prints")
                .check(MAIN);
    }

    @Test
    void nothingIsKeptInThreadLocals() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .areAssignableTo(ThreadLocal.class)
                .because(
                        "one thread runs many tasks and one task may run on many threads: ContextVar and ScopedValue")
                .check(MAIN);
    }

    @Test
    void nothingReachesIntoTheJdk() {
        noClasses()
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("sun..", "jdk.internal..", "com.sun..")
                                .and(DescribedPredicate.not(resideInAnyPackage(ATTACH))))
                .because("what the JDK does not export may change or vanish in any update")
                .check(MAIN);
    }

    @Test
    void noWorkIsHiddenOnTheCommonPool() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("dev.treadle.core.MountingThread")
                .should()
                .callMethodWhere(
                        describe(
                                "run something on the common pool",
                                call -> isCommonPool(call.getTarget())))
                .because(
                        "every thread that runs our work has a name that says whose it is, and an end; only threads that"
                                + " outlive their loop may go on elsewhere")
                .check(MAIN);
    }

    @Test
    void noPublicMethodLocksAnObjectThatUsersSee() {
        noMethods()
                .that()
                .arePublic()
                .or()
                .areProtected()
                .should()
                .haveModifier(JavaModifier.SYNCHRONIZED)
                .because("whoever holds a reference could hold its monitor too")
                .check(MAIN);
    }

    @Test
    void nothingSleeps() {
        noClasses()
                .should()
                .callMethodWhere(describe("sleep", call -> isSleep(call.getTarget())))
                .because("a loop that has nothing to do is woken, it does not poll")
                .check(MAIN);
    }

    @Test
    void testsDoNotSleep() {
        noClasses()
                .that(
                        describe(
                                "are not tagged realtime",
                                type ->
                                        !isTaggedRealtime(type)
                                                && !outermost(type)
                                                        .map(ArchitectureTest::isTaggedRealtime)
                                                        .orElse(false)))
                .should()
                .callMethodWhere(
                        describe(
                                "sleep or park for a time",
                                call -> isSleep(call.getTarget()) || isTimedPark(call.getTarget())))
                .because(
                        "a test that waits for time is slow when it passes and wrong when the machine is busy: wait for the event")
                .check(TESTS);
    }

    @Test
    void testsAreNotSwitchedOff() {
        noClasses()
                .should()
                .beAnnotatedWith(Disabled.class)
                .because("a test that is off protects nothing")
                .check(TESTS);
        methods()
                .should()
                .notBeAnnotatedWith(Disabled.class)
                .because("a test that is off protects nothing")
                .check(TESTS);
    }

    private static JavaClasses classesOf(Stream<java.nio.file.Path> folders) {
        return new ClassFileImporter().importPaths(folders.toList());
    }

    private static List<String> join(List<String> some, List<String> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    private static boolean isCommonPool(AccessTarget.MethodCallTarget method) {
        boolean asynchronous =
                method.getOwner().isAssignableTo(CompletableFuture.class)
                        && method.getName().endsWith("Async")
                        && method.getRawParameterTypes().stream()
                                .noneMatch(type ->
                                        type.isAssignableTo(java.util.concurrent.Executor.class));
        return asynchronous
                || method.getName().equals("parallelStream")
                || (method.getOwner().isEquivalentTo(ForkJoinPool.class)
                        && method.getName().equals("commonPool"));
    }

    private static boolean isSleep(AccessTarget.MethodCallTarget method) {
        return method.getName().equals("sleep")
                && (method.getOwner().isAssignableTo(Thread.class)
                        || method.getOwner().isAssignableTo(java.util.concurrent.TimeUnit.class));
    }

    private static boolean isTimedPark(AccessTarget.MethodCallTarget method) {
        return method.getOwner().isEquivalentTo(java.util.concurrent.locks.LockSupport.class)
                && Set.of("parkNanos", "parkUntil").contains(method.getName());
    }

    private static boolean isTaggedRealtime(JavaClass type) {
        return type.isAnnotatedWith(Tag.class)
                && type.getAnnotationOfType(Tag.class).value().equals("realtime");
    }

    private static Optional<JavaClass> outermost(JavaClass type) {
        Optional<JavaClass> outer = type.getEnclosingClass();
        return outer.isEmpty()
                ? Optional.empty()
                : outer.flatMap(ArchitectureTest::outermost).or(() -> outer);
    }

    private static Stream<JavaClass> nestedIn(JavaClass type) {
        return type.getPackage().getClasses().stream()
                .filter(each -> outermost(each).filter(type::equals).isPresent());
    }

    private static ArchCondition<JavaClass> notHaveAPackageNamed(String... words) {
        Set<String> forbidden = Set.of(words);
        return new ArchCondition<>("not reside in a package named for nothing in particular") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean satisfied =
                        Stream.of(type.getPackageName().split("\\."))
                                .noneMatch(forbidden::contains);
                events.add(new SimpleConditionEvent(type, satisfied, type.getName()));
            }
        };
    }

    private static ArchCondition<JavaClass> resideInANullMarkedPackage() {
        return new ArchCondition<>("reside in a package with a @NullMarked package-info") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                JavaPackage home = type.getPackage();
                boolean satisfied = home.isAnnotatedWith("org.jspecify.annotations.NullMarked");
                events.add(
                        new SimpleConditionEvent(
                                type, satisfied, type.getName() + " is in " + home.getName()));
            }
        };
    }

    private static ArchCondition<JavaClass> beAProviderOrUsedByAnotherPackage(
            Set<String> providers) {
        return new ArchCondition<>(
                "provide a service or be used by another package of their module") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                // What is nested in a type is out of reach if the type is.
                boolean used =
                        Stream.concat(Stream.of(type), nestedIn(type))
                                .flatMap(each -> each.getDirectDependenciesToSelf().stream())
                                .anyMatch(user ->
                                        !user.getOriginClass()
                                                .getPackage()
                                                .equals(type.getPackage()));
                events.add(
                        new SimpleConditionEvent(
                                type,
                                used || providers.contains(type.getName()),
                                type.getName() + " is public for nobody"));
            }
        };
    }

    /// Each package by itself, but the contracts as one.
    private static final class ByPackage implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            String name = type.getPackageName();
            if (!name.startsWith("dev.treadle")) {
                return SliceIdentifier.ignore();
            }
            return SliceIdentifier.of(name.equals("dev.treadle.spi") ? "dev.treadle" : name);
        }

        @Override
        public String getDescription() {
            return "packages";
        }
    }
}
