package dev.treadle.jmx;

import dev.treadle.EventLoop;
import dev.treadle.graph.LoopGraph;
import java.lang.ref.WeakReference;
import java.time.Duration;

/// Answers for a loop, without keeping it from being collected.
final class LoopMBean implements EventLoopMXBean {
    private final WeakReference<EventLoop> reference;
    private final String name;

    LoopMBean(EventLoop loop) {
        this.reference = new WeakReference<>(loop);
        this.name = loop.name();
    }

    private EventLoop loop() {
        EventLoop loop = reference.get();
        if (loop == null) {
            throw new IllegalStateException("loop " + name + " has been collected");
        }
        return loop;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public String getScheduler() {
        return loop().scheduler();
    }

    @Override
    public String getCarriers() {
        return loop().carriers();
    }

    @Override
    public boolean isRunning() {
        return loop().isRunning();
    }

    @Override
    public int getTaskCount() {
        return LoopGraph.count(loop());
    }

    @Override
    public boolean isDebug() {
        return loop().debug();
    }

    @Override
    public void setDebug(boolean on) {
        loop().debug(on);
    }

    @Override
    public long getSlowCallbackMillis() {
        return loop().slowCallback().toMillis();
    }

    @Override
    public void setSlowCallbackMillis(long millis) {
        loop().slowCallback(Duration.ofMillis(millis));
    }

    @Override
    public String ps() {
        return LoopGraph.capture(loop()).toTable();
    }

    @Override
    public String pstree() {
        return LoopGraph.capture(loop()).toString();
    }

    @Override
    public String json(int most) {
        return LoopGraph.capture(loop(), most).toJson();
    }
}
