package dev.treadle.core.generator;

import dev.treadle.DuplexGenerator;
import dev.treadle.Generator;
import dev.treadle.Yielder;
import org.jspecify.annotations.Nullable;

/// A body, whichever of the two kinds of generator it was written for.
@FunctionalInterface
interface GeneratorBody<
        Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object> {
    R run(Yielder<Y, S> y) throws Exception;

    /// Takes a body as the user gave it.
    @SuppressWarnings({"unchecked", "NullAway"}) // its generator was made with these types
    static <Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
            GeneratorBody<Y, S, R> of(Object body) {
        if (body instanceof DuplexGenerator.Body<?, ?, ?> duplex) {
            return ((DuplexGenerator.Body<Y, S, R>) duplex)::run;
        }
        Generator.Body<Y> simple = (Generator.Body<Y>) body;
        return y -> {
            simple.run((Yielder<Y, @Nullable Void>) y);
            return null;
        };
    }
}
