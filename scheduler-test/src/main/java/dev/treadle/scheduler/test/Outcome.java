package dev.treadle.scheduler.test;

import dev.treadle.scheduler.test.Choices.Recorded;
import org.jspecify.annotations.Nullable;

/// How a run ended.
///
/// @param finding what is wrong with it, or null
/// @param recorded what was decided
/// @param steps how many steps there were
/// @param awaits how often the subject awaited something
/// @param injected whether the fault that was planned has happened
/// @param subject whether there was a subject
/// @param decided whether nothing happened that was not decided here
/// @param trace what happened, if that was recorded
record Outcome(
        @Nullable Finding finding,
        Recorded recorded,
        int steps,
        int awaits,
        boolean injected,
        boolean subject,
        boolean decided,
        @Nullable Trace trace) {}
