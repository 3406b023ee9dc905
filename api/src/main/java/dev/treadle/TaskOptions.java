package dev.treadle;

import org.jspecify.annotations.Nullable;

/// How a task is created.
///
/// Source of the semantics: the keyword arguments of `asyncio.create_task`.
///
/// @param name the task's name; null for a numbered one
/// @param context the context to run in, shared and not copied; null for a copy of the creator's
/// @param start when the body begins; null for what the loop's [TaskFactory] makes of it, which
///   without one is [Start#LAZY]
public record TaskOptions(@Nullable String name, @Nullable Context context, @Nullable Start start) {

    /// When the body of a task begins.
    public enum Start {
        /// In a later iteration, in the order in which tasks were created.
        LAZY,
        /// At once, inside the call that creates the task, which returns when the body suspends or
        /// ends. A body that never suspends is done then.
        ///
        /// While the loop does not run there is no such thing, and the task starts lazily. Where
        /// tasks run beside each other its creator does not wait, and a scheduler that cannot have
        /// the creator wait starts it lazily.
        EAGER
    }

    private static final TaskOptions DEFAULTS = new TaskOptions(null, null, null);

    /// {@return a numbered name and a copy of the creator's context}
    public static TaskOptions defaults() {
        return DEFAULTS;
    }

    /// {@return the defaults with a name}
    ///
    /// @param name the task's name
    public static TaskOptions named(String name) {
        return DEFAULTS.withName(name);
    }

    /// {@return the defaults with an eager start}
    public static TaskOptions eager() {
        return DEFAULTS.withStart(Start.EAGER);
    }

    /// {@return a copy of this with another name}
    ///
    /// @param name the task's name
    public TaskOptions withName(String name) {
        return new TaskOptions(name, context, start);
    }

    /// {@return a copy of this with an explicit context}
    ///
    /// @param context the context to run in
    public TaskOptions withContext(Context context) {
        return new TaskOptions(name, context, start);
    }

    /// {@return a copy of this with an explicit start}
    ///
    /// @param start when the body begins
    public TaskOptions withStart(Start start) {
        return new TaskOptions(name, context, start);
    }
}
