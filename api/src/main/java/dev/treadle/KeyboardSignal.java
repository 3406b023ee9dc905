package dev.treadle;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Ctrl-C while a runner runs: cancels the main task, once; the second time the previous handler
/// has its way.
///
/// The JDK's only way to handle a signal is `sun.misc.Signal`. It sits in a module that a custom
/// runtime image may lack, `-Xrs` disables it, and the compiler warns of its use; hence reflection,
/// and Ctrl-C keeps its usual meaning where it is not to be had.
final class KeyboardSignal implements AutoCloseable {
    private final AtomicBoolean received =
            new AtomicBoolean(); // written by the signal's thread, read by the runner's
    private @Nullable Runnable restore; // runner's thread only

    private KeyboardSignal() {}

    static KeyboardSignal cancelling(Task<?> main) {
        KeyboardSignal signal = new KeyboardSignal();
        try {
            signal.restore = handle("INT", () -> signal.onSignal(main));
        } catch (ReflectiveOperationException | IllegalArgumentException | LinkageError e) {
            signal.restore = null; // not to be had in this JVM, as Runner documents
        }
        return signal;
    }

    private boolean onSignal(Task<?> main) {
        if (!received.compareAndSet(false, true)) {
            return false;
        }
        Stages.cancelOnLoop(main);
        return true;
    }

    boolean received() {
        return received.get();
    }

    @Override
    public void close() {
        if (restore != null) {
            restore.run();
        }
    }

    /// Installs a handler that passes on what it declines; returns what puts the previous one back.
    private static Runnable handle(String name, BooleanSupplier handler)
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
                            Object before = previous.get();
                            if (!handler.getAsBoolean() && before != null) {
                                delegate.invoke(before, arguments);
                            }
                            return null;
                        });
        previous.set(invoke(install, signal, ours));
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
