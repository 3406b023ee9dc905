package dev.treadle.core;

import dev.treadle.spi.UserFrames;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A promise that knows where it was created: what debug mode makes.
final class TracedPromise<T extends @Nullable Object> extends CorePromise<T> {
    private final List<StackTraceElement> createdAt = UserFrames.here();

    TracedPromise(CoreEventLoop loop, @Nullable Predicate<@Nullable Object> canceller) {
        super(loop, canceller);
    }

    @Override
    List<StackTraceElement> createdAt() {
        return createdAt;
    }
}
