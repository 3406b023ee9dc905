package dev.treadle.spi;

import dev.treadle.DuplexGenerator;
import dev.treadle.Generator;
import org.jspecify.annotations.Nullable;

/// Runs the bodies of generators: what stands behind [Generator#of] and [DuplexGenerator#of].
///
/// Found by `ServiceLoader`; `treadle-core`, which every scheduler of Treadle brings along,
/// provides it.
public interface GeneratorEngine {

    /// Makes a generator that nothing is sent to.
    ///
    /// @param <T> what it yields
    /// @param body what to run; nothing of it runs before the first value is asked for
    /// @return a new generator
    <T extends @Nullable Object> Generator<T> newGenerator(Generator.Body<T> body);

    /// Makes a generator that values are sent to.
    ///
    /// @param <Y> what it yields
    /// @param <S> what is sent to it
    /// @param <R> what it returns
    /// @param body what to run; nothing of it runs before the first value is asked for
    /// @return a new generator
    <Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
            DuplexGenerator<Y, S, R> newDuplexGenerator(DuplexGenerator.Body<Y, S, R> body);
}
