package dev.treadle.scheduler.test;

import dev.treadle.EventLoop;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/// Runs the method of a [TreadleTest]: one invocation for each token to replay, each strategy and
/// each fault.
final class TreadleExtension implements TestTemplateInvocationContextProvider {
    static final String REPLAY_PROPERTY = "treadle.replay";
    private static final String MULTIPLIER_PROPERTY = "treadle.runs.multiplier";

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return AnnotationSupport.isAnnotated(context.getRequiredTestMethod(), TreadleTest.class);
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
            ExtensionContext context) {
        Method method = context.getRequiredTestMethod();
        TreadleTest test = // which may be on an annotation of the user's own
                AnnotationSupport.findAnnotation(method, TreadleTest.class).orElseThrow();
        Exploration options = options(test);
        String wanted = System.getProperty(REPLAY_PROPERTY);
        if (wanted != null) {
            return Stream.of(replay(options, wanted));
        }
        List<TestTemplateInvocationContext> all = new ArrayList<>();
        Replay replay = method.getAnnotation(Replay.class);
        if (replay != null) {
            for (String token : replay.value()) {
                all.add(replay(options, token));
            }
        }
        Fault[] drawn = faults(test, false);
        for (Strategy strategy : test.strategies()) {
            all.add(explore(strategy.name(), options.withStrategies(strategy).withFaults(drawn)));
        }
        for (Fault fault : faults(test, true)) { // which brings its own orders along
            all.add(explore(fault.name(), options.withStrategies(Strategy.FIFO).withFaults(fault)));
        }
        return all.stream();
    }

    private static Exploration options(TreadleTest test) {
        return new Exploration(
                List.of(test.strategies()),
                Math.multiplyExact(test.runs(), Integer.getInteger(MULTIPLIER_PROPERTY, 1)),
                test.seed(),
                test.depth(),
                test.preemptions(),
                Duration.ofNanos(Math.multiplyExact(test.stepCostMicros(), 1000L)),
                Duration.ofSeconds(test.timeLimitSeconds()),
                Set.copyOf(Arrays.asList(test.faults())),
                Set.copyOf(Arrays.asList(test.allow())),
                test.body());
    }

    private static Fault[] faults(TreadleTest test, boolean enumerated) {
        return Arrays.stream(test.faults())
                .filter(fault -> fault.isEnumerated() == enumerated)
                .distinct()
                .toArray(Fault[]::new);
    }

    private static Invocation replay(Exploration options, String token) {
        // With the faults that are drawn, because they are decisions too.
        return new Invocation(
                "replay " + token,
                scenario -> {
                    String divergence = options.divergenceOfReplay(token, scenario);
                    return divergence == null
                            ? "passed"
                            : "passed, but is another run than it was: " + divergence;
                });
    }

    private static Invocation explore(String name, Exploration options) {
        return new Invocation(name, scenario -> options.explore(scenario).toString());
    }

    /// What is done with the scenario; returns what to report.
    @FunctionalInterface
    private interface Work {
        String run(Scenario scenario);
    }

    /// One invocation as JUnit sees it, which calls the method as often as it takes.
    private record Invocation(String name, Work work)
            implements TestTemplateInvocationContext, ParameterResolver, InvocationInterceptor {

        @Override
        public String getDisplayName(int index) {
            return name;
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(this);
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            Class<?> type = parameter.getParameter().getType();
            return type == EventLoop.class || type == Simulation.class;
        }

        @Override
        public @Nullable Object resolveParameter(
                ParameterContext parameter, ExtensionContext context) {
            return null; // each run has its own, see call
        }

        @Override
        public void interceptTestTemplateMethod(
                InvocationInterceptor.Invocation<@Nullable Void> invocation,
                ReflectiveInvocationContext<Method> method,
                ExtensionContext context) {
            invocation.skip(); // it may proceed only once
            Object target = context.getRequiredTestInstance();
            String done =
                    work.run(simulation ->
                            call(
                                    method.getExecutable(),
                                    target,
                                    method.getArguments(),
                                    simulation));
            context.publishReportEntry("treadle", name + ": " + done);
        }

        private static void call(
                Method method, Object target, List<Object> arguments, Simulation simulation)
                throws Exception {
            Parameter[] parameters = method.getParameters();
            @Nullable Object[] values = new Object[parameters.length];
            for (int i = 0; i < values.length; i++) {
                Class<?> type = parameters[i].getType();
                values[i] =
                        type == EventLoop.class
                                ? simulation.loop()
                                : type == Simulation.class ? simulation : arguments.get(i);
            }
            method.setAccessible(true);
            try {
                method.invoke(target, values);
            } catch (InvocationTargetException e) {
                switch (e.getCause()) {
                    case Exception exception -> throw exception;
                    case Error error -> throw error;
                    case null, default -> throw new IllegalStateException(e);
                }
            }
        }
    }
}
