package dev.treadle.core;

import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Reports steps that take too long, of all that run one after the other on one thread at a time:
/// by a [Watchdog] while they run, and once more when they have ended.
///
/// All but [#end()] is called by who runs the steps.
final class SlowSteps {
    private final CoreEventLoop loop;
    private final Watchdog watchdog;
    private @Nullable ReadyEntry running; // who runs the steps only
    private long began; // who runs the steps only; by the loop's clock

    /// Makes one.
    ///
    /// @param runs what runs the steps, and is held up by one that takes long
    /// @param part what the watchdog's name says besides that of the loop; empty for the loop
    ///   itself
    /// @param thread the thread that runs a step, as another one may see it
    SlowSteps(CoreEventLoop loop, String runs, String part, Supplier<@Nullable Thread> thread) {
        this.loop = loop;
        this.watchdog = new Watchdog(loop, runs, part, thread);
    }

    /// Takes note of an entry that is about to run.
    void begins(ReadyEntry entry) {
        running = entry;
        began = loop.time();
        watchdog.stepBegins(entry);
    }

    /// Takes note that no entry is running.
    ///
    /// @return which one was; null if none
    @Nullable ReadyEntry ends() {
        ReadyEntry ended = running;
        if (ended == null) {
            return null;
        }
        watchdog.stepEnds();
        running = null;
        long took = loop.time() - began;
        if (took >= loop.slowCallbackNanos()) {
            loop.warn("executing " + ended + " took " + seconds(took));
        }
        return ended;
    }

    /// Ends what watches. From any thread.
    void end() {
        watchdog.end();
    }

    static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.3f seconds", nanos / 1e9);
    }
}
