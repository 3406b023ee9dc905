package dev.treadle.benchmarks;

/// Why Treadle is not ahead, where several rows have the same reason.
public final class Reasons {
    /// Of a generator whose body is not compiled.
    public static final String STACKFUL =
            "Stackful: each value passes from the body's thread to the caller's and back;"
                    + " Generator.engine() tells what keeps a body from being compiled.";

    /// Of a task that suspends.
    public static final String STACKS =
            "A task keeps its whole stack, so that any method may await; to suspend it is to unmount a"
                    + " virtual thread, where Kotlin's compiler has made a state machine that returns."
                    + " Compiling bodies of coroutines, as those of generators are, would close it.";

    /// Of a parallel loop.
    public static final String VIRTUAL =
            " On virtual each task is a thread of the JDK, with the loop's books kept beside the JDK's"
                    + " own.";

    private Reasons() {}
}
