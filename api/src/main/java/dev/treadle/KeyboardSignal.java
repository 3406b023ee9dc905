package dev.treadle;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Ctrl-C while runners run: cancels the main task of each, once; the second time the previous
/// handler has its way.
///
/// One handler serves all runners, in whatever order they begin and end. A handler that the
/// application has installed itself is left alone, as asyncio leaves one alone.
///
/// The JDK's only way to handle a signal is `sun.misc.Signal`. It sits in a module that a custom
/// runtime image may lack, `-Xrs` disables it, and the compiler warns of its use; hence reflection,
/// and Ctrl-C keeps its usual meaning where it is not to be had.
final class KeyboardSignal implements AutoCloseable {
    private static final Set<KeyboardSignal> RUNNING = new LinkedHashSet<>(); // guarded by itself
    private static @Nullable Runnable restore; // guarded by RUNNING

    private final Task<?> main;
    private final AtomicBoolean received =
            new AtomicBoolean(); // written by the signal's thread, read by the runner's

    private KeyboardSignal(Task<?> main) {
        this.main = main;
    }

    static KeyboardSignal cancelling(Task<?> main) {
        KeyboardSignal signal = new KeyboardSignal(main);
        synchronized (RUNNING) {
            if (RUNNING.isEmpty()) {
                restore = install();
            }
            RUNNING.add(signal);
        }
        return signal;
    }

    private static @Nullable Runnable install() {
        try {
            return handle("INT", KeyboardSignal::onSignal);
        } catch (ReflectiveOperationException | IllegalArgumentException | LinkageError e) {
            return null; // not to be had in this JVM, as Runner documents
        }
    }

    /// Cancels whom the signal has not reached before; false if it has reached all.
    private static boolean onSignal() {
        List<KeyboardSignal> running;
        synchronized (RUNNING) {
            running = List.copyOf(RUNNING);
        }
        boolean any = false;
        for (KeyboardSignal signal : running) {
            if (signal.received.compareAndSet(false, true)) {
                Stages.cancelOnLoop(signal.main);
                any = true;
            }
        }
        return any;
    }

    boolean received() {
        return received.get();
    }

    @Override
    public void close() {
        synchronized (RUNNING) {
            RUNNING.remove(this);
            if (RUNNING.isEmpty() && restore != null) {
                restore.run();
                restore = null;
            }
        }
    }

    /// Installs a handler that passes on what it declines; returns what puts the previous one back,
    /// or null if that is the application's and has been put back already.
    private static @Nullable Runnable handle(String name, BooleanSupplier handler)
            throws ReflectiveOperationException {
        Class<?> signalType = Class.forName("sun.misc.Signal");
        Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
        Object signal = signalType.getConstructor(String.class).newInstance(name);
        Method install = signalType.getMethod("handle", signalType, handlerType);
        Method delegate = handlerType.getMethod("handle", signalType);
        AtomicReference<@Nullable Object> previous = new AtomicReference<>();
        Object ours =
                Proxy.newProxyInstance(
                        handlerType.getClassLoader(),
                        new Class<?>[] {handlerType},
                        (proxy, method, arguments) -> {
                            if (!method.equals(delegate)) {
                                return ofObject(proxy, method, arguments);
                            }
                            Object next = previous.get();
                            if (!handler.getAsBoolean() && next != null) {
                                delegate.invoke(next, arguments);
                            }
                            return null;
                        });
        Object before = invoke(install, signal, ours);
        if (before != null && before.getClass().getClassLoader() != null) { // not the JDK's
            invoke(install, signal, before);
            return null;
        }
        previous.set(before);
        return () -> {
            try {
                invoke(install, signal, previous.get());
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("cannot restore the handler of SIG" + name, e);
            }
        };
    }

    /// What `Object` declares, for a proxy that is its own identity.
    @SuppressWarnings("ReferenceEquality")
    private static Object ofObject(Object proxy, Method method, @Nullable Object[] arguments) {
        return switch (method.getName()) {
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "Treadle's signal handler";
        };
    }

    private static @Nullable Object invoke(Method staticMethod, @Nullable Object... arguments)
            throws ReflectiveOperationException {
        try {
            return staticMethod.invoke(null, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
