package dev.treadle.core.weaver;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FrameNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.analysis.AnalyzerException;
import org.objectweb.asm.tree.analysis.BasicInterpreter;
import org.objectweb.asm.tree.analysis.BasicValue;
import org.objectweb.asm.tree.analysis.Frame;

/// The exact types of locals and operands at each instruction.
///
/// Found as the JVM's verifier finds them: the class file states the types wherever branches meet,
/// and between two such places there is one way to go. So no types are ever merged, and no class is
/// loaded to do so.
final class Types {
    private final @Nullable Frame<BasicValue>[] frames;

    /// The type of an object whose constructor has not run.
    private static final class Uninitialized extends BasicValue {
        private final AbstractInsnNode creation;

        Uninitialized(Type type, AbstractInsnNode creation) {
            super(type);
            this.creation = creation;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Uninitialized that && that.creation == creation;
        }

        @Override
        public int hashCode() {
            return creation.hashCode();
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    Types(Type owner, MethodNode method) {
        this.frames = new Frame[method.instructions.size()];
        Typing typing = new Typing();
        Frame<BasicValue> current = initial(owner, method, typing);
        boolean known = true;
        for (int i = 0; i < frames.length; i++) {
            AbstractInsnNode instruction = method.instructions.get(i);
            if (instruction instanceof FrameNode stated) {
                current = stated(stated, method, typing);
                known = true;
            }
            if (!known) {
                continue; // between a jump and the next stated types: labels, or nothing that runs
            }
            frames[i] = new Frame<>(current);
            if (instruction.getOpcode() >= 0) {
                execute(current, instruction, typing);
                known = !endsFlow(instruction.getOpcode());
            }
        }
    }

    private static Frame<BasicValue> initial(Type owner, MethodNode method, Typing typing) {
        Frame<BasicValue> frame = new Frame<>(method.maxLocals, method.maxStack);
        int local = 0;
        if ((method.access & Opcodes.ACC_STATIC) == 0) {
            frame.setLocal(local++, typing.newValue(owner));
        }
        for (Type argument : Type.getArgumentTypes(method.desc)) {
            frame.setLocal(local++, typing.newValue(argument));
            if (argument.getSize() == 2) {
                frame.setLocal(local++, BasicValue.UNINITIALIZED_VALUE);
            }
        }
        while (local < method.maxLocals) {
            frame.setLocal(local++, BasicValue.UNINITIALIZED_VALUE);
        }
        return frame;
    }

    private static Frame<BasicValue> stated(FrameNode node, MethodNode method, Typing typing) {
        Frame<BasicValue> frame = new Frame<>(method.maxLocals, method.maxStack);
        int local = 0;
        for (Object type : node.local) {
            BasicValue value = typing.stated(type);
            frame.setLocal(local++, value);
            if (value.getSize() == 2) {
                frame.setLocal(local++, BasicValue.UNINITIALIZED_VALUE);
            }
        }
        while (local < method.maxLocals) {
            frame.setLocal(local++, BasicValue.UNINITIALIZED_VALUE);
        }
        for (Object type : node.stack == null ? List.of() : node.stack) {
            frame.push(typing.stated(type));
        }
        return frame;
    }

    private static void execute(
            Frame<BasicValue> frame, AbstractInsnNode instruction, Typing typing) {
        BasicValue created = null;
        if (instruction instanceof MethodInsnNode call
                && call.getOpcode() == Opcodes.INVOKESPECIAL
                && call.name.equals("<init>")) {
            int arguments = Type.getArgumentTypes(call.desc).length;
            created = frame.getStack(frame.getStackSize() - arguments - 1);
        }
        try {
            frame.execute(instruction, typing);
        } catch (AnalyzerException | IndexOutOfBoundsException e) {
            throw Refusal.at(instruction, "its bytecode cannot be analyzed: " + e.getMessage());
        }
        if (created instanceof Uninitialized) {
            BasicValue ready = typing.newValue(created.getType());
            for (int i = 0; i < frame.getLocals(); i++) {
                if (frame.getLocal(i).equals(created)) {
                    frame.setLocal(i, ready);
                }
            }
            for (int i = 0; i < frame.getStackSize(); i++) {
                if (frame.getStack(i).equals(created)) {
                    frame.setStack(i, ready);
                }
            }
        }
    }

    private static boolean endsFlow(int opcode) {
        return opcode == Opcodes.GOTO
                || opcode == Opcodes.ATHROW
                || opcode == Opcodes.TABLESWITCH
                || opcode == Opcodes.LOOKUPSWITCH
                || (opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN);
    }

    /// {@return the types before an instruction that is reached}
    Frame<BasicValue> before(int index) {
        return Objects.requireNonNull(frames[index]);
    }

    static boolean isUninitialized(BasicValue value) {
        return value instanceof Uninitialized;
    }

    /// Whether a value of this type is known to be null.
    static boolean isNull(BasicValue value) {
        return value.isReference() && value.getType().equals(BasicInterpreter.NULL_TYPE);
    }

    /// {@return the types of the locals as a class file states them}
    static List<Object> locals(Frame<BasicValue> frame) {
        List<Object> types = new ArrayList<>();
        for (int i = 0; i < frame.getLocals(); i++) {
            BasicValue value = frame.getLocal(i);
            types.add(verification(value));
            if (value.getSize() == 2) {
                i++;
            }
        }
        while (!types.isEmpty() && types.getLast() == Opcodes.TOP) {
            types.removeLast();
        }
        return types;
    }

    private static Object verification(BasicValue value) {
        if (value.equals(BasicValue.UNINITIALIZED_VALUE)) {
            return Opcodes.TOP;
        }
        if (isNull(value)) {
            return Opcodes.NULL;
        }
        return switch (value.getType().getSort()) {
            case Type.LONG -> Opcodes.LONG;
            case Type.FLOAT -> Opcodes.FLOAT;
            case Type.DOUBLE -> Opcodes.DOUBLE;
            case Type.OBJECT, Type.ARRAY -> value.getType().getInternalName();
            default -> Opcodes.INTEGER;
        };
    }

    /// Keeps the type of every reference, where ASM's own interpreter forgets it.
    private static final class Typing extends BasicInterpreter {
        Typing() {
            super(Opcodes.ASM9);
        }

        @Override
        public @Nullable BasicValue newValue(@Nullable Type type) {
            return type != null && (type.getSort() == Type.OBJECT || type.getSort() == Type.ARRAY)
                    ? new BasicValue(type)
                    : super.newValue(type);
        }

        @Override
        public @Nullable BasicValue newOperation(AbstractInsnNode instruction)
                throws AnalyzerException {
            return instruction.getOpcode() == Opcodes.NEW
                    ? new Uninitialized(
                            Type.getObjectType(((TypeInsnNode) instruction).desc), instruction)
                    : super.newOperation(instruction);
        }

        @Override
        public @Nullable BasicValue binaryOperation(
                AbstractInsnNode instruction, BasicValue first, BasicValue second)
                throws AnalyzerException {
            if (instruction.getOpcode() != Opcodes.AALOAD) {
                return super.binaryOperation(instruction, first, second);
            }
            return isNull(first)
                    ? first
                    : newValue(Type.getType(first.getType().getDescriptor().substring(1)));
        }

        /// The value of a type as ASM's tree states it.
        BasicValue stated(Object type) {
            if (type instanceof LabelNode label) {
                AbstractInsnNode creation = label;
                while (creation.getOpcode() < 0) {
                    creation = creation.getNext();
                }
                return new Uninitialized(
                        Type.getObjectType(((TypeInsnNode) creation).desc), creation);
            }
            if (type instanceof String name) {
                return new BasicValue(Type.getObjectType(name));
            }
            if (type.equals(Opcodes.INTEGER)) {
                return BasicValue.INT_VALUE;
            } else if (type.equals(Opcodes.FLOAT)) {
                return BasicValue.FLOAT_VALUE;
            } else if (type.equals(Opcodes.LONG)) {
                return BasicValue.LONG_VALUE;
            } else if (type.equals(Opcodes.DOUBLE)) {
                return BasicValue.DOUBLE_VALUE;
            } else if (type.equals(Opcodes.NULL)) {
                return new BasicValue(NULL_TYPE);
            }
            return BasicValue.UNINITIALIZED_VALUE;
        }
    }
}
