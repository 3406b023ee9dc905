package dev.treadle.core.generator;

import dev.treadle.core.weaver.Refusal;
import dev.treadle.core.weaver.Target;
import dev.treadle.core.weaver.Weaver;
import dev.treadle.core.weaver.Weaving;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Finds out, once for each class of bodies, whether they can be compiled, and does so.
///
/// A plan is kept with the class that it is for, and so goes when that is unloaded.
final class Plans {
    private static final System.Logger LOG = System.getLogger("dev.treadle");
    private static final String PROPERTY = "treadle.compile";
    private static final String NATIVE_IMAGE = "org.graalvm.nativeimage.imagecode";
    private static final @Nullable Plan OFF = off(System.getProperty(PROPERTY, "on"));

    private static final ClassValue<Home> HOMES =
            new ClassValue<>() {
                @Override
                protected Home computeValue(Class<?> type) {
                    return new Home();
                }
            };

    private Plans() {}

    private static @Nullable Plan off(String value) {
        return switch (value) {
            // Before anything is looked up by reflection, which may fail there by errors.
            case "on" ->
                    System.getProperty(NATIVE_IMAGE) == null
                            ? null
                            : new Plan.Stackful("a native image defines no classes at run time");
            case "off" -> new Plan.Stackful("compiling is switched off by -D" + PROPERTY + "=off");
            default ->
                    throw new IllegalStateException(
                            "-D" + PROPERTY + "=" + value + ": must be on or off");
        };
    }

    /// Plans for the methods of a class that bodies refer to and that subclasses may override.
    private static final ClassValue<Map<Called, Plan>> METHODS =
            new ClassValue<>() {
                @Override
                protected Map<Called, Plan> computeValue(Class<?> type) {
                    return new ConcurrentHashMap<>();
                }
            };

    /// How bodies of one kind refer to a method of their object.
    private record Called(String name, MethodType signature, YielderCalls calls) {}

    /// What is known of a class of bodies. Any thread writes; two may both look, and find the same.
    private static final class Home {
        private volatile @Nullable Plan plan;
        private volatile Source.@Nullable Overridable overridable;
    }

    /// {@return what runs a body}
    static Plan of(Object body) {
        Plan off = OFF;
        if (off != null) {
            return off;
        }
        Home home = HOMES.get(body.getClass());
        Plan known = home.plan;
        if (known != null) {
            return known;
        }
        Source.Overridable overridable = home.overridable;
        return overridable != null ? byReceiver(overridable, body) : find(home, body);
    }

    private static Plan find(Home home, Object body) {
        Source source;
        try {
            source = Source.of(body);
        } catch (Refusal refusal) {
            Plan plan = logged(body.getClass().getName(), new Plan.Stackful(refusal.reason()));
            home.plan = plan;
            return plan;
        }
        // No switch over types: that would be linked first, which every first body would wait for.
        if (source instanceof Source.Overridable overridable) {
            home.overridable = overridable;
            return byReceiver(overridable, body);
        }
        Plan plan = weave((Source.Fixed) source, YielderCalls.of(body));
        home.plan = plan;
        return plan;
    }

    private static Plan byReceiver(Source.Overridable overridable, Object body) {
        Object receiver = overridable.receiverOf(body);
        Class<?> type = receiver.getClass();
        Map<Called, Plan> plans = METHODS.get(type);
        YielderCalls calls = YielderCalls.of(body);
        Called method = new Called(overridable.name(), overridable.signature(), calls);
        Plan plan = plans.get(method);
        if (plan == null) {
            plan = planFor(overridable, type, calls);
            plans.put(method, plan);
        }
        return plan instanceof Plan.Compiled compiled ? compiled.on(receiver) : plan;
    }

    private static Plan planFor(Source.Overridable overridable, Class<?> type, YielderCalls calls) {
        try {
            return weave(overridable.of(type), calls);
        } catch (Refusal refusal) {
            return logged(
                    type.getName() + "." + overridable.name(), new Plan.Stackful(refusal.reason()));
        }
    }

    private static Plan weave(Source.Fixed source, YielderCalls calls) {
        Target target = source.target();
        Weaving weaving = Weaver.weave(target, calls);
        Plan plan =
                weaving instanceof Weaving.Woven(MethodHandle factory, boolean guarded)
                        ? new Plan.Compiled(source.fromBody(factory), guarded, null)
                        : new Plan.Stackful(weaving.toString());
        return logged(target.host().getName() + "." + target.name(), plan);
    }

    private static Plan logged(String name, Plan plan) {
        if (LOG.isLoggable(Level.DEBUG)) {
            LOG.log(
                    Level.DEBUG,
                    plan instanceof Plan.Stackful(String reason)
                            ? "the generator body " + name + " runs stackful: " + reason
                            : "the generator body " + name + " is compiled");
        }
        return plan;
    }
}
