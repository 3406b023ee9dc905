package dev.treadle.core.generator;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.DuplexGenerator;
import dev.treadle.Generator;
import dev.treadle.Generator.Engine;
import dev.treadle.Step;
import dev.treadle.StopIteration;
import dev.treadle.Yielder;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/// What is compiled, with its results beside those of push mode, which runs the body as it is; and
/// what is not, with the reason.
@DisabledIfSystemProperty(
        named = "treadle.compile",
        matches = "off",
        disabledReason = "these tests are about compiled bodies")
class CompiledBodyTest {
    private int secret = 7;

    private int secretly(int n) {
        return n + secret;
    }

    private static List<@Nullable Object> pulled(Generator<?> generator) {
        List<@Nullable Object> values = new ArrayList<>();
        while (generator.hasNext()) {
            values.add(generator.next());
        }
        return values;
    }

    private static List<@Nullable Object> pushed(Generator<?> generator) {
        List<@Nullable Object> values = new ArrayList<>();
        generator.forEachRemaining(values::add);
        return values;
    }

    private static void assertCompiledTheSame(Supplier<Generator<?>> maker) {
        assertThat(maker.get().engine()).isEqualTo(new Engine.Compiled());
        assertThat(pulled(maker.get())).isNotEmpty().isEqualTo(pushed(maker.get()));
    }

    private static void assertStackful(Generator<?> generator, String... reason) {
        assertThat(generator.engine().toString()).startsWith("stackful: ").contains(reason);
        generator.close();
    }

    /// A method that a subclass could override, and that takes more than the yielder.
    public void shared(int number, Yielder<Object, @Nullable Void> y) {
        y.yield(number + secret);
    }

    @Nested
    class WhenItIsNoLambdaOfTheCompilers {

        @Test
        @SuppressWarnings("unchecked") // so it is made
        void anObjectsMethodWithFurtherValuesRunsStackful() throws Throwable {
            MethodType run = MethodType.methodType(void.class, Yielder.class);
            Generator.Body<Object> body =
                    (Generator.Body<Object>)
                            LambdaMetafactory.altMetafactory(
                                            MethodHandles.lookup(),
                                            "run",
                                            MethodType.methodType(
                                                    Generator.Body.class,
                                                    CompiledBodyTest.class,
                                                    int.class),
                                            run,
                                            MethodHandles.lookup()
                                                    .findVirtual(
                                                            CompiledBodyTest.class,
                                                            "shared",
                                                            MethodType.methodType(
                                                                    void.class,
                                                                    int.class,
                                                                    Yielder.class)),
                                            run,
                                            LambdaMetafactory.FLAG_SERIALIZABLE)
                                    .getTarget()
                                    .invokeExact(CompiledBodyTest.this, 5);

            assertThat(pulled(Generator.of(body))).containsExactly(12);
            assertStackful(Generator.of(body), "it captures values besides the object");
        }
    }

    @Nested
    class WhenTheBodyKeepsValues {
        @Test
        void primitivesOfAllTypesSurvive() {
            boolean flag = true;
            byte small = -3;
            assertCompiledTheSame(() ->
                    Generator.<Object>of(y -> {
                        short s = (short) (small * 1000);
                        char c = 'x';
                        int i = Integer.MIN_VALUE;
                        long l = Long.MAX_VALUE;
                        float f = -0.0f;
                        double d = Double.MIN_VALUE;
                        long[] longs = {l, 1};
                        for (int n = 0; n < 3; n++) {
                            y.yield(flag ? "yes" : "no");
                            y.yield(s + ":" + c + i + l + f + d + small);
                            s++;
                            c++;
                            i--;
                            l = l / 3 + longs[n % 2];
                            f += 0.5f;
                            d *= -2;
                        }
                    }));
        }

        @Test
        void operandsSurvive() {
            DuplexGenerator<Integer, Integer, String> generator =
                    DuplexGenerator.of(y -> {
                        long wide = 1L << 40;
                        return wide
                                + (secretly(1) + requireNonNull(y.yield(1))) * 2.5
                                + "/"
                                + y.yield(requireNonNull(y.yield(2)));
                    });

            assertThat(generator.engine()).isEqualTo(new Engine.Compiled());
            assertThat(generator.next()).isEqualTo(1);
            assertThat(generator.send(2)).isEqualTo(2);
            assertThat(generator.send(30)).isEqualTo(30);
            assertThat(generator.step(4).toString()).contains(((1L << 40) + (8 + 2) * 2.5) + "/4");
        }

        @Test
        void controlFlowIsAsWritten() {
            assertCompiledTheSame(() ->
                    Generator.<Object>of(y -> {
                        outer:
                        for (int i = 0; i < 5; i++) {
                            for (int j = 0; ; j++) {
                                if (j > i) {
                                    continue outer;
                                }
                                if (i == 4) {
                                    break outer;
                                }
                                switch (i + ":" + j) {
                                    case "0:0" -> y.yield("first");
                                    case "2:1" -> y.yield("middle");
                                    default -> y.yield(i * 10 + j);
                                }
                            }
                        }
                        Object[] shapes = {1, "two", new Point(3, 4), 5L};
                        for (Object shape : shapes) {
                            y.yield(
                                    switch (shape) {
                                        case Integer n when n > 0 -> n + 1;
                                        case String text -> text.length();
                                        case Point(int a, int b) -> a * b;
                                        default -> "other";
                                    });
                        }
                    }));
        }

        private record Point(int x, int y) {}
    }

    @Nested
    class WhenTheBodyHandlesExceptions {
        private DuplexGenerator<String, String, String> threeDeep(List<String> log) {
            return DuplexGenerator.of(y -> {
                try {
                    try {
                        try {
                            log.add("body " + y.yield("body"));
                        } catch (IllegalStateException e) {
                            log.add("caught " + e.getMessage() + y.yield("catch"));
                            throw new IllegalArgumentException("from catch");
                        } finally {
                            log.add("inner " + y.yield("inner finally"));
                        }
                    } finally {
                        log.add("middle " + y.yield("middle finally"));
                    }
                } catch (IllegalArgumentException e) {
                    log.add("outer " + e.getMessage() + y.yield("outer catch"));
                } finally {
                    log.add("last " + y.yield("outer finally"));
                }
                return "end";
            });
        }

        @Test
        void whatIsThrownInSurfacesInTheRightBlock() {
            List<String> log = new ArrayList<>();
            DuplexGenerator<String, String, String> generator = threeDeep(log);

            assertThat(generator.engine()).isEqualTo(new Engine.Compiled());
            assertThat(generator.next()).isEqualTo("body");
            assertThat(generator.raise(new IllegalStateException("in"))).isEqualTo("catch");
            assertThat(generator.send("1")).isEqualTo("inner finally");
            assertThat(generator.send("2")).isEqualTo("middle finally");
            assertThat(generator.send("3")).isEqualTo("outer catch");
            assertThat(generator.send("4")).isEqualTo("outer finally");
            assertThat(generator.step("5").toString()).contains("end");
            assertThat(log)
                    .containsExactly(
                            "caught in1", "inner 2", "middle 3", "outer from catch4", "last 5");
        }

        @Test
        void anExceptionThrownInAtAFinallyGoesOutwards() {
            List<String> log = new ArrayList<>();
            DuplexGenerator<String, String, String> generator = threeDeep(log);
            generator.next();
            generator.send("0");

            assertThat(generator.raise(new IllegalArgumentException("late")))
                    .isEqualTo("middle finally");
            assertThat(generator.send("1")).isEqualTo("outer catch");
            generator.send("2");
            generator.finish();

            assertThat(log).containsExactly("body 0", "middle 1", "outer late2");
        }
    }

    @Nested
    class WhereverTheBodyStands {
        @Test
        void privateMembersAndNestedLambdasAreWithinReach() {
            assertCompiledTheSame(() ->
                    Generator.<Object>of(y -> {
                        secret++;
                        y.yield(secretly(1) - secret);
                        IntFunction<Integer> nested = n -> secretly(n) - secret;
                        y.yield(nested.apply(5));
                        Generator<Integer> inner = Generator.of(z -> z.yield(secretly(0) - secret));
                        y.yield(inner.engine().toString());
                        y.yieldFrom(inner);
                        y.yield(new Hidden(3).value);
                        y.yield(super.toString().isEmpty());
                    }));
        }

        private static final class Hidden {
            private final int value;

            private Hidden(int value) {
                this.value = value;
            }
        }

        @Test
        void methodReferencesAreCompiled() {
            assertCompiledTheSame(() -> Generator.of(WhereverTheBodyStands::twice));
            assertCompiledTheSame(() -> Generator.of(new Overriding()::numbers));
            assertThat(pulled(Generator.of(new Base()::numbers))).containsExactly(1);
            assertThat(pulled(Generator.of(new Overriding()::numbers))).containsExactly(2);
        }

        private static void twice(Yielder<String, @Nullable Void> y) {
            y.yield("once");
            y.yield("twice");
        }

        static class Base {
            Generator<Integer> all() {
                return Generator.of(this::numbers);
            }

            public void numbers(Yielder<Integer, @Nullable Void> y) {
                y.yield(1);
            }
        }

        static final class Overriding extends Base {
            @Override
            public void numbers(Yielder<Integer, @Nullable Void> y) {
                y.yield(2);
            }
        }

        @Test
        void theObjectDecidesWhichMethodIsMeant() {
            assertThat(pulled(new Base().all())).containsExactly(1);
            assertThat(pulled(new Overriding().all())).containsExactly(2);
            assertThat(pulled(new Base().all())).containsExactly(1);
        }

        interface Counting {
            default Generator<Integer> count(int n) {
                return Generator.of(y -> {
                    for (int i = 0; i < n; i++) {
                        y.yield(i);
                    }
                });
            }
        }

        private record Times(int n) implements Counting {
            Generator<Integer> squares() {
                return Generator.of(y -> {
                    for (int i = 0; i < n; i++) {
                        y.yield(i * i);
                    }
                });
            }
        }

        private enum Side implements Counting {
            LEFT;

            Generator<String> names() {
                return Generator.of(y -> y.yield(name()));
            }
        }

        @Test
        void interfacesRecordsEnumsAndLocalClassesAreHosts() {
            class Local {
                Generator<Integer> one() {
                    return Generator.of(y -> y.yield(secretly(1)));
                }
            }
            assertCompiledTheSame(() -> new Times(3).count(3));
            assertCompiledTheSame(() -> new Times(3).squares());
            assertCompiledTheSame(Side.LEFT::names);
            assertCompiledTheSame(() -> new Local().one());
            assertCompiledTheSame(() ->
                    Generator.of(
                            new Generator.Body<Integer>() {
                                private static final long serialVersionUID = 1;

                                @Override
                                public void run(Yielder<Integer, @Nullable Void> y) {
                                    y.yield(4);
                                }
                            }));
        }
    }

    @Nested
    class WhenItCannotBeProven {
        private void helper(Yielder<Integer, @Nullable Void> y) {
            y.yield(1);
        }

        @Test
        void theYielderEscapes() {
            assertStackful(
                    Generator.<Integer>of(y -> helper(y)),
                    "the yielder is passed to",
                    "helper",
                    "CompiledBodyTest.java:");
            assertStackful(
                    Generator.<Integer>of(y -> List.of(1).forEach(n -> y.yield(n))),
                    "the yielder is captured by a lambda");
            assertStackful(
                    Generator.<Integer>of(y -> {
                        if (y != null) {
                            y.yield(1);
                        }
                    }),
                    "the yielder is compared");
        }

        @Test
        void aMonitorIsHeld() {
            assertStackful(
                    Generator.<Integer>of(y -> {
                        synchronized (this) {
                            y.yield(1);
                        }
                    }),
                    "a monitor is held across a suspension");
            assertStackful(Generator.of(this::locked), "is synchronized");
        }

        private synchronized void locked(Yielder<Integer, @Nullable Void> y) {
            y.yield(1);
        }

        @Test
        void aMonitorThatIsGivenBackBeforeIsNoHindrance() {
            assertCompiledTheSame(() ->
                    Generator.<Object>of(y -> {
                        synchronized (this) {
                            secret = 8;
                        }
                        y.yield(Thread.holdsLock(this));
                    }));
        }

        @Test
        void noneIsHeldInAHandlerAroundABlockThatHeldOne() {
            assertCompiledTheSame(() ->
                    Generator.<Object>of(y -> {
                        try {
                            synchronized (this) {
                                secret = 8;
                            }
                            throw new IllegalStateException("out");
                        } catch (IllegalStateException e) {
                            y.yield(Thread.holdsLock(this));
                        } finally {
                            y.yield("last");
                        }
                    }));
        }

        @Test
        void anObjectIsUnderConstruction() {
            DuplexGenerator<String, String, String> generator =
                    DuplexGenerator.of(y -> new AtomicReference<>(y.yield("a")).toString());

            assertStackful(generator, "is under construction at a suspension");
        }
    }

    @Nested
    class WhenItCouldNoticeWhereItRuns {
        private static final String CALLER = "which looks at who calls it";

        @Test
        void reflectionSeesItsCaller() {
            assertStackful(
                    Generator.<Object>of(y -> y.yield(MethodHandles.lookup().lookupClass())),
                    "MethodHandles.lookup, " + CALLER);
            Generator<Object> reading =
                    Generator.of(y -> {
                        Field field = CompiledBodyTest.class.getDeclaredField("secret");
                        y.yield(field.get(this));
                    });
            assertStackful(reading, "Field.get, " + CALLER);
            assertStackful(
                    Generator.<Object>of(y ->
                            y.yield(
                                    CompiledBodyTest.class
                                            .getDeclaredMethod("secretly", int.class)
                                            .invoke(this, 1))),
                    "Method.invoke, " + CALLER);
        }

        @Test
        void whatTakesNoObjectIsNoHindrance() {
            assertCompiledTheSame(() ->
                    Generator.<Object>of(y -> {
                        Field field = CompiledBodyTest.class.getDeclaredField("secret");
                        y.yield(field.getName() + field.getType());
                        Function<Object, Class<?>> reference = Object::getClass;
                        y.yield(reference.apply(this));
                    }));
        }

        @Test
        @SuppressWarnings({"CastToImpossible", "unused"})
        void aCastOfTheYielderMayFail() {
            Generator<Integer> generator =
                    Generator.of(y -> {
                        Object any = y;
                        Runnable other = (Runnable) any;
                        y.yield(1);
                    });

            assertThat(generator.engine().toString())
                    .contains("the yielder is cast to java.lang.Runnable");
            assertThatThrownBy(generator::next).isInstanceOf(ClassCastException.class);
        }

        /// A class that tells when it is initialized.
        static final class Late {
            private static final List<String> LOG = new ArrayList<>();

            static final class Numbers {
                static {
                    LOG.add("initialized");
                }

                static void count(Yielder<Integer, @Nullable Void> y) {
                    y.yield(1);
                }
            }
        }

        @Test
        void aStaticMethodInitializesItsClassWhenTheBodyStarts() {
            Generator<Integer> generator = Generator.of(Late.Numbers::count);
            assertThat(generator.engine()).isEqualTo(new Engine.Compiled());
            assertThat(Late.LOG).isEmpty();

            assertThat(generator.next()).isEqualTo(1);

            assertThat(Late.LOG).containsExactly("initialized");
            assertThat(Generator.of(Late.Numbers::count).next()).isEqualTo(1);
            assertThat(Late.LOG).hasSize(1);
        }

        /// A class whose initializer pulls from a generator that uses the class.
        private static final class Early {
            private static final int FIRST = 5;
            private static int calls;
            static final List<@Nullable Object> VALUES =
                    pulled(
                            Generator.<Object>of(y -> {
                                y.yield(count());
                                y.yield(FIRST + count());
                            }));

            private static int count() {
                return ++calls;
            }
        }

        @Test
        void aClassInitializerMayPullFromABodyOfItsOwnClass() {
            assertThat(Early.VALUES).containsExactly(1, 7);
        }

        private static String named(Yielder<Integer, ?> y) {
            y.yield(1);
            return "unheard";
        }

        public String heard(Yielder<Integer, String> y) {
            y.yield(1);
            return "heard";
        }

        @Test
        void aBodyWithoutResultHasNoneEvenIfItsMethodHasOne() {
            Generator<Integer> simple = Generator.of(WhenItCouldNoticeWhereItRuns::named);
            assertThat(simple.engine()).isEqualTo(new Engine.Compiled());
            assertThat(simple.next()).isEqualTo(1);
            assertThatThrownBy(simple::next)
                    .isInstanceOfSatisfying(
                            StopIteration.class, stop -> assertThat(stop.value()).isNull());

            DuplexGenerator<Integer, String, String> duplex = DuplexGenerator.of(this::heard);
            assertThat(duplex.engine()).isEqualTo(new Engine.Compiled());
            assertThat(duplex.next()).isEqualTo(1);
            assertThat(duplex.step(null)).isEqualTo(new Step.Returned<>("heard"));
        }
    }

    @Nested
    class OfItsStackTrace {
        @Test
        void theLineIsThatOfTheSource() {
            Generator<Integer> generator =
                    Generator.of(y -> {
                        y.yield(1);
                        throw new IllegalStateException("here");
                    });
            assertThat(generator.engine()).isEqualTo(new Engine.Compiled());
            generator.next();

            assertThatThrownBy(generator::next)
                    .satisfies(e -> {
                        StackTraceElement top = e.getStackTrace()[0];
                        assertThat(top.getFileName()).isEqualTo("CompiledBodyTest.java");
                        assertThat(top.getLineNumber()).isPositive();
                        assertThat(top.getClassName()).startsWith(CompiledBodyTest.class.getName());
                    });
        }
    }

    @Nested
    class OfChains {
        private static Generator<Integer> chain(int depth, int n) {
            return Generator.of(y -> {
                if (depth > 0) {
                    y.yieldFrom(chain(depth - 1, n));
                } else {
                    for (int i = 0; i < n; i++) {
                        y.yield(i);
                    }
                }
            });
        }

        @Test
        void aDeepOneNeedsNoDeepStack() {
            Generator<Integer> generator = chain(20_000, 3);

            assertThat(pulled(generator)).containsExactly(0, 1, 2);
        }

        @Test
        void whoIsHeldMayBeDrivenByItselfMeanwhile() {
            Generator<Integer> inner = chain(2, 5);
            Generator<Integer> outer = Generator.of(y -> y.yieldFrom(inner));

            assertThat(outer.next()).isEqualTo(0);
            assertThat(inner.next()).isEqualTo(1);
            assertThat(outer.next()).isEqualTo(2);
            assertThat(outer.next()).isEqualTo(3);
            assertThat(inner.next()).isEqualTo(4);
            assertThat(inner.hasNext()).isFalse();
            assertThat(outer.hasNext()).isFalse();
        }

        @Test
        void theSameMayBeDelegatedToTwice() {
            Generator<Integer> inner = chain(1, 4);
            Generator<Integer> one = Generator.of(y -> y.yieldFrom(inner));
            Generator<Integer> other = Generator.of(y -> y.yieldFrom(inner));

            assertThat(Arrays.asList(one.next(), other.next(), one.next(), other.next()))
                    .containsExactly(0, 1, 2, 3);
            assertThat(one.hasNext()).isFalse();
            assertThat(other.hasNext()).isFalse();
        }
    }
}
