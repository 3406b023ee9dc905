package dev.treadle.benchmarks;

import dev.treadle.core.CarrierChoice;
import dev.treadle.core.Carriers;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// The floor of a task switch: a thousand virtual threads on the loop's carriers that unpark one
/// another in a ring, with no loop at all.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public abstract class BareThreadBenchmark {
    private static final int THREADS = 1000;
    private static final int SWITCHES = 1_000_000;

    /// On a stock JVM.
    @Fork(value = 1)
    public static class Baton extends BareThreadBenchmark {}

    /// With `java.lang` open.
    @Fork(value = 1, jvmArgsAppend = "--add-opens=java.base/java.lang=ALL-UNNAMED")
    public static class Mounted extends BareThreadBenchmark {}

    /// One place of the ring.
    private static final class Place implements Runnable {
        private volatile boolean turn;
        private Place next = this;
        private Thread thread = Thread.currentThread();

        @Override
        public void run() {
            for (int i = 0; i < SWITCHES / THREADS; i++) {
                while (!turn) {
                    LockSupport.park(this);
                }
                turn = false;
                next.turn = true;
                LockSupport.unpark(next.thread);
            }
        }
    }

    /// Unparks the next thread and parks.
    ///
    /// @throws InterruptedException never
    @Benchmark
    @OperationsPerInvocation(SWITCHES)
    public void parkAndUnpark() throws InterruptedException {
        Carriers carriers = CarrierChoice.newCarriers("bare");
        Place first = new Place();
        Place last = first;
        first.thread = carriers.newThread("bare", first);
        for (int i = 1; i < THREADS; i++) {
            Place place = new Place();
            place.thread = carriers.newThread("bare", place);
            last.next = place;
            last = place;
        }
        last.next = first;
        for (Place place = first; ; place = place.next) {
            place.thread.start();
            if (place == last) {
                break;
            }
        }
        first.turn = true;
        LockSupport.unpark(first.thread);
        last.thread.join();
        carriers.close();
    }
}
