package dev.treadle;

import dev.treadle.spi.SchedulerProvider;
import java.lang.reflect.Proxy;

/// A scheduler whose loops can do nothing but say who made them.
///
/// The subclasses are what `ServiceLoader` finds: it needs a public class with a public
/// constructor.
public class FakeScheduler implements SchedulerProvider {
    private final String name;

    protected FakeScheduler(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public EventLoop newLoop(LoopConfig config) {
        return (EventLoop)
                Proxy.newProxyInstance(
                        EventLoop.class.getClassLoader(),
                        new Class<?>[] {EventLoop.class},
                        (_, method, _) ->
                                switch (method.getName()) {
                                    case "name" -> config.name();
                                    case "scheduler", "toString" -> name;
                                    default ->
                                            throw new UnsupportedOperationException(
                                                    method.getName());
                                });
    }

    public static final class Red extends FakeScheduler {
        public Red() {
            super("red");
        }
    }

    public static final class Blue extends FakeScheduler {
        public Blue() {
            super("blue");
        }
    }

    public static final class Shy extends FakeScheduler {
        public Shy() {
            super("shy");
        }

        @Override
        public boolean standsBack() {
            return true;
        }
    }

    public static final class OtherBlue extends FakeScheduler {
        public OtherBlue() {
            super("blue");
        }
    }

    public static final class ThrowingConstructor extends FakeScheduler {
        public ThrowingConstructor() {
            super("unborn");
            throw new IllegalStateException("no licence found");
        }
    }

    public static final class ThrowingNewLoop extends FakeScheduler {
        public ThrowingNewLoop() {
            super("barren");
        }

        @Override
        public EventLoop newLoop(LoopConfig config) {
            throw new UnsupportedOperationException("no thread to be had");
        }
    }

    public static final class NoScheduler {
        public NoScheduler() {}
    }
}
