package dev.treadle.core.generator;

import dev.treadle.GeneratorExit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Where a generator in push mode puts its values, and those of the generators it delegates to.
///
/// When the consumer fails, the bodies on the stack are closed as a suspended one would be:
/// [GeneratorExit] goes through them, and then the consumer's exception is thrown.
final class Sink<Y extends @Nullable Object> {
    private final Consumer<? super Y> consumer;
    private @Nullable Throwable failure; // the driver's thread only: what the consumer threw
    // The driver's thread only: sent through the bodies because of it.
    private @Nullable GeneratorExit exit;

    private @Nullable Throwable noted; // the driver's thread only: what carries the failure already

    Sink(Consumer<? super Y> consumer) {
        this.consumer = consumer;
    }

    void accept(Y value) {
        if (exit != null) {
            throw Activation.ignoredExit();
        }
        try {
            consumer.accept(value);
        } catch (Throwable e) {
            failure = e;
            throw leave();
        }
    }

    boolean failed() {
        return exit != null;
    }

    /// Returns the exit that is to go through the bodies.
    GeneratorExit leave() {
        GeneratorExit current = exit;
        if (current == null) {
            current = new GeneratorExit();
            exit = current;
        }
        return current;
    }

    /// Whether a body left as one that is being closed does; by whose `GeneratorExit` is all one.
    boolean isExit(Throwable e) {
        return exit != null && e instanceof GeneratorExit;
    }

    /// Notes that a body threw something else while it was being closed: that is what comes out,
    /// with the consumer's failure attached.
    void overtakenBy(Throwable e) {
        if (failure != null && failure != e && noted != e) {
            e.addSuppressed(failure);
            noted = e; // it goes through the outer bodies too
        }
    }

    /// Throws what the consumer threw, if it did.
    void rethrow() {
        if (failure != null) {
            Sink.<RuntimeException>throwAsIs(failure);
        }
    }

    /// Also a checked exception: consumers in other languages than Java may throw it.
    @SuppressWarnings("unchecked") // X is erased: nothing is cast
    static <X extends Throwable> void throwAsIs(Throwable e) throws X {
        throw (X) e;
    }
}
