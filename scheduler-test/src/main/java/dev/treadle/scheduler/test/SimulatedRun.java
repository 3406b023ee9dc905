package dev.treadle.scheduler.test;

import dev.treadle.Context;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.TaskOptions;
import dev.treadle.core.CarrierChoice;
import dev.treadle.core.CoreEventLoop;
import dev.treadle.core.LoopNames;
import dev.treadle.core.Ports;
import dev.treadle.core.VirtualTime;
import dev.treadle.spi.SchedulerProvider;
import dev.treadle.spi.SchedulerScope;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One run of a scenario: puts the parts of its loops together, runs it, and looks what came of it
/// and what is left.
final class SimulatedRun {
    private static final int ODDS_OF_A_JUMP = 16;
    private static final int ODDS_OF_REFUSAL = 4;
    private static final int ODDS_OF_WAKING_EARLY = 4;
    private static final long JUMP_NANOS = 3_600_000_000_000L;

    private final RunPlan plan;
    private final Choices choices;
    private final Heartbeat heartbeat;
    private final VirtualTime clock = new VirtualTime();
    private final Limits limits;
    private final Injector injector;
    private final Watch watch;
    private final SimulatedThreads threads;
    private final Set<Leak> allowed = EnumSet.noneOf(Leak.class); // loop thread only
    private final List<Task<?>> background = new ArrayList<>(); // loop thread only
    private final List<Runnable> afterwards = new ArrayList<>(); // loop thread only
    private final List<EventLoop.Problem> problems = new ArrayList<>(); // loop thread only
    private final List<CoreEventLoop> loops = new ArrayList<>(); // loop thread only
    private final List<IdlePoller> pollers = new ArrayList<>(); // loop thread only
    private boolean closedByFault; // loop thread only

    SimulatedRun(RunPlan plan, Chooser chooser, Heartbeat heartbeat) {
        this.plan = plan;
        this.choices = new Choices(chooser);
        this.heartbeat = heartbeat;
        this.injector = new Injector(plan.injection());
        this.watch = new Watch(clock, injector, plan.tracing());
        this.limits = new Limits(clock, watch::awaitGraph);
        this.threads =
                new SimulatedThreads(
                        Objects.requireNonNull(Thread.currentThread().getThreadGroup()),
                        this::wakeLoop,
                        watch::claim);
        watch.onThreads(threads);
        allowed.addAll(plan.allowed());
    }

    // ---- what the simulation needs

    CoreEventLoop loop() {
        if (loops.isEmpty()) {
            throw new IllegalStateException(
                    "there is no loop yet: the test runs its loop itself, and has to make it first");
        }
        return loops.getLast();
    }

    IdlePoller idling() {
        loop();
        return pollers.getLast();
    }

    VirtualTime clock() {
        return clock;
    }

    Choices choices() {
        return choices;
    }

    SimulatedThreads threads() {
        return threads;
    }

    Injector injector() {
        return injector;
    }

    void background(Task<?> task) {
        background.add(task);
    }

    void allow(Set<Leak> leaks) {
        allowed.addAll(leaks);
    }

    void afterwards(Runnable check) {
        afterwards.add(check);
    }

    // ---- decisions besides the order

    private boolean draws(Fault fault, int odds) {
        return plan.faults().contains(fault) && choices.draw(odds) == odds - 1;
    }

    private boolean refusesOffload() {
        return draws(Fault.REFUSED_OFFLOAD, ODDS_OF_REFUSAL);
    }

    private boolean wakesEarly() {
        return draws(Fault.SPURIOUS_WAKEUP, ODDS_OF_WAKING_EARLY);
    }

    private void passTime() {
        heartbeat.beat();
        choices.witness(clock.elapsed());
        if (draws(Fault.CLOCK_JUMP, ODDS_OF_A_JUMP)) {
            clock.pass(JUMP_NANOS);
        }
        long most = plan.stepCost().toNanos();
        if (most > 0) {
            switch (choices.draw(4)) {
                case 1 -> clock.pass(most / 100);
                case 2 -> clock.pass(most / 10);
                case 3 -> clock.pass(most);
                default -> {}
            }
        }
    }

    private void wakeLoop() {
        pollers.forEach(IdlePoller::threadReturned);
    }

    // ---- loops

    CoreEventLoop newLoop(LoopConfig config) {
        String name = config.name() != null ? config.name() : "loop-" + (loops.size() + 1);
        IdlePoller poller =
                new IdlePoller(clock, limits, threads, heartbeat::beat, this::wakesEarly, watch);
        String threadName = LoopNames.threads(TestSchedulerProvider.NAME, name);
        SimulatedQueue queue = new SimulatedQueue(choices, limits, watch, threads, this::passTime);
        poller.queue(queue);
        injector.queue(queue);
        TurnCarriers carriers = new TurnCarriers(CarrierChoice.newCarriers(threadName));
        SimulatedOffload offload =
                new SimulatedOffload(
                        threadName + "-offload-", threads, clock, this::refusesOffload);
        CoreEventLoop loop =
                new CoreEventLoop(
                        name,
                        TestSchedulerProvider.NAME,
                        new Ports(clock, queue, poller, carriers, offload),
                        watch);
        loop.exceptionHandler((_, problem) -> problems.add(problem));
        watch.claim(loop);
        heartbeat.watch(() -> {
            Thread running = threads.running();
            return running != null ? running : carriers.holder();
        });
        loops.add(loop);
        pollers.add(poller);
        return loop;
    }

    /// Makes the loops of code that does not know that it is being tested.
    private final class Provider implements SchedulerProvider {
        @Override
        public String name() {
            return TestSchedulerProvider.NAME;
        }

        @Override
        public boolean standsBack() {
            return true;
        }

        @Override
        public EventLoop newLoop(LoopConfig config) {
            return SimulatedRun.this.newLoop(config);
        }
    }

    // ---- running

    Outcome execute(Scenario scenario) {
        Simulation simulation = new Simulation(this);
        Thread self = Thread.currentThread();
        LiveThreads before = LiveThreads.now();
        watch.claim(self);
        @Nullable Finding finding;
        try {
            finding =
                    SchedulerScope.call(
                            new Provider(),
                            () ->
                                    switch (plan.body()) {
                                        case TASK -> runAsTask(scenario, simulation);
                                        case PROGRAM -> runAsProgram(scenario, simulation);
                                    });
        } finally {
            Watch.release(self);
            loops.forEach(Watch::release);
        }
        List<SimulatedThread> left = threads.free();
        finding = or(finding, () -> new LeakCheck(allowed, watch).ofThreads(before, left));
        for (Runnable check : afterwards) {
            finding = or(finding, () -> failureOf(check));
        }
        return new Outcome(
                finding,
                choices.recorded(),
                limits.steps(),
                injector.awaits(),
                injector.isDone(),
                injector.hasSubject(),
                threads.wereDecided(),
                watch.trace());
    }

    private @Nullable Finding runAsTask(Scenario scenario, Simulation simulation) {
        CoreEventLoop loop = newLoop(LoopConfig.defaults().withName("test"));
        Coroutine<?> body = Coroutine.of(() -> scenario.run(simulation));
        injector.closing(() -> {
            closedByFault = true;
            loop.stop();
        });
        Task<?> main =
                loop.createTask(body, TaskOptions.named("test").withContext(Context.empty()));
        @Nullable Finding finding = failureOf(() -> loop.runUntilComplete(main));
        if (!closedByFault) {
            finding = or(finding, () -> settle(loop));
            finding = or(finding, () -> new LeakCheck(allowed, watch).ofLoop(loop));
        }
        closeAll();
        return or(finding, this::whatWasReported);
    }

    private @Nullable Finding runAsProgram(Scenario scenario, Simulation simulation) {
        @Nullable Finding finding =
                failureOf(() -> {
                    try {
                        scenario.run(simulation);
                    } catch (RuntimeException e) {
                        throw e;
                    } catch (Exception e) {
                        throw new java.util.concurrent.CompletionException(e);
                    }
                });
        List<CoreEventLoop> open = loops.stream().filter(loop -> !loop.isClosed()).toList();
        finding = or(finding, () -> new LeakCheck(allowed, watch).ofLoops(open));
        finding = or(finding, () -> new LeakCheck(allowed, watch).ofObjects());
        closeAll();
        return or(finding, this::whatWasReported);
    }

    /// Lets what is ready run, without moving the time, after background tasks were cancelled.
    private @Nullable Finding settle(CoreEventLoop loop) {
        return failureOf(() -> {
            background.forEach(Task::cancel);
            Promise<@Nullable Void> idle = loop.createPromise();
            pollers.getLast().whenIdle(idle);
            loop.runUntilComplete(idle);
        });
    }

    private void closeAll() {
        int told = problems.size();
        for (CoreEventLoop loop : loops) {
            if (!loop.isClosed() && !loop.isRunning()) {
                loop.close();
            }
        }
        // That tasks are destroyed has been told as a leak, or is meant by the fault.
        problems.subList(told, problems.size()).removeIf(problem -> problem.exception() == null);
    }

    private @Nullable Finding whatWasReported() {
        if (problems.isEmpty() && threads.failures().isEmpty()) {
            return null;
        }
        if (problems.isEmpty()) {
            return Finding.thrown(threads.failures().getFirst());
        }
        EventLoop.Problem first = problems.getFirst();
        return new Finding(
                Finding.Kind.PROBLEM,
                first.message() + (first.exception() == null ? "" : ": " + first.exception()),
                null,
                first.exception(),
                List.of());
    }

    private @Nullable Finding failureOf(Runnable action) {
        Finding finding = null;
        try {
            action.run();
        } catch (Throwable e) {
            finding = closedByFault ? null : Finding.thrown(e);
        }
        Verdict verdict = limits.verdict();
        if (verdict == null) {
            return finding;
        }
        String message = Objects.requireNonNull(verdict.getMessage());
        List<String> lines = message.lines().toList();
        return new Finding(
                verdict.kind, lines.getFirst(), null, null, lines.subList(1, lines.size()));
    }

    private static @Nullable Finding or(
            @Nullable Finding finding, java.util.function.Supplier<@Nullable Finding> next) {
        return finding != null ? finding : next.get();
    }
}
