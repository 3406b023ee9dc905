package dev.treadle.metrics;

import dev.treadle.EventLoop;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Objects;

/// Binds the meters of one loop to registries.
///
/// ```java
/// try (var metrics = TreadleMetrics.of(loop)) {
///     metrics.bindTo(registry);
///     loop.runForever();
/// }
/// ```
///
/// Needed for registries of one's own only: [GlobalMetrics] binds every loop to the global one.
///
/// All meters have the tags `loop` and `scheduler`, and the same further ones whatever the
/// scheduler; what they mean is told in the manual, `docs/observability.md`. Two loops of one name
/// that are open at the same time are told apart by a number, as `crawler` and `crawler-2`. Set
/// common tags and filters on a registry before binding to it, as for any meter.
///
/// While a loop is bound to anything, one daemon thread for the whole process looks at it ten times
/// a second, and sends it a callback whose way through the queue is measured: `treadle.loop.lag`.
/// An idle loop gets one a second.
///
/// All methods may be called from any thread.
public final class TreadleMetrics implements MeterBinder, AutoCloseable {
    private final ObservedLoop loop;
    private final Bindings.Owner owner = new Bindings.Owner();

    private TreadleMetrics(ObservedLoop loop) {
        this.loop = loop;
    }

    /// Makes a binder.
    ///
    /// It does not keep the loop from being collected.
    ///
    /// @param loop whose meters; those of a loop that is closed are none
    /// @return a binder that is not bound to anything
    public static TreadleMetrics of(EventLoop loop) {
        return of(loop, ObservedLoops.OF_PROCESS);
    }

    static TreadleMetrics of(EventLoop loop, ObservedLoops loops) {
        return new TreadleMetrics(loops.observe(Objects.requireNonNull(loop, "loop")));
    }

    /// Registers the meters of the loop, until the loop or this is closed.
    ///
    /// Any number of registries can be bound; one that is bound already is not bound again. If the
    /// loop has been closed nothing is registered.
    ///
    /// @param registry where to
    /// @throws IllegalStateException if this is closed
    @Override
    public void bindTo(MeterRegistry registry) {
        loop.bind(Objects.requireNonNull(registry, "registry"), owner);
    }

    /// Removes the meters from every registry they were bound to by this, unless another binder of
    /// the same loop has bound them there too. Closing it again does nothing.
    @Override
    public void close() {
        loop.release(owner);
    }
}
