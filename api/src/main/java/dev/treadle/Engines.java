package dev.treadle;

import dev.treadle.spi.GeneratorEngine;
import java.util.List;
import java.util.ServiceLoader;

/// Finds the engine that runs generators.
final class Engines {
    private Engines() {}

    static GeneratorEngine generator() {
        return Found.GENERATOR;
    }

    private static final class Found {
        static final GeneratorEngine GENERATOR = load();

        private static GeneratorEngine load() {
            List<GeneratorEngine> found =
                    find(ServiceLoader.load(GeneratorEngine.class, Engines.class.getClassLoader()));
            if (found.isEmpty()) {
                found = find(ServiceLoader.load(GeneratorEngine.class));
            }
            if (found.isEmpty()) {
                throw new IllegalStateException(
                        "no generator engine found: add dev.treadle:treadle-core, which every scheduler of Treadle brings along");
            }
            return found.get(0);
        }

        private static List<GeneratorEngine> find(ServiceLoader<GeneratorEngine> loader) {
            return loader.stream().map(ServiceLoader.Provider::get).toList();
        }
    }
}
