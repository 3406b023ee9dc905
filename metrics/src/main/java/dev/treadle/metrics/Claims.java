package dev.treadle.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Function;

/// Which meter belongs to which loop, where a filter makes one of the meters of two: it is the
/// first one's, and goes with it.
///
/// A meter is registered and taken, and given up and removed, in one go each. Else a loop that
/// opens while another closes might find the other's meter, which is about to go, or take none for
/// its own, which would then stay for ever.
final class Claims {
    // Guarded by itself. An id does not lead to its registry, so that this keeps none.
    private final Map<MeterRegistry, Set<Meter.Id>> taken = new WeakHashMap<>();

    /// Registers a meter.
    ///
    /// @param registry where
    /// @param register registers it, or finds the one that is there
    /// @param ids where the id is added, if the meter was nobody's
    /// @return the meter
    <M extends Meter> M claim(
            MeterRegistry registry, Function<MeterRegistry, M> register, Collection<Meter.Id> ids) {
        synchronized (taken) {
            M meter = register.apply(registry);
            if (taken.computeIfAbsent(registry, _ -> new HashSet<>()).add(meter.getId())) {
                ids.add(meter.getId());
            }
            return meter;
        }
    }

    /// Removes a meter.
    ///
    /// @param registry where it was registered
    /// @param id its id, which was added then
    void release(MeterRegistry registry, Meter.Id id) {
        synchronized (taken) {
            Set<Meter.Id> ids = taken.get(registry);
            if (ids != null && ids.remove(id) && ids.isEmpty()) {
                taken.remove(registry);
            }
            registry.remove(id); // last, because whoever is told of it may register another
        }
    }
}
