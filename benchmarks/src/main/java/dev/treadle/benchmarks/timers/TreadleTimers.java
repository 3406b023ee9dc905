package dev.treadle.benchmarks.timers;

import dev.treadle.EventLoop;
import dev.treadle.benchmarks.contestants.TreadleLoop;
import java.time.Duration;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// Timers of Treadle that are armed already.
@State(Scope.Benchmark)
public class TreadleTimers {
    /// Arms them.
    ///
    /// @param loop the loop
    /// @param armed how many
    @Setup
    public void arm(TreadleLoop loop, Armed armed) {
        loop.run(() -> {
            EventLoop running = EventLoop.running();
            for (int i = 0; i < armed.size; i++) {
                running.callLater(Duration.ofMillis(Armed.delayMillis(i)), () -> {});
            }
            return armed.size;
        });
    }
}
