package dev.treadle.spi;

import dev.treadle.Context;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.EventLoop.Problem;
import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reports, in debug mode, a coroutine that was created and never awaited, when it has been
/// collected. It does not keep the coroutine from being collected.
///
/// Source of the semantics: "coroutine was never awaited", of
/// `sys.set_coroutine_origin_tracking_depth`.
public final class NeverAwaited implements Runnable {
    private static final System.Logger LOG = System.getLogger("dev.treadle");

    private static final class Lazily {
        static final Cleaner CLEANER =
                Cleaner.create(Thread.ofVirtual().name("treadle-never-awaited").factory());
    }

    // Written by any thread, only ever becomes true. Plain, because it is read at the creation of
    // each coroutine: a thread that sees it late misses coroutines of its first moments.
    private static boolean watching;

    private final EventLoop loop;
    private final String coroutine;
    private final List<StackTraceElement> createdAt;
    private volatile boolean taken; // written by who awaits or closes, read by the cleaner

    private NeverAwaited(Coroutine<?> coroutine, EventLoop loop) {
        this.loop = loop;
        this.coroutine = coroutine.toString();
        this.createdAt = UserFrames.here();
    }

    /// Has coroutines watched that are created on loops in debug mode, from now on. A loop calls it
    /// when it is put into debug mode. May be called from any thread.
    public static void watch() {
        watching = true;
    }

    /// {@return whether a loop ever was in debug mode} What a new coroutine asks first, since it
    /// costs next to nothing.
    public static boolean isWatching() {
        return watching;
    }

    /// Watches a new coroutine, if it is created on a loop in debug mode.
    ///
    /// @param coroutine a coroutine that has just been created, on the calling thread
    /// @return what to tell when it is [taken][#taken]; null if it is not watched
    public static @Nullable NeverAwaited of(Coroutine<?> coroutine) {
        EventLoop loop = Execution.current().loop();
        if (loop == null || !loop.debug()) {
            return null;
        }
        NeverAwaited watch = new NeverAwaited(coroutine, loop);
        Lazily.CLEANER.register(coroutine, watch);
        return watch;
    }

    /// Takes note that somebody awaits the coroutine, or has given it up by closing it.
    public void taken() {
        taken = true;
    }

    /// Called when the coroutine has been collected.
    @Override
    public void run() {
        if (taken) {
            return;
        }
        Problem problem =
                Problem.of("coroutine was never awaited: " + coroutine, null)
                        .withCreatedAt(createdAt);
        try {
            loop.callSoonThreadsafe(() -> loop.callExceptionHandler(problem), Context.empty());
        } catch (IllegalStateException e) {
            // The loop is closed, and its handler no longer called.
            LOG.log(Level.ERROR, "loop " + loop.name() + ": " + problem.describe());
        }
    }
}
