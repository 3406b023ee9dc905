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
        return kept.isEmpty() ? null : derive(kept);
    }

    /// Returns the part of this group whose failures are of a type, keeping the nesting.
    ///
    /// @param type the type
    /// @return a group of what is, or null if nothing is
    public @Nullable ExceptionGroup subgroup(Class<? extends Throwable> type) {
        return subgroup(type::isInstance);
    }

    /// What [#split] makes of a group.
    ///
    /// @param matching the part that matches, or null if nothing does
    /// @param rest the part that does not, or null if all does
    public record Split(@Nullable ExceptionGroup matching, @Nullable ExceptionGroup rest) {}

    /// Parts this group in two, each with the nesting kept.
    ///
    /// ```java
    /// catch (ExceptionGroup e) {
    ///     var split = e.split(IOException.class);
    ///     if (split.matching() != null) {
    ///         retryLater(split.matching().exceptions());
    ///     }
    ///     if (split.rest() != null) {
    ///         throw split.rest();
    ///     }
    /// }
    /// ```
    ///
    /// Source of the semantics: `ExceptionGroup.split`, which is what `except*` does.
    ///
    /// @param predicate tells which failures match; nested groups are searched, not tested
    /// @return both parts
    public Split split(Predicate<? super Throwable> predicate) {
        return new Split(subgroup(predicate), subgroup(predicate.negate()));
    }

    /// Parts this group in two by the type of the failures, as [#split(Predicate)] does.
    ///
    /// @param type the type of those that match
    /// @return both parts
    public Split split(Class<? extends Throwable> type) {
        return split(type::isInstance);
    }

    /// Makes a group of other failures with the same message.
    ///
    /// Source of the semantics: `ExceptionGroup.derive`.
    ///
    /// @param others the failures, at least one
    /// @return a new group
    /// @throws IllegalArgumentException if there is none
    public ExceptionGroup derive(List<? extends Throwable> others) {
        return new ExceptionGroup(message(), others);
    }

    private String message() {
        String text = String.valueOf(getMessage());
        return text.substring(0, text.lastIndexOf(" ("));
    }
}
