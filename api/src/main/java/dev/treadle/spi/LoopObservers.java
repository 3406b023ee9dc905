package dev.treadle.spi;

import dev.treadle.EventLoop;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.function.Consumer;

/// The [observers][LoopObserver] that are there, told as one.
///
/// [EventLoop#create] tells of opened loops; a scheduler's loop calls [#closed] at the end of its
/// `close()`.
public final class LoopObservers {
    private static final System.Logger LOG = System.getLogger("dev.treadle");

    private LoopObservers() {}

    private static final class Found {
        static final List<LoopObserver> ALL = load();

        private static List<LoopObserver> load() {
            try {
                return Providers.find(LoopObserver.class);
            } catch (ServiceConfigurationError e) {
                LOG.log(
                        Level.ERROR,
                        "a loop observer on the class path is broken and none will be told of loops",
                        e);
                return List.of();
            }
        }
    }

    /// Tells every observer of a new loop.
    ///
    /// @param loop a loop that does not run yet
    public static void opened(EventLoop loop) {
        tell(loop, observer -> observer.loopOpened(loop));
    }

    /// Tells every observer of a closed loop.
    ///
    /// @param loop a closed loop
    public static void closed(EventLoop loop) {
        tell(loop, observer -> observer.loopClosed(loop));
    }

    private static void tell(EventLoop loop, Consumer<LoopObserver> message) {
        for (LoopObserver observer : Found.ALL) {
            try {
                message.accept(observer);
            } catch (RuntimeException e) {
                LOG.log(
                        Level.ERROR,
                        "loop observer "
                                + observer.getClass().getName()
                                + " failed on loop "
                                + loop.name(),
                        e);
            }
        }
    }
}
