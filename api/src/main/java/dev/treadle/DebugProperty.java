package dev.treadle;

import org.jspecify.annotations.Nullable;

/// The system property that switches debug mode on, as `PYTHONASYNCIODEBUG` does for asyncio.
final class DebugProperty {
    static final String NAME = "treadle.debug";

    private DebugProperty() {}

    /// Whether a loop is to begin in debug mode.
    static boolean asks(@Nullable Boolean configured) {
        if (configured != null) {
            return configured;
        }
        String property = System.getProperty(NAME);
        return property != null && !property.equalsIgnoreCase("false");
    }
}
