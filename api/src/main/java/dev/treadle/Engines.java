package dev.treadle;

import dev.treadle.spi.GeneratorEngine;
import dev.treadle.spi.Providers;
import java.util.List;
import java.util.ServiceConfigurationError;
import org.jspecify.annotations.Nullable;

/// Finds the engine that runs generators.
final class Engines {
    private static volatile @Nullable GeneratorEngine engine; // any thread; two may both look

    private Engines() {}

    static GeneratorEngine generator() {
        GeneratorEngine known = engine;
        if (known == null) {
            // Not in a static initializer, where a failure would lose its message the second time.
            known = find();
            engine = known;
        }
        return known;
    }

    private static GeneratorEngine find() {
        List<GeneratorEngine> found;
        try {
            found = Providers.find(GeneratorEngine.class);
        } catch (ServiceConfigurationError e) {
            throw new IllegalStateException(
                    "a generator engine on the class path is broken: "
                            + e.getMessage()
                            + "; repair or remove its jar",
                    e);
        }
        if (found.isEmpty()) {
            throw new IllegalStateException(
                    "no generator engine found: add dev.treadle:treadle-core, which every scheduler of"
                            + " Treadle brings along");
        }
        return found.get(0);
    }
}
