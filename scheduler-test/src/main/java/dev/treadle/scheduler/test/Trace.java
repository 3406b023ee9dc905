package dev.treadle.scheduler.test;

import dev.treadle.Future;
import dev.treadle.Task;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What happened in a run, step by step. Kept only when a run is repeated for its report.
final class Trace {
    private static final int MOST_ROWS = 60;
    private static final int WIDEST_COLUMN = 34;

    /// What is known of a task.
    static final class Known {
        final Task<?> task;
        final Site created;
        @Nullable Future<?> awaited;
        Site awaits = Site.UNKNOWN;
        boolean suspended;

        Known(Task<?> task, Site created) {
            this.task = task;
            this.created = created;
        }
    }

    private static final class Row {
        final int step;
        final long nanos;
        final String line;
        final @Nullable Known known;
        private String what = "runs";
        private Site where = Site.UNKNOWN;

        Row(int step, long nanos, String line, @Nullable Known known) {
            this.step = step;
            this.nanos = nanos;
            this.line = line;
            this.known = known;
        }

        void tell(String newWhat, Site newWhere) {
            what = newWhat;
            where = newWhere;
        }

        String text() {
            return what + site(" ", where);
        }
    }

    private final IdentityHashMap<Task<?>, Known> tasks = new IdentityHashMap<>();
    private final List<Known> inOrder = new ArrayList<>();
    private final IdentityHashMap<Object, Site> others = new IdentityHashMap<>();
    private final Map<Object, Site> failed =
            Collections.synchronizedMap(new IdentityHashMap<>()); // any thread
    private final ArrayDeque<Row> rows = new ArrayDeque<>(); // the last ones
    private int steps;
    private @Nullable Row current;

    void created(Task<?> task) {
        Known known = new Known(task, Sites.here());
        tasks.put(task, known);
        inOrder.add(known);
    }

    /// Remembers where something was made to fail.
    void failed(Object object) {
        failed.put(object, Sites.here());
    }

    /// Where something was made to fail, if that is known.
    String failedAt(Object object) {
        return site(", failed at ", failed.get(object));
    }

    private static String site(String what, @Nullable Site site) {
        return site == null || !site.isKnown() ? "" : what + site.line();
    }

    /// Remembers where something else than a task was made.
    void made(Object object) {
        others.put(object, Sites.here());
    }

    /// Forgets where something was made that nobody will ask for.
    void forget(Object object) {
        others.remove(object);
    }

    void suspending(Task<?> task, @Nullable Future<?> awaited) {
        Known known = tasks.get(task);
        if (known == null) {
            return;
        }
        known.awaited = awaited;
        known.awaits = Sites.here();
        known.suspended = true;
        Row row = current;
        if (row != null && row.known == known) {
            row.tell(awaited(known), known.awaits);
        }
    }

    private static String awaited(Known known) {
        return switch (known.awaited) {
            case null -> "yields";
            case Task<?> task -> "awaits " + task.name();
            default -> "awaits";
        };
    }

    void picked(Line line, @Nullable Task<?> task, long nanos) {
        finish();
        Known known = task == null ? null : tasks.get(task);
        if (known != null) {
            known.suspended = false;
        }
        Row row = new Row(++steps, nanos, line.name, known);
        rows.add(row);
        if (rows.size() > MOST_ROWS) {
            rows.remove();
        }
        current = row;
    }

    private void finish() {
        Row row = current;
        if (row != null && row.known != null && row.known.task.isDone()) {
            Task<?> task = row.known.task;
            row.tell(
                    switch (task.state()) {
                        case CANCELLED -> "ends cancelled";
                        case FAILED -> "fails";
                        default -> "ends";
                    },
                    Site.UNKNOWN);
        }
        current = null;
    }

    List<Known> alive() {
        return inOrder.stream().filter(known -> !known.task.isDone()).toList();
    }

    @Nullable Known of(Task<?> task) {
        return tasks.get(task);
    }

    /// Where something was made, ` at File.java:12`, or nothing if that is not known.
    String createdAt(Object object) {
        Known known = object instanceof Task<?> task ? tasks.get(task) : null;
        return site(", created at ", known != null ? known.created : others.get(object));
    }

    /// The steps as a table: a row for each, a column for each line.
    String table() {
        finish();
        Set<String> names = new LinkedHashSet<>();
        rows.forEach(row -> names.add(row.line));
        List<String> columns = List.copyOf(names);
        int[] widths = new int[columns.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Math.min(WIDEST_COLUMN, columns.get(i).length());
        }
        for (Row row : rows) {
            int column = columns.indexOf(row.line);
            widths[column] = Math.min(WIDEST_COLUMN, Math.max(widths[column], row.text().length()));
        }
        StringBuilder text = new StringBuilder();
        text.append(String.format("%5s  %8s", "step", "time"));
        for (int i = 0; i < widths.length; i++) {
            text.append("  ").append(pad(columns.get(i), widths[i]));
        }
        if (rows.size() < steps) {
            strip(text);
            text.append("\n  (").append(steps - rows.size()).append(" steps before)");
        }
        for (Row row : rows) {
            strip(text);
            text.append('\n').append(String.format("%5d  %8s", row.step, time(row.nanos)));
            for (int i = 0; i < widths.length; i++) {
                String cell = columns.get(i).equals(row.line) ? row.text() : "";
                text.append("  ").append(pad(cell, widths[i]));
            }
        }
        strip(text);
        return text.toString();
    }

    private static void strip(StringBuilder text) {
        while (!text.isEmpty() && text.charAt(text.length() - 1) == ' ') {
            text.setLength(text.length() - 1);
        }
    }

    private static String pad(String cell, int width) {
        String cut = cell.length() > width ? cell.substring(0, width - 1) + "…" : cell;
        return cut + " ".repeat(width - cut.length());
    }

    /// A span of virtual time, as short as it can be told.
    static String time(long nanos) {
        if (nanos == 0) {
            return "0";
        }
        if (nanos % 1_000_000_000 == 0 && nanos < 3_600_000_000_000L) {
            return nanos / 1_000_000_000 + " s";
        }
        if (nanos % 1_000_000 == 0 && nanos < 1_000_000_000) {
            return nanos / 1_000_000 + " ms";
        }
        if (nanos < 1_000_000) {
            return nanos / 1_000 + " µs";
        }
        return Duration.ofNanos(nanos).toString().substring(2).toLowerCase(java.util.Locale.ROOT);
    }
}
