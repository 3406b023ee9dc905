package dev.treadle.core.weaver;

import dev.treadle.core.weaver.Suspended.Kept;
import dev.treadle.core.weaver.Suspended.Source;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.objectweb.asm.Type;

/// The fields in which a run keeps locals and operands while it is suspended, shared by all its
/// suspensions, one for each value that one suspension has of a type.
///
/// By type exactly: so that no value is cast when it is read back, and no class loaded to verify
/// it.
final class SavedFields {

    /// A field.
    record Saved(String name, Type type) {}

    private final Map<Type, List<Saved>> byType = new LinkedHashMap<>();

    /// Where the values of one suspension go.
    Map<Kept, Saved> assign(Suspended suspended) {
        Map<Type, Integer> used = new HashMap<>();
        Map<Kept, Saved> fields = new LinkedHashMap<>();
        for (List<Kept> values : List.of(suspended.locals(), suspended.operands())) {
            for (Kept kept : values) {
                if (kept.source() == Source.SAVED) {
                    int number = used.merge(kept.type(), 1, Integer::sum) - 1;
                    fields.put(kept, field(kept.type(), number));
                }
            }
        }
        return fields;
    }

    private Saved field(Type type, int number) {
        List<Saved> fields = byType.computeIfAbsent(type, _ -> new ArrayList<>());
        if (number == fields.size()) {
            fields.add(new Saved("saved" + (size() + 1), type));
        }
        return fields.get(number);
    }

    private int size() {
        return byType.values().stream().mapToInt(List::size).sum();
    }

    List<Saved> all() {
        return byType.values().stream().flatMap(List::stream).toList();
    }
}
