package dev.treadle.core.generator;

import dev.treadle.Yielder;
import org.jspecify.annotations.Nullable;

/// A body, whichever of the two kinds of generator it was written for.
@FunctionalInterface
interface GeneratorBody<
        Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object> {
    R run(Yielder<Y, S> y) throws Exception;
}
