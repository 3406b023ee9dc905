package dev.treadle.benchmarks.contestants;

import dev.treadle.benchmarks.kotlin.Coroutines;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// Kotlin's coroutines, by default and where they are fastest on one thread.
@State(Scope.Benchmark)
public class KotlinCoroutines {
    /// Where they run.
    @Param({"KOTLIN_EVENT_LOOP", "KOTLIN_DEFAULT"})
    public Peer on = Peer.KOTLIN_DEFAULT;

    private Coroutines coroutines = Coroutines.onDefault();

    /// Chooses where they run.
    @Setup
    public void open() {
        coroutines = on(on);
    }

    /// Finds coroutines.
    ///
    /// @param peer one of Kotlin's
    /// @return its coroutines
    public static Coroutines on(Peer peer) {
        return switch (peer) {
            case KOTLIN_EVENT_LOOP -> Coroutines.eventLoop();
            case KOTLIN_SINGLE -> Coroutines.single();
            case KOTLIN_DEFAULT -> Coroutines.onDefault();
            default -> throw new IllegalArgumentException(peer + " is none of Kotlin's");
        };
    }

    /// {@return the work}
    public Coroutines work() {
        return coroutines;
    }

    /// Ends their thread, if they have one of their own.
    @TearDown
    public void close() {
        coroutines.close();
    }
}
