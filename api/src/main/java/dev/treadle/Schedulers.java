package dev.treadle;

import dev.treadle.spi.LoopObservers;
import dev.treadle.spi.Providers;
import dev.treadle.spi.SchedulerProvider;
import dev.treadle.spi.SchedulerScope;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Finds the scheduler that an application has put on its class path or module path.
final class Schedulers {
    /// The system property that decides when there are several.
    static final String PROPERTY = "treadle.scheduler";

    private static final System.Logger LOG = System.getLogger("dev.treadle");

    private Schedulers() {}

    static EventLoop newLoop(LoopConfig config) {
        SchedulerProvider bound = SchedulerScope.current();
        SchedulerProvider provider =
                bound != null
                        ? bound
                        : choose(load(), config.scheduler(), System.getProperty(PROPERTY));
        EventLoop loop;
        try {
            loop = provider.newLoop(config);
        } catch (RuntimeException e) {
            throw new IllegalStateException(
                    "scheduler " + describe(provider) + " failed to make a loop: " + e.getMessage(),
                    e);
        }
        if (DebugProperty.asks(config.debug())) {
            startDebugging(loop, config);
        }
        if (!provider.standsBack()) { // what looks on in real time would disturb a test's own
            LoopObservers.opened(loop);
        }
        return loop;
    }

    private static void startDebugging(EventLoop loop, LoopConfig config) {
        try {
            loop.debug(true);
        } catch (UnsupportedOperationException e) {
            if (config.debug() != null) {
                loop.close();
                throw new IllegalStateException(
                        "debug mode was asked for by LoopConfig.withDebug: " + e.getMessage(), e);
            }
            LOG.log(Level.WARNING, "-Dtreadle.debug is of no effect: " + e.getMessage());
        }
    }

    private static List<SchedulerProvider> load() {
        try {
            return Providers.find(SchedulerProvider.class);
        } catch (ServiceConfigurationError e) {
            throw new IllegalStateException(
                    "a scheduler on the class path is broken: "
                            + e.getMessage()
                            + "; repair or remove its jar",
                    e);
        }
    }

    static SchedulerProvider choose(
            List<SchedulerProvider> found, @Nullable String configured, @Nullable String property) {
        if (found.isEmpty()) {
            throw new IllegalStateException(
                    "no scheduler found: add dev.treadle:treadle-scheduler-single, or another artifact that provides "
                            + SchedulerProvider.class.getName()
                            + ", to the class path or module path");
        }
        String wanted = configured != null ? configured : property;
        if (wanted == null) {
            List<SchedulerProvider> candidates =
                    found.stream().filter(provider -> !provider.standsBack()).toList();
            if (candidates.isEmpty()) {
                candidates = found;
            }
            if (candidates.size() == 1) {
                return candidates.get(0);
            }
            throw new IllegalStateException(
                    "several schedulers found: "
                            + list(candidates)
                            + "; keep one of them, or choose with -D"
                            + PROPERTY
                            + "=NAME or LoopConfig.withScheduler(NAME)");
        }
        List<SchedulerProvider> named =
                found.stream().filter(provider -> provider.name().equals(wanted)).toList();
        String source = configured != null ? "LoopConfig.withScheduler" : "-D" + PROPERTY;
        if (named.isEmpty()) {
            throw new IllegalStateException(
                    "no scheduler is named \""
                            + wanted
                            + "\" (from "
                            + source
                            + "); found: "
                            + list(found));
        }
        if (named.size() > 1) {
            throw new IllegalStateException(
                    "several schedulers are named \""
                            + wanted
                            + "\": "
                            + list(named)
                            + "; keep one of them");
        }
        return named.get(0);
    }

    private static String list(List<SchedulerProvider> providers) {
        return providers.stream().map(Schedulers::describe).collect(Collectors.joining(", "));
    }

    private static String describe(SchedulerProvider provider) {
        var source = provider.getClass().getProtectionDomain().getCodeSource();
        String place = source == null ? "" : " from " + source.getLocation();
        return "\"" + provider.name() + "\" (" + provider.getClass().getName() + place + ")";
    }
}
