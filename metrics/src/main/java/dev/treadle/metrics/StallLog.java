package dev.treadle.metrics;

import dev.treadle.metrics.WorkerWatch.Cause;
import dev.treadle.metrics.WorkerWatch.Stall;
import java.lang.System.Logger.Level;
import java.util.Locale;
import java.util.function.LongSupplier;

/// Warns of a loop, or of a carrier, that stands still while it does, but not of each time.
///
/// Belongs to the watchdog, apart from the count of what was left out.
final class StallLog {
    /// One line in so long, in nanoseconds.
    static final long INTERVAL = 10_000_000_000L;

    private static final System.Logger LOG = System.getLogger("dev.treadle.metrics");

    private final String loop;
    private final LongSupplier clock;
    private boolean said;
    private long saidAt;
    private long since; // left out since
    private volatile long suppressed; // written by the watchdog, read by any thread

    StallLog(String loop, LongSupplier clock) {
        this.loop = loop;
        this.clock = clock;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // only the watchdog writes
    void report(Stall stall, Standing standing) {
        long now = clock.getAsLong();
        if (said && now - saidAt < INTERVAL) {
            since++;
            suppressed++;
            return;
        }
        LOG.log(Level.WARNING, message(stall, standing));
        said = true;
        saidAt = now;
        since = 0;
    }

    private String message(Stall stall, Standing standing) {
        String seconds = String.format(Locale.ROOT, "%.3f seconds", stall.nanos() / 1e9);
        String more = since == 0 ? "" : " (" + since + " more times since the last warning)";
        if (stall.cause() == Cause.JVM) {
            return "%s stands still for %s because the whole JVM does: garbage collection, or a machine that is too busy%s"
                    .formatted(standing.heldUp(loop), seconds, more);
        }
        if (standing.frames().isEmpty()) {
            return "%s has stood still for %s%s; what held it up cannot be seen any more, or it waits for a processor"
                    .formatted(standing.heldUp(loop), seconds, more);
        }
        return "loop %s: %s has been running for %s and holds up %s%s; it stands here:%s"
                .formatted(
                        loop, standing.what(), seconds, standing.heldUp(), more, standing.stack());
    }

    /// {@return how many warnings were left out}
    long suppressed() {
        return suppressed;
    }
}
