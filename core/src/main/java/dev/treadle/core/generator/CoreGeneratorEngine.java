package dev.treadle.core.generator;

import com.google.auto.service.AutoService;
import dev.treadle.DuplexGenerator;
import dev.treadle.Generator;
import dev.treadle.spi.GeneratorEngine;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Makes generators whose bodies are compiled to state machines where that is possible, and run on
/// virtual threads of their own where it is not.
@AutoService(GeneratorEngine.class)
public final class CoreGeneratorEngine implements GeneratorEngine {

    /// Called by `ServiceLoader`.
    public CoreGeneratorEngine() {}

    @Override
    public <T extends @Nullable Object> Generator<T> newGenerator(Generator.Body<T> body) {
        Objects.requireNonNull(body, "body");
        return new GeneratorObject<T, @Nullable Void, @Nullable Void>(body);
    }

    @Override
    public <Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
            DuplexGenerator<Y, S, R> newDuplexGenerator(DuplexGenerator.Body<Y, S, R> body) {
        Objects.requireNonNull(body, "body");
        return new GeneratorObject<>(body);
    }
}
