package dev.treadle.jmx;

import javax.management.MXBean;

/// What can be asked of a loop from outside the process.
///
/// Registered as `dev.treadle:type=EventLoop,name=NAME` when the loop is made, until it is closed
/// or collected. No question needs the loop's own thread, so that a loop that is stuck answers as
/// well.
@MXBean
public interface EventLoopMXBean {

    /// {@return the loop's name}
    String getName();

    /// {@return the name of its scheduler}
    String getScheduler();

    /// {@return what its coroutines run on}
    String getCarriers();

    /// {@return whether a `run…` method is active}
    boolean isRunning();

    /// {@return how many tasks have not ended}
    int getTaskCount();

    /// {@return whether the loop is in debug mode}
    boolean isDebug();

    /// Switches debug mode on or off, see [dev.treadle.EventLoop#debug(boolean)].
    ///
    /// @param on whether to be in debug mode
    void setDebug(boolean on);

    /// {@return how long a callback or a step of a task may take in debug mode, in milliseconds}
    long getSlowCallbackMillis();

    /// Sets how long a callback or a step of a task may take in debug mode before it is reported.
    ///
    /// @param millis how long, in milliseconds
    void setSlowCallbackMillis(long millis);

    /// {@return the tasks as a table, see [dev.treadle.graph.LoopGraph#toTable()]}
    String ps();

    /// {@return the tasks as trees, see [dev.treadle.graph.LoopGraph]}
    String pstree();

    /// Returns the oldest tasks as JSON, see [dev.treadle.graph.LoopGraph#toJson()].
    ///
    /// @param most how many tasks at most: each that is suspended costs some microseconds
    /// @return a JSON object
    String json(int most);
}
