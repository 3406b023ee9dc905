package dev.treadle.core.oracle;

import org.jspecify.annotations.Nullable;

/// The exceptions of a scenario.
final class Failures {
    private Failures() {}

    /// What a scenario raises by name: `E1` or `E2`.
    static final class Named extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final String name;

        Named(String name, String text) {
            super(text);
            this.name = name;
        }

        String name() {
            return name;
        }
    }

    /// How a body returns from the middle of its operations.
    static final class Return extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient @Nullable Object value;

        Return(@Nullable Object value) {
            super(null, null, false, false);
            this.value = value;
        }

        @Nullable Object value() {
            return value;
        }
    }
}
