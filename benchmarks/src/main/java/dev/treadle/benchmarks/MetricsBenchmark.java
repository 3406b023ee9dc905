package dev.treadle.benchmarks;

import com.sun.management.ThreadMXBean;
import dev.treadle.Async;
import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;
import dev.treadle.Runner;
import dev.treadle.Task;
import dev.treadle.metrics.TreadleMetrics;
import dev.treadle.sync.Queue;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.List;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// What it costs a loop to be measured: the same work with nobody looking on, in an application
/// that has the jar and no registry, and bound to a Prometheus registry.
///
/// A machine that others share changes its pace by a third within a second, where the difference to
/// be seen is a few in a thousand. So three loops in one JVM take turns, for a few milliseconds
/// each and in changing order, and what is compared has met the same weather: `benchmarks/run
/// --metrics` prints the ratios, with what an operation allocates, beside what they may be. The
/// watchdog of the loops that are looked at is there for all three. Where in memory a loop comes to
/// lie makes it faster or slower by a few in a hundred for its whole life: so each iteration has
/// loops of its own, made in changing order too.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
public class MetricsBenchmark {
    // How many operations a turn has:
    private static final int SWITCHES = 20_000;
    private static final int MESSAGES = 10_000;
    private static final int ECHOES = 2_000;

    /// Who looks on, in the order of the counters.
    private static final List<String> WHO = List.of("absent", "unbound", "bound");

    /// Every order in which three may come.
    private static final int[][] ORDERS = {
        {0, 1, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}, {0, 2, 1}, {1, 0, 2}
    };

    /// What binds loops of its own accord, unless it is told not to.
    private static final String GLOBAL = "treadle.metrics.global";

    private static final ThreadMXBean ALLOCATIONS =
            (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /// What the turns of one iteration have cost.
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Costs {
        /// How many operations each of the three has done.
        public long operations;

        /// How long they took where nobody looked on.
        public long absentNanos;

        /// How long they took with the jar on the class path, and no registry.
        public long unboundNanos;

        /// How long they took with a registry.
        public long boundNanos;

        /// What all threads allocated meanwhile where nobody looked on.
        public long absentBytes;

        /// What they allocated with the jar on the class path, and no registry.
        public long unboundBytes;

        /// What they allocated with a registry.
        public long boundBytes;

        private void add(int who, long nanos, long bytes) {
            switch (who) {
                case 0 -> {
                    absentNanos += nanos;
                    absentBytes += bytes;
                }
                case 1 -> {
                    unboundNanos += nanos;
                    unboundBytes += bytes;
                }
                default -> {
                    boundNanos += nanos;
                    boundBytes += bytes;
                }
            }
        }
    }

    private final ByteBuffer message = ByteBuffer.allocateDirect(64);
    private final Pipe there = newPipe();
    private final Pipe back = newPipe();
    private List<Runner> runners = List.of();
    private int iteration;
    private int turn;

    private static Pipe newPipe() {
        try {
            Pipe pipe = Pipe.open();
            pipe.source().configureBlocking(false); // what is not there is an error
            return pipe;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Makes the loops, and binds the one that is to be.
    @Setup(Level.Iteration)
    public void open() {
        Runner[] made = new Runner[WHO.size()];
        for (int who : ORDERS[iteration++ % ORDERS.length]) {
            made[who] = newRunner(WHO.get(who));
        }
        runners = List.of(made);
    }

    private static Runner newRunner(String who) {
        System.setProperty(GLOBAL, Boolean.toString(who.equals("unbound")));
        Runner runner = new Runner(LoopConfig.defaults().withName(who).withScheduler("single"));
        EventLoop loop = runner.loop(); // makes it
        if (who.equals("bound")) {
            TreadleMetrics.of(loop).bindTo(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        }
        return runner;
    }

    /// Closes them.
    @TearDown(Level.Iteration)
    public void close() {
        runners.forEach(Runner::close);
    }

    /// Closes the pipes.
    ///
    /// @throws IOException if it cannot
    @TearDown
    public void closePipes() throws IOException {
        for (Pipe pipe : List.of(there, back)) {
            pipe.sink().close();
            pipe.source().close();
        }
    }

    private void takeTurns(Costs costs, int operations, Consumer<Runner> work) {
        for (int who : ORDERS[turn++ % ORDERS.length]) {
            long bytes = ALLOCATIONS.getTotalThreadAllocatedBytes();
            long start = System.nanoTime();
            work.accept(runners.get(who));
            costs.add(
                    who,
                    System.nanoTime() - start,
                    ALLOCATIONS.getTotalThreadAllocatedBytes() - bytes);
        }
        costs.operations += operations;
    }

    /// Two tasks that only give up control, in turn: nothing but steps.
    ///
    /// @param costs where what it cost is noted
    @Benchmark
    public void yieldPingPong(Costs costs) {
        takeTurns(
                costs,
                SWITCHES,
                runner ->
                        runner.run(() -> {
                            Task<?> ping = Async.createTask(MetricsBenchmark::yieldAgainAndAgain);
                            Task<?> pong = Async.createTask(MetricsBenchmark::yieldAgainAndAgain);
                            Async.gather(List.of(ping, pong)).await();
                        }));
    }

    private static void yieldAgainAndAgain() {
        for (int i = 0; i < SWITCHES / 2; i++) {
            Async.yieldNow().await();
        }
    }

    /// Two tasks that hand each other values through queues, as those of a server do.
    ///
    /// @param costs where what it cost is noted
    @Benchmark
    public void handOff(Costs costs) {
        takeTurns(costs, MESSAGES, runner -> runner.run(MetricsBenchmark::handEachOther));
    }

    private static void handEachOther() {
        Queue<Integer> there = Queue.bounded(1);
        Queue<Integer> back = Queue.bounded(1);
        Async.createTask(() -> {
            for (int i = 0; i < MESSAGES / 2; i++) {
                back.put(there.get().await() + 1).await();
            }
        });
        for (int i = 0; i < MESSAGES / 2; i++) {
            there.put(i).await();
            int answer = back.get().await();
            if (answer != i + 1) {
                throw new IllegalStateException("sent " + i + ", got " + answer);
            }
        }
    }

    /// Two tasks that echo what each writes to the other through pipes of the operating system, as
    /// those of a server do: at each turn one reads, writes and gives up control.
    ///
    /// What waits for another thread would be more like it, and takes as long as that takes to be
    /// woken: five times as long in one second as in the next.
    ///
    /// @param costs where what it cost is noted
    @Benchmark
    public void echo(Costs costs) {
        takeTurns(
                costs,
                ECHOES,
                runner ->
                        runner.run(() -> {
                            Task<?> client = Async.createTask(this::call);
                            Task<?> server = Async.createTask(this::answer);
                            Async.gather(List.of(client, server)).await();
                        }));
    }

    private void call() throws IOException {
        for (int i = 0; i < ECHOES / 2; i++) {
            send(there);
            Async.yieldNow().await();
            receive(back);
        }
    }

    private void answer() throws IOException {
        for (int i = 0; i < ECHOES / 2; i++) {
            receive(there);
            send(back);
            Async.yieldNow().await();
        }
    }

    private void send(Pipe to) throws IOException {
        message.clear();
        requireWhole(to.sink().write(message));
    }

    private void receive(Pipe from) throws IOException {
        message.clear();
        requireWhole(from.source().read(message));
    }

    private void requireWhole(int bytes) {
        if (bytes != message.capacity()) {
            throw new IllegalStateException(bytes + " bytes instead of " + message.capacity());
        }
    }
}
