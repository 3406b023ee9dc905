package dev.treadle.benchmarks.contestants;

/// Who Treadle is compared with.
public enum Peer implements Contestant {
    /// Kotlin's `iterator { }` and `sequence { }`.
    KOTLIN("Kotlin", Kind.JVM),
    /// Coroutines on the event loop of `runBlocking`: Kotlin's fastest on one thread.
    KOTLIN_EVENT_LOOP("Kotlin, runBlocking", Kind.JVM),
    /// Coroutines on an executor of one thread.
    KOTLIN_SINGLE("Kotlin, one thread", Kind.JVM),
    /// Coroutines on `Dispatchers.Default`, the default.
    KOTLIN_DEFAULT("Kotlin, Default", Kind.JVM),
    /// The JDK's virtual threads and what `java.util.concurrent` has for them.
    VIRTUAL_THREADS("virtual threads", Kind.JVM),
    /// The same with a fair `ReentrantLock`.
    VIRTUAL_THREADS_FAIR("virtual threads, fair", Kind.JVM),
    /// `CompletableFuture` on its default pool.
    COMPLETABLE_FUTURE("CompletableFuture", Kind.JVM),
    /// A `ForkJoinPool` of as many threads as there are processors.
    FORK_JOIN("ForkJoinPool", Kind.JVM),
    /// Reactor.
    REACTOR("Reactor", Kind.JVM),
    /// The JDK's executor of one thread, or its scheduled one.
    JDK_EXECUTOR("JDK executor", Kind.JVM),
    /// Netty's event loop on NIO, the default.
    NETTY_NIO("Netty, NIO", Kind.JVM),
    /// Netty's event loop without I/O, its fastest for tasks.
    NETTY_DEFAULT("Netty, no I/O", Kind.JVM),
    /// Netty's hashed wheel, its fastest for timers that are mostly cancelled.
    NETTY_WHEEL("Netty, wheel", Kind.JVM),
    /// A context of Vert.x.
    VERTX("Vert.x", Kind.JVM),
    /// Channels of jox on virtual threads.
    JOX("jox", Kind.JVM),
    /// A stream of the JDK.
    STREAM("Stream", Kind.JVM),
    /// An iterator written by hand.
    BY_HAND("by hand", Kind.FLOOR),
    /// Virtual threads of the JDK that unpark one another, without a loop.
    BARE_BATON("bare threads, baton", Kind.FLOOR),
    /// Virtual threads on one platform thread that unpark one another, without a loop.
    BARE_MOUNTED("bare threads, mounted", Kind.FLOOR),
    /// A JVM that does nothing else.
    BARE_JVM("empty main", Kind.FLOOR),
    /// CPython, and its asyncio.
    CPYTHON("CPython", Kind.PYTHON),
    /// CPython's asyncio on uvloop.
    UVLOOP("CPython, uvloop", Kind.PYTHON);

    private final String label;
    private final Kind kind;

    Peer(String label, Kind kind) {
        this.label = label;
        this.kind = kind;
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public Kind kind() {
        return kind;
    }
}
