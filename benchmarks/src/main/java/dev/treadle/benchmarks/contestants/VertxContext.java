package dev.treadle.benchmarks.contestants;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// A context of Vert.x on its event loop.
@State(Scope.Benchmark)
public class VertxContext {
    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final Context context = vertx.getOrCreateContext();

    /// {@return the whole}
    public Vertx vertx() {
        return vertx;
    }

    /// Runs an action in the context.
    ///
    /// @param action what to run
    public void execute(Runnable action) {
        context.runOnContext(_ -> action.run());
    }

    /// Ends its threads.
    @TearDown
    public void close() {
        vertx.close().await();
    }
}
