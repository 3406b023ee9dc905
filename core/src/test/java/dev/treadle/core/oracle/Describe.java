package dev.treadle.core.oracle;

import dev.treadle.CancelledError;
import dev.treadle.ExceptionGroup;
import dev.treadle.Future;
import dev.treadle.InvalidStateException;
import dev.treadle.Task;
import dev.treadle.TimeoutError;
import java.util.Collection;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Puts errors and values into the words of the recorded logs.
final class Describe {
    private Describe() {}

    static String error(Throwable error) {
        return switch (error) {
            case ExceptionGroup group ->
                    group.exceptions().stream()
                            .map(Describe::error)
                            .collect(Collectors.joining(",", "Group[", "]"));
            case CancelledError e ->
                    e.reason() == null ? "Cancelled" : "Cancelled(" + e.reason() + ")";
            case TimeoutError _ -> "Timeout";
            case Failures.Named e -> e.name() + "(" + e.getMessage() + ")";
            case InvalidStateException _ -> "InvalidStateError";
            case IllegalStateException _ -> "RuntimeError";
            case IllegalArgumentException _ -> "ValueError";
            default -> error.getClass().getSimpleName();
        };
    }

    /// As `json.dumps` prints it; scenarios know numbers and nothing.
    static String value(@Nullable Object value) {
        return String.valueOf(value);
    }

    /// As Python prints it.
    static String truth(boolean value) {
        return value ? "True" : "False";
    }

    /// How a task stands.
    static String state(Future<?> task) {
        if (!task.isDone()) {
            return "pending";
        }
        if (task.isCancelled()) {
            return "cancelled";
        }
        Throwable failure = task.exception();
        return failure == null ? value(task.result()) : error(failure);
    }

    /// How a member of a gathering ended that keeps failures.
    static String settled(Future<?> member) {
        return member.isCancelled() ? "Cancelled" : state(member);
    }

    /// The names of tasks, in their own order, as Python prints them.
    static String names(Collection<Task<Object>> tasks) {
        return tasks.stream()
                .map(task -> "'" + task.name() + "'")
                .sorted()
                .collect(Collectors.joining(", ", "[", "]"));
    }
}
