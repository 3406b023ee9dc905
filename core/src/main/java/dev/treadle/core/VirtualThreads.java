package dev.treadle.core;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Makes virtual threads with a scheduler of our own, where `java.lang` is open to this module.
///
/// The JDK has no public way to choose a virtual thread's scheduler yet; its own tests use the
/// package-private constructor found here.
final class VirtualThreads {
    private final MethodHandle newBuilder;

    private VirtualThreads(MethodHandle newBuilder) {
        this.newBuilder = newBuilder;
    }

    /// Looks for the way; null if it is not open, or not there in this JDK.
    static @Nullable VirtualThreads find() {
        if (!Thread.class.getModule().isOpen("java.lang", VirtualThreads.class.getModule())) {
            return null;
        }
        try {
            Class<?> builder = Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder");
            MethodHandle constructor =
                    MethodHandles.privateLookupIn(builder, MethodHandles.lookup())
                            .findConstructor(
                                    builder, MethodType.methodType(void.class, Executor.class))
                            .asType(
                                    MethodType.methodType(
                                            Thread.Builder.OfVirtual.class, Executor.class));
            return new VirtualThreads(constructor);
        } catch (ReflectiveOperationException e) {
            return null; // another JDK: CarrierChoice says so
        }
    }

    Thread.Builder.OfVirtual builder(Executor scheduler) {
        try {
            return (Thread.Builder.OfVirtual) newBuilder.invokeExact(scheduler);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(
                    "cannot make virtual threads with a scheduler of their own", e);
        }
    }
}
