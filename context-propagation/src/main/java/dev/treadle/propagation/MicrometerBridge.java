package dev.treadle.propagation;

import com.google.auto.service.AutoService;
import dev.treadle.spi.ContextBridge;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;

/// Carries the thread locals that have an accessor in the global [ContextRegistry].
///
/// What a thread has, and the one that created its task had not, is cleared meanwhile: threads are
/// reused, and a task must not see what another has left.
@AutoService(ContextBridge.class)
public final class MicrometerBridge implements ContextBridge {
    private final ContextSnapshotFactory snapshots =
            ContextSnapshotFactory.builder()
                    .contextRegistry(ContextRegistry.getInstance())
                    .clearMissing(true)
                    .build();

    /// Called by `ServiceLoader`.
    public MicrometerBridge() {}

    @Override
    public Object capture() {
        return snapshots.captureAll();
    }

    @Override
    public Scope restore(Object captured) {
        ContextSnapshot.Scope scope = ((ContextSnapshot) captured).setThreadLocals();
        return scope::close;
    }
}
