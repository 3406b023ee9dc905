package dev.treadle;

import org.jspecify.annotations.Nullable;

/// How a task is created.
///
/// Source of the semantics: the keyword arguments of `asyncio.create_task`.
///
/// @param name the task's name; null for a numbered one
/// @param context the context to run in, shared and not copied; null for a copy of the creator's
public record TaskOptions(@Nullable String name, @Nullable Context context) {

    private static final TaskOptions DEFAULTS = new TaskOptions(null, null);

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

    /// {@return a copy of this with another name}
    ///
    /// @param name the task's name
    public TaskOptions withName(String name) {
        return new TaskOptions(name, context);
    }

    /// {@return a copy of this with an explicit context}
    ///
    /// @param context the context to run in
    public TaskOptions withContext(Context context) {
        return new TaskOptions(name, context);
    }
}
