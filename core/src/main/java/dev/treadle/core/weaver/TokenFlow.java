package dev.treadle.core.weaver;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.analysis.Analyzer;
import org.objectweb.asm.tree.analysis.AnalyzerException;
import org.objectweb.asm.tree.analysis.BasicInterpreter;
import org.objectweb.asm.tree.analysis.BasicValue;
import org.objectweb.asm.tree.analysis.Frame;

/// Follows the token through a method, and proves that it never escapes.
///
/// The token may be kept in local variables, cast to the type that it has, and may receive the
/// calls that suspend. Anything else (to be passed on, stored, captured, compared, returned, cast
/// to what it may not be) would need a real one.
final class TokenFlow {
    private static final String LAMBDAS = "java/lang/invoke/LambdaMetafactory";
    private static final BasicValue TOKEN = new BasicValue(Type.getObjectType("the token"));
    private static final BasicValue PERHAPS = new BasicValue(Type.getObjectType("perhaps it"));

    private final @Nullable Frame<BasicValue>[] frames;

    TokenFlow(String owner, MethodNode method, int tokenLocal, Suspensions suspensions) {
        try {
            this.frames =
                    new Analyzer<>(new Follower(tokenLocal, suspensions)).analyze(owner, method);
        } catch (AnalyzerException e) {
            if (e.getCause() instanceof Refusal refusal) {
                throw refusal;
            }
            throw Refusal.of("its bytecode cannot be analyzed: " + e.getMessage());
        }
    }

    /// Whether an instruction can be reached at all.
    boolean isReached(int index) {
        return frames[index] != null;
    }

    /// Whether the receiver of a call with this many arguments, which may suspend, is the token.
    boolean isOnToken(int index, int arguments) {
        Frame<BasicValue> frame = frames[index];
        return frame != null && frame.getStack(frame.getStackSize() - arguments - 1).equals(TOKEN);
    }

    /// Whether a local variable may be the token before an instruction.
    boolean mayBeInLocal(int index, int local) {
        Frame<BasicValue> frame = frames[index];
        return frame != null && mayBeToken(frame.getLocal(local));
    }

    /// Whether an operand, counted from the bottom, may be the token before an instruction.
    boolean mayBeOnStack(int index, int operand) {
        Frame<BasicValue> frame = frames[index];
        return frame != null && mayBeToken(frame.getStack(operand));
    }

    private static boolean mayBeToken(BasicValue value) {
        return value.equals(TOKEN) || value.equals(PERHAPS);
    }

    /// Every operation that sees the token and is none of the allowed ones is an escape.
    private static final class Follower extends BasicInterpreter {
        private final int tokenLocal;
        private final Suspensions suspensions;
        private String tokenType = ""; // until its parameter has been seen

        Follower(int tokenLocal, Suspensions suspensions) {
            super(Opcodes.ASM9);
            this.tokenLocal = tokenLocal;
            this.suspensions = suspensions;
        }

        @Override
        public BasicValue newParameterValue(boolean isInstance, int local, Type type) {
            if (local != tokenLocal) {
                return super.newParameterValue(isInstance, local, type);
            }
            tokenType = type.getInternalName();
            return TOKEN;
        }

        @Override
        public BasicValue copyOperation(AbstractInsnNode instruction, BasicValue value) {
            return value;
        }

        @Override
        public @Nullable BasicValue unaryOperation(AbstractInsnNode instruction, BasicValue value)
                throws AnalyzerException {
            // Compiled, a null stands for it, which no cast objects to.
            if (value.equals(TOKEN)
                    && instruction.getOpcode() == Opcodes.CHECKCAST
                    && ((TypeInsnNode) instruction).desc.equals(tokenType)) {
                return value;
            }
            ensureOther(instruction, value);
            return super.unaryOperation(instruction, value);
        }

        @Override
        public @Nullable BasicValue binaryOperation(
                AbstractInsnNode instruction, BasicValue first, BasicValue second)
                throws AnalyzerException {
            ensureOther(instruction, first);
            ensureOther(instruction, second);
            return super.binaryOperation(instruction, first, second);
        }

        @Override
        public @Nullable BasicValue ternaryOperation(
                AbstractInsnNode instruction, BasicValue first, BasicValue second, BasicValue third)
                throws AnalyzerException {
            ensureOther(instruction, first);
            ensureOther(instruction, second);
            ensureOther(instruction, third);
            return super.ternaryOperation(instruction, first, second, third);
        }

        @Override
        public @Nullable BasicValue naryOperation(
                AbstractInsnNode instruction, List<? extends BasicValue> values)
                throws AnalyzerException {
            List<BasicValue> others = new ArrayList<>(values);
            if (instruction instanceof MethodInsnNode call
                    && call.getOpcode() == Opcodes.INVOKEINTERFACE
                    && others.get(0).equals(TOKEN)
                    && suspensions.of(call.owner, call.name, call.desc) != null) {
                others.remove(0);
            }
            for (BasicValue other : others) {
                ensureOther(instruction, other);
            }
            return super.naryOperation(instruction, values);
        }

        @Override
        public void returnOperation(
                AbstractInsnNode instruction, BasicValue value, BasicValue expected) {
            ensureOther(instruction, value);
        }

        @Override
        public BasicValue merge(BasicValue first, BasicValue second) {
            if (first.equals(second)) {
                return first;
            }
            boolean references = first.isReference() && second.isReference();
            return references && (mayBeToken(first) || mayBeToken(second))
                    ? PERHAPS
                    : super.merge(first, second);
        }

        private void ensureOther(AbstractInsnNode instruction, BasicValue value) {
            if (mayBeToken(value)) {
                throw Refusal.at(instruction, suspensions.token() + " " + escape(instruction));
            }
        }

        private static String escape(AbstractInsnNode instruction) {
            return switch (instruction) {
                case MethodInsnNode call ->
                        "is passed to " + call.owner.replace('/', '.') + "." + call.name;
                case InvokeDynamicInsnNode dynamic when !dynamic.bsm.getOwner().equals(LAMBDAS) ->
                        "is passed to a call that is linked at run time by "
                                + dynamic.bsm.getOwner().replace('/', '.');
                case InvokeDynamicInsnNode _ -> "is captured by a lambda";
                case FieldInsnNode field -> "is stored in the field " + field.name;
                case TypeInsnNode test when test.getOpcode() == Opcodes.CHECKCAST ->
                        "is cast to " + test.desc.replace('/', '.');
                case TypeInsnNode _ -> "is tested for its type";
                default ->
                        switch (instruction.getOpcode()) {
                            case Opcodes.AASTORE -> "is stored in an array";
                            case Opcodes.ARETURN -> "is returned";
                            case Opcodes.IFNULL,
                                    Opcodes.IFNONNULL,
                                    Opcodes.IF_ACMPEQ,
                                    Opcodes.IF_ACMPNE ->
                                    "is compared";
                            case Opcodes.MONITORENTER, Opcodes.MONITOREXIT -> "is locked";
                            default -> "is used as an object";
                        };
            };
        }
    }
}
