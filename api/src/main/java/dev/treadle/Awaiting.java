package dev.treadle;

/// The message of the one mistake that every newcomer makes.
final class Awaiting {
    private Awaiting() {}

    static IllegalStateException outsideATask() {
        return new IllegalStateException(
                "await() outside a coroutine: on a plain thread call Async.run(...) or Future.get(), in a callback create a task");
    }
}
