package dev.treadle.metrics;

import dev.treadle.EventLoop;
import dev.treadle.LoopStatistics;
import dev.treadle.LoopStatistics.Tasks;
import dev.treadle.LoopStatistics.Timers;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A loop that counts how often it is asked for its statistics, and answers with that number: so
/// many tasks were spawned, and so many timers have fired.
final class CountingLoop {
    final AtomicInteger asked = new AtomicInteger();
    private final AtomicReference<Runnable> next = new AtomicReference<>(() -> {});
    private final EventLoop counted = new LooseLoop().loop;
    final EventLoop loop =
            (EventLoop)
                    Proxy.newProxyInstance(
                            EventLoop.class.getClassLoader(),
                            new Class<?>[] {EventLoop.class},
                            (proxy, method, arguments) -> answer(proxy, method, arguments));

    /// Has something done when it is asked next.
    void onceAsked(Runnable action) {
        next.set(action);
    }

    private @Nullable Object answer(Object proxy, Method method, Object @Nullable [] arguments)
            throws Throwable {
        return switch (method.getName()) {
            case "statistics" -> statistics();
            case "equals" -> arguments != null && proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> {
                try {
                    yield method.invoke(counted, arguments);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            }
        };
    }

    private LoopStatistics statistics() {
        next.getAndSet(() -> {}).run();
        LoopStatistics real = counted.statistics();
        int number = asked.incrementAndGet();
        return new LoopStatistics(
                real.running(),
                real.workers(),
                new Tasks(number, 0, 0, 0, 0, 0),
                new Timers(number, number, 0),
                real.offload(),
                real.rejected(),
                number,
                real.internalErrors());
    }
}
