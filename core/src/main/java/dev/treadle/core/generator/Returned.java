package dev.treadle.core.generator;

import org.jspecify.annotations.Nullable;

/// What resuming a body returns when it has ended, instead of what it yielded.
///
/// @param value what the body returned
record Returned(@Nullable Object value) {}
