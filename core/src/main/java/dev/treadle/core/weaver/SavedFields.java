package dev.treadle.core.weaver;

import dev.treadle.core.weaver.Suspended.Kept;
import dev.treadle.core.weaver.Suspended.Source;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
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

    private final Map<Type, List<Saved>> byType = new HashMap<>();
    private final List<Saved> all = new ArrayList<>();

    /// Where the values of one suspension go.
    IdentityHashMap<Kept, Saved> assign(Suspended suspended) {
        Map<Type, Integer> used = new HashMap<>();
        IdentityHashMap<Kept, Saved> fields = new IdentityHashMap<>();
        for (List<Kept> values : List.of(suspended.locals(), suspended.operands())) {
            for (Kept kept : values) {
                if (kept.source() == Source.SAVED) {
                    int number = used.getOrDefault(kept.type(), 0);
                    used.put(kept.type(), number + 1);
                    fields.put(kept, field(kept.type(), number));
                }
            }
        }
        return fields;
    }

    private Saved field(Type type, int number) {
        List<Saved> fields = byType.get(type);
        if (fields == null) {
            fields = new ArrayList<>();
            byType.put(type, fields);
        }
        if (number == fields.size()) {
            Saved added = new Saved("saved" + (all.size() + 1), type);
            fields.add(added);
            all.add(added);
        }
        return fields.get(number);
    }

    List<Saved> all() {
        return all;
    }
}
