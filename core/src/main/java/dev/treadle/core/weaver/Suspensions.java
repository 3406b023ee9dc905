package dev.treadle.core.weaver;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Which calls of a method suspend it, and how it talks to whoever resumes it.
///
/// A call that suspends has one operand besides the token: an argument, or the object that it is
/// called on. That operand is what the resumption returns, made into a request if there is
/// something to tell. What the call returns is what the next resumption was sent.
public interface Suspensions {

    /// A call that suspends.
    ///
    /// @param request makes what the resumption returns from the operand, called where the call
    ///   stands and so inside its `try` blocks; null if the operand itself is it
    record Suspension(@Nullable UnaryOperator<@Nullable Object> request) {}

    /// Tells what a call is.
    ///
    /// @param owner the internal name of the class that the call names
    /// @param name the method
    /// @param descriptor its descriptor
    /// @return what is made of it; null if it is an ordinary call
    @Nullable Suspension of(String owner, String name, String descriptor);

    /// {@return what people call the token}
    String token();

    /// {@return what makes the last answer of all from what the method returns}
    ///
    /// Primitives come boxed, and null where the method returns nothing.
    UnaryOperator<@Nullable Object> end();
}
