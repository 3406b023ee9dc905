package dev.treadle.metrics;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// What the module logs while this is open, which is kept off the console.
final class RecordedWarnings extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger("dev.treadle.metrics");
    private final List<String> messages = new CopyOnWriteArrayList<>();

    RecordedWarnings() {
        logger.addHandler(this);
        logger.setUseParentHandlers(false);
    }

    List<String> messages() {
        return messages;
    }

    @Override
    public void publish(LogRecord record) {
        messages.add(record.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setUseParentHandlers(true);
    }
}
