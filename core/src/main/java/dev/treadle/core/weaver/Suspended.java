package dev.treadle.core.weaver;

import dev.treadle.core.weaver.Suspensions.Suspension;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.analysis.BasicValue;
import org.objectweb.asm.tree.analysis.Frame;

/// A call that suspends, with what has to be there again when the method goes on behind it.
///
/// @param call the call
/// @param suspension what is made of it
/// @param onToken whether it is a call on the token
/// @param locals what each local variable is given back
/// @param operands what each operand below those of the call is given back, from the bottom
/// @param types the types of the locals, as a class file states them
record Suspended(
        MethodInsnNode call,
        Suspension suspension,
        boolean onToken,
        List<Kept> locals,
        List<Kept> operands,
        List<Object> types) {

    /// What a local variable or an operand is given back.
    ///
    /// @param isOperand which of the two it is
    /// @param index which local variable, or which operand, from the bottom
    /// @param type its type
    /// @param source where the value comes from
    record Kept(boolean isOperand, int index, Type type, Source source) {}

    /// Where a value comes from that is given back.
    enum Source {
        /// A field that it was saved to.
        SAVED,
        /// The argument that it was and still is.
        ARGUMENT,
        /// Nobody reads it: null, or zero.
        NOTHING
    }

    /// Finds out what a suspension needs.
    ///
    /// @param arguments the local variables that are arguments and never change, with their types
    static Suspended of(
            int index,
            MethodInsnNode call,
            Suspension suspension,
            boolean onToken,
            Types types,
            TokenFlow tokens,
            BitSet live,
            Map<Integer, Type> arguments) {
        Frame<BasicValue> frame = types.before(index);
        List<Kept> locals = new ArrayList<>();
        for (int i = 0; i < frame.getLocals(); i++) {
            BasicValue value = frame.getLocal(i);
            if (value.equals(BasicValue.UNINITIALIZED_VALUE)) {
                continue;
            }
            Source source = source(call, value, tokens.mayBeInLocal(index, i));
            if (source == Source.SAVED && !live.get(i)) {
                source = Source.NOTHING;
            } else if (source == Source.SAVED && isSame(value.getType(), arguments.get(i))) {
                source = Source.ARGUMENT;
            }
            locals.add(new Kept(false, i, value.getType(), source));
        }
        List<Kept> operands = new ArrayList<>();
        int below = frame.getStackSize() - Type.getArgumentTypes(call.desc).length - 1;
        for (int i = 0; i < below; i++) {
            BasicValue value = frame.getStack(i);
            Source source = source(call, value, tokens.mayBeOnStack(index, i));
            operands.add(new Kept(true, i, value.getType(), source));
        }
        return new Suspended(call, suspension, onToken, locals, operands, Types.locals(frame));
    }

    private static boolean isSame(Type type, @Nullable Type argument) {
        return argument != null
                && (type.equals(argument)
                        || (type.getSort() <= Type.INT && argument.getSort() <= Type.INT));
    }

    private static Source source(MethodInsnNode call, BasicValue value, boolean mayBeToken) {
        if (Types.isUninitialized(value)) {
            throw Refusal.at(
                    call,
                    "an object of "
                            + value.getType().getClassName()
                            + " is under construction at a suspension");
        }
        return Types.isNull(value) || mayBeToken ? Source.NOTHING : Source.SAVED;
    }
}
