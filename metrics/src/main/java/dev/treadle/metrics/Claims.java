package dev.treadle.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;

/// Which meter belongs to which loop, where a filter makes one of the meters of two: it is the
/// first one's, and goes with it.
final class Claims {
    // Guarded by itself. An id does not lead to its registry, so that this keeps none.
    private final Map<MeterRegistry, Set<Meter.Id>> taken = new WeakHashMap<>();

    /// {@return whether the meter was nobody's}
    boolean claim(MeterRegistry registry, Meter.Id id) {
        synchronized (taken) {
            return taken.computeIfAbsent(registry, _ -> new HashSet<>()).add(id);
        }
    }

    void release(MeterRegistry registry, Meter.Id id) {
        synchronized (taken) {
            Set<Meter.Id> ids = taken.get(registry);
            if (ids != null && ids.remove(id) && ids.isEmpty()) {
                taken.remove(registry);
            }
        }
    }
}
