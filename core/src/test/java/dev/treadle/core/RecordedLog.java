package dev.treadle.core;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.text.MessageFormat;
import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The JVM's log while tests run: warnings and errors go to the console, or to the test that asks
/// for them.
public final class RecordedLog extends System.LoggerFinder {

    /// One message.
    record Line(Level level, String message, @Nullable Throwable thrown) {}

    private static final List<Consumer<Line>> RECORDERS = new CopyOnWriteArrayList<>();

    /// Called by the JVM.
    public RecordedLog() {}

    /// What is logged meanwhile, by whomever.
    static List<Line> during(Runnable action) {
        return during(action, _ -> {});
    }

    /// What is logged meanwhile, by whomever; a listener is told on the thread that logs.
    static List<Line> during(Runnable action, Consumer<Line> listener) {
        List<Line> lines = new CopyOnWriteArrayList<>();
        Consumer<Line> recorder = ((Consumer<Line>) lines::add).andThen(listener);
        RECORDERS.add(recorder);
        try {
            action.run();
        } finally {
            RECORDERS.remove(recorder);
        }
        return lines;
    }

    @Override
    public Logger getLogger(String name, Module module) {
        return new Recorder(name);
    }

    private record Recorder(String name) implements Logger {

        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean isLoggable(Level level) {
            return level.getSeverity() >= Level.WARNING.getSeverity();
        }

        @Override
        public void log(
                Level level,
                @Nullable ResourceBundle bundle,
                String message,
                @Nullable Throwable thrown) {
            if (!isLoggable(level)) {
                return;
            }
            Line line = new Line(level, message, thrown);
            RECORDERS.forEach(recorder -> recorder.accept(line));
            if (RECORDERS.isEmpty()) {
                System.err.println(
                        name
                                + " "
                                + level
                                + ": "
                                + message
                                + (thrown == null ? "" : ": " + thrown));
            }
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, String format, Object... parameters) {
            log(level, bundle, MessageFormat.format(format, parameters), (Throwable) null);
        }
    }
}
