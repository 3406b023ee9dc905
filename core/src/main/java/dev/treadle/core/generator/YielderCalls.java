package dev.treadle.core.generator;

import dev.treadle.DuplexGenerator;
import dev.treadle.Generator;
import dev.treadle.Yielder;
import dev.treadle.core.weaver.Suspensions;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The calls at which the body of a generator suspends: those of its [Yielder].
final class YielderCalls implements Suspensions {
    /// Those of a body whose result is that of the generator.
    private static final YielderCalls OF_DUPLEX = new YielderCalls(Returned::new);

    /// Those of a body that has none, even if the method that it consists of returns something.
    private static final YielderCalls OF_SIMPLE = new YielderCalls(_ -> new Returned(null));

    private static final String OWNER = Yielder.class.getName().replace('.', '/');
    private static final Map<String, Suspension> CALLS =
            Map.of(
                    "yield(Ljava/lang/Object;)Ljava/lang/Object;",
                    new Suspension(null),
                    "yieldFrom(Ldev/treadle/DuplexGenerator;)Ljava/lang/Object;",
                    new Suspension(YielderCalls::toDuplex),
                    "yieldFrom(Ldev/treadle/Generator;)V",
                    new Suspension(YielderCalls::toGenerator),
                    "yieldFrom(Ljava/util/Iterator;)Ljava/lang/Object;",
                    new Suspension(YielderCalls::toIterator),
                    "yieldFrom(Ljava/lang/Iterable;)Ljava/lang/Object;",
                    new Suspension(YielderCalls::toIterable));

    private final UnaryOperator<@Nullable Object> end;

    private YielderCalls(UnaryOperator<@Nullable Object> end) {
        this.end = end;
    }

    /// {@return those of a body as the user gave it}
    static YielderCalls of(Object body) {
        return body instanceof DuplexGenerator.Body<?, ?, ?> ? OF_DUPLEX : OF_SIMPLE;
    }

    @Override
    public @Nullable Suspension of(String owner, String name, String descriptor) {
        return owner.equals(OWNER) ? CALLS.get(name + descriptor) : null;
    }

    @Override
    public String token() {
        return "the yielder";
    }

    @Override
    public UnaryOperator<@Nullable Object> end() {
        return end;
    }

    @SuppressWarnings("NullAway") // null is refused there
    private static Object toDuplex(@Nullable Object inner) {
        return Delegation.to((DuplexGenerator<?, ?, ?>) inner);
    }

    @SuppressWarnings("NullAway") // null is refused there
    private static Object toGenerator(@Nullable Object inner) {
        return Delegation.to((Generator<?>) inner);
    }

    @SuppressWarnings("NullAway") // null is refused there
    private static Object toIterator(@Nullable Object inner) {
        return Delegation.to((Iterator<?>) inner);
    }

    private static Object toIterable(@Nullable Object source) {
        return Delegation.to(((Iterable<?>) Objects.requireNonNull(source)).iterator());
    }
}
