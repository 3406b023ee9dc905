package dev.treadle.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Set;

/// Where the meters of one loop are registered, and on whose behalf.
///
/// Guarded by its [ObservedLoop].
final class Bindings {

    /// A binder, which has asked for meters and may be closed.
    static final class Owner {
        private boolean closed;

        void ensureOpen(String loop) {
            if (closed) {
                throw new IllegalStateException(
                        "these metrics of loop "
                                + loop
                                + " are closed: make new ones by TreadleMetrics.of(loop)");
            }
        }
    }

    private record Binding(LoopMeters meters, Set<Owner> owners) {}

    private final ObservedLoop observed;
    private final Claims claims;
    private final IdentityHashMap<MeterRegistry, Binding> byRegistry = new IdentityHashMap<>();

    Bindings(ObservedLoop observed, Claims claims) {
        this.observed = observed;
        this.claims = claims;
    }

    boolean isEmpty() {
        return byRegistry.isEmpty();
    }

    /// Whether a registry takes note. A composite of none does not: the global one of an
    /// application without metrics is such.
    boolean areHeard() {
        return byRegistry.keySet().stream()
                .anyMatch(registry ->
                        !(registry instanceof CompositeMeterRegistry composite)
                                || !composite.getRegistries().isEmpty());
    }

    void add(MeterRegistry registry, Owner owner) {
        byRegistry
                .computeIfAbsent(
                        registry,
                        _ ->
                                new Binding(
                                        new LoopMeters(observed, registry, claims),
                                        new HashSet<>()))
                .owners
                .add(owner);
    }

    void release(Owner owner) {
        owner.closed = true;
        byRegistry
                .values()
                .removeIf(binding -> {
                    boolean last = binding.owners.remove(owner) && binding.owners.isEmpty();
                    if (last) {
                        binding.meters.remove();
                    }
                    return last;
                });
    }

    void clear() {
        byRegistry.values().forEach(binding -> binding.meters.remove());
        byRegistry.clear();
    }

    /// What the loop's events are recorded in.
    LoopTimers[] timers() {
        return byRegistry.values().stream()
                .map(binding -> binding.meters.timers())
                .toArray(LoopTimers[]::new);
    }
}
