package dev.treadle;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Several failures thrown as one, by a [TaskGroup] whose children failed.
///
/// The first failure is the cause, the others are suppressed, so that a printed trace shows them
/// all.
///
/// Source of the semantics: Python's `ExceptionGroup` (PEP 654).
public final class ExceptionGroup extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// The failures, in the order in which they happened; at least one.
    private final ArrayList<Throwable> exceptions;

    /// Creates a group.
    ///
    /// @param message what the failures have in common
    /// @param exceptions the failures, at least one, in the order in which they happened
    /// @throws IllegalArgumentException if there is none
    public ExceptionGroup(String message, List<? extends Throwable> exceptions) {
        if (exceptions.isEmpty()) {
            throw new IllegalArgumentException(
                    "an ExceptionGroup needs at least one exception: " + message);
        }
        super(
                message
                        + " ("
                        + exceptions.size()
                        + " sub-exception"
                        + (exceptions.size() == 1 ? ")" : "s)"),
                exceptions.get(0));
        this.exceptions = new ArrayList<>(exceptions);
        for (Throwable other : exceptions.subList(1, exceptions.size())) {
            addSuppressed(other);
        }
    }

    /// {@return the failures, in the order in which they happened}
    public List<Throwable> exceptions() {
        return List.copyOf(exceptions);
    }

    /// Returns the part of this group whose failures match, keeping the nesting.
    ///
    /// @param predicate tells which failures to keep; nested groups are searched, not tested
    /// @return a group of what matches, or null if nothing does
    public @Nullable ExceptionGroup subgroup(Predicate<? super Throwable> predicate) {
        List<Throwable> kept = new ArrayList<>();
        for (Throwable exception : exceptions) {
            if (exception instanceof ExceptionGroup nested) {
                ExceptionGroup part = nested.subgroup(predicate);
                if (part != null) {
                    kept.add(part);
                }
            } else if (predicate.test(exception)) {
                kept.add(exception);
            }
        }
        return kept.isEmpty() ? null : new ExceptionGroup(message(), kept);
    }

    private String message() {
        String text = String.valueOf(getMessage());
        return text.substring(0, text.lastIndexOf(" ("));
    }
}
