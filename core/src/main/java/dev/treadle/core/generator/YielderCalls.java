package dev.treadle.core.generator;

import dev.treadle.DuplexGenerator;
import dev.treadle.Generator;
import dev.treadle.Yielder;
import dev.treadle.core.weaver.Suspensions;
import java.util.Iterator;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The calls at which the body of a generator suspends: those of its [Yielder].
final class YielderCalls implements Suspensions {
    /// Those of a body whose result is that of the generator.
    private static final YielderCalls OF_DUPLEX = new YielderCalls(true);

    /// Those of a body that has none, even if the method that it consists of returns something.
    private static final YielderCalls OF_SIMPLE = new YielderCalls(false);

    private static final String OWNER = Yielder.class.getName().replace('.', '/');

    private final boolean hasResult;

    private YielderCalls(boolean hasResult) {
        this.hasResult = hasResult;
    }

    /// {@return those of a body as the user gave it}
    static YielderCalls of(Object body) {
        return body instanceof DuplexGenerator.Body<?, ?, ?> ? OF_DUPLEX : OF_SIMPLE;
    }

    @Override
    public @Nullable Suspension of(String owner, String name, String descriptor) {
        if (!owner.equals(OWNER)) {
            return null;
        }
        return switch (name + descriptor) {
            case "yield(Ljava/lang/Object;)Ljava/lang/Object;" -> new Suspension(null);
            case "yieldFrom(Ldev/treadle/DuplexGenerator;)Ljava/lang/Object;" ->
                    new Suspension(YielderCalls::toDuplex);
            case "yieldFrom(Ldev/treadle/Generator;)V" -> new Suspension(YielderCalls::toGenerator);
            case "yieldFrom(Ljava/util/Iterator;)Ljava/lang/Object;" ->
                    new Suspension(YielderCalls::toIterator);
            case "yieldFrom(Ljava/lang/Iterable;)Ljava/lang/Object;" ->
                    new Suspension(YielderCalls::toIterable);
            default -> null;
        };
    }

    @Override
    public String token() {
        return "the yielder";
    }

    @Override
    public UnaryOperator<@Nullable Object> end() {
        return hasResult ? Returned::new : _ -> new Returned(null);
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
