package dev.treadle;

import java.lang.System.Logger.Level;

/// Logs what nobody else is told of.
final class LoggingHandler implements EventLoop.ExceptionHandler {
    static final LoggingHandler INSTANCE = new LoggingHandler();

    private static final System.Logger LOG = System.getLogger("dev.treadle");

    private LoggingHandler() {}

    @Override
    public void handle(EventLoop loop, EventLoop.Problem problem) {
        LOG.log(
                Level.ERROR,
                "loop " + loop.name() + ": " + problem.describe(),
                problem.exception());
    }
}
