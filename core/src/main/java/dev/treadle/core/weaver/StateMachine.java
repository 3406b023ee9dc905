package dev.treadle.core.weaver;

import dev.treadle.core.weaver.SavedFields.Saved;
import dev.treadle.core.weaver.Suspended.Kept;
import dev.treadle.core.weaver.Suspended.Source;
import dev.treadle.core.weaver.Suspensions.Suspension;
import dev.treadle.spi.Resumable;
import java.lang.invoke.CallSite;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.FrameNode;
import org.objectweb.asm.tree.IincInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.IntInsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LocalVariableNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TableSwitchInsnNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.VarInsnNode;

/// Writes the class of a state machine.
///
/// ```java
/// final class Host$method$1 extends Resumable {
///     static UnaryOperator request0, request1; ... // what makes requests from operands
///     static IntFunction linker;       // what links calls that only the host may make
///     private int state;
///     private Foo argument0; ...       // what the method was called with
///     private long saved1; ...         // locals and operands, while it is suspended
///
///     public Object resume(Object sent, Throwable raised) {
///         switch (state) { case 1: goto restore1; ... }
///         // the arguments to their local variables, and then the method as it was; but a call
///         // that suspends became:
///             saved1 = ...; state = 1; return operand;
///         resume1:                     // inside the try blocks of the call
///             if (raised != null) throw raised;
///             // operands back on the stack, and sent on top of them
///         ...
///         restore1: ... = saved1; goto resume1;
///     }
/// }
/// ```
///
/// It is the method itself with something put in, so types that its class file states stay true,
/// and so do its line numbers. Locals that nobody reads any more are not saved, but set to null or
/// zero: the stated types may still name them.
final class StateMachine {
    private static final String FUNCTION = Type.getInternalName(UnaryOperator.class);
    private static final String LINKER = Type.getInternalName(IntFunction.class);
    private static final String BOOTSTRAP =
            MethodType.methodType(
                            CallSite.class, Lookup.class, String.class, MethodType.class, int.class)
                    .descriptorString();
    private static final String BASE = Type.getInternalName(Resumable.class);
    private static final String RESUME =
            "(Ljava/lang/Object;Ljava/lang/Throwable;)Ljava/lang/Object;";
    // The method's own variables come behind these of resume():
    private static final int SELF = 0;
    private static final int SENT = 1;
    private static final int RAISED = 2;
    private static final int OWN = 3;

    private final HostClass host;
    private final MethodNode method;
    private final List<Type> arguments; // the object first; the token is among them
    private final List<Integer> argumentLocals;
    private final int tokenLocal;
    private final List<Suspended> suspensions;
    private final String name;
    private final SavedFields fields = new SavedFields();
    private final List<UnaryOperator<@Nullable Object>> requests = new ArrayList<>();

    StateMachine(
            String name,
            HostClass host,
            MethodNode method,
            int tokenLocal,
            List<Suspended> suspensions,
            UnaryOperator<@Nullable Object> end) {
        this.name = name;
        this.host = host;
        this.method = method;
        this.tokenLocal = tokenLocal;
        this.suspensions = suspensions;
        this.arguments = arguments(host, method);
        this.argumentLocals = new ArrayList<>();
        int local = 0;
        for (Type argument : arguments) {
            argumentLocals.add(local);
            local += argument.getSize();
        }
        requests.add(end);
    }

    /// {@return what a method takes, its object first}
    static List<Type> arguments(HostClass host, MethodNode method) {
        List<Type> all = new ArrayList<>();
        if ((method.access & Opcodes.ACC_STATIC) == 0) {
            all.add(host.type());
        }
        all.addAll(List.of(Type.getArgumentTypes(method.desc)));
        return all;
    }

    /// {@return the bootstrap method of a class to come, which leaves it to a [Linker]}
    static Handle bootstrap(String name) {
        return new Handle(Opcodes.H_INVOKESTATIC, name, "link", BOOTSTRAP, false);
    }

    /// {@return the class file}
    byte[] write() {
        MethodNode resume = resume();
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        // From Java 11 on a nestmate may call what is private like anything else.
        writer.visit(
                Math.max(host.version(), Opcodes.V11),
                Opcodes.ACC_FINAL | Opcodes.ACC_SUPER | Opcodes.ACC_SYNTHETIC,
                name,
                null,
                BASE,
                null);
        writer.visitSource(host.source(), host.debug());
        writer.visitField(Opcodes.ACC_PRIVATE, "state", "I", null, null);
        for (int i = 0; i < arguments.size(); i++) {
            if (argumentLocals.get(i) != tokenLocal) {
                writer.visitField(
                        Opcodes.ACC_PRIVATE,
                        "argument" + i,
                        arguments.get(i).getDescriptor(),
                        null,
                        null);
            }
        }
        for (Saved saved : fields.all()) {
            writer.visitField(
                    Opcodes.ACC_PRIVATE, saved.name(), saved.type().getDescriptor(), null, null);
        }
        for (int i = 0; i < requests.size(); i++) {
            writer.visitField(Opcodes.ACC_STATIC, "request" + i, "L" + FUNCTION + ";", null, null);
        }
        writer.visitField(Opcodes.ACC_STATIC, "linker", "L" + LINKER + ";", null, null);
        writeBootstrap(writer);
        writeConstructor(writer);
        resume.accept(writer);
        writer.visitEnd();
        return writer.toByteArray();
    }

    /// Gives the class that was defined what it needs of us.
    void initialize(Lookup host, Class<?> woven, Linker linker)
            throws ReflectiveOperationException {
        set(host, woven, "linker", IntFunction.class, linker);
        for (int i = 0; i < requests.size(); i++) {
            set(host, woven, "request" + i, UnaryOperator.class, requests.get(i));
        }
    }

    private static void set(Lookup host, Class<?> woven, String field, Class<?> type, Object value)
            throws ReflectiveOperationException {
        host.findStaticVarHandle(woven, field, type).set(value);
    }

    private void writeBootstrap(ClassWriter writer) {
        MethodVisitor code =
                writer.visitMethod(
                        Opcodes.ACC_PRIVATE | Opcodes.ACC_STATIC, "link", BOOTSTRAP, null, null);
        code.visitCode();
        code.visitFieldInsn(Opcodes.GETSTATIC, name, "linker", "L" + LINKER + ";");
        code.visitVarInsn(Opcodes.ILOAD, 3);
        code.visitMethodInsn(
                Opcodes.INVOKEINTERFACE, LINKER, "apply", "(I)Ljava/lang/Object;", true);
        String site = Type.getInternalName(BiFunction.class);
        code.visitTypeInsn(Opcodes.CHECKCAST, site);
        code.visitVarInsn(Opcodes.ALOAD, 0);
        code.visitVarInsn(Opcodes.ALOAD, 2);
        code.visitMethodInsn(
                Opcodes.INVOKEINTERFACE,
                site,
                "apply",
                "(Ljava/lang/Object;Ljava/lang/Object;)Ljava/lang/Object;",
                true);
        code.visitTypeInsn(Opcodes.CHECKCAST, Type.getInternalName(CallSite.class));
        code.visitInsn(Opcodes.ARETURN);
        code.visitMaxs(0, 0);
        code.visitEnd();
    }

    private void writeConstructor(ClassWriter writer) {
        List<Type> taken = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            if (argumentLocals.get(i) != tokenLocal) {
                taken.add(arguments.get(i));
            }
        }
        MethodVisitor code =
                writer.visitMethod(
                        0,
                        "<init>",
                        Type.getMethodDescriptor(Type.VOID_TYPE, taken.toArray(new Type[0])),
                        null,
                        null);
        code.visitCode();
        code.visitVarInsn(Opcodes.ALOAD, 0);
        code.visitMethodInsn(Opcodes.INVOKESPECIAL, BASE, "<init>", "()V", false);
        int local = 1;
        for (int i = 0; i < arguments.size(); i++) {
            if (argumentLocals.get(i) != tokenLocal) {
                Type type = arguments.get(i);
                code.visitVarInsn(Opcodes.ALOAD, 0);
                code.visitVarInsn(type.getOpcode(Opcodes.ILOAD), local);
                code.visitFieldInsn(Opcodes.PUTFIELD, name, "argument" + i, type.getDescriptor());
                local += type.getSize();
            }
        }
        code.visitInsn(Opcodes.RETURN);
        code.visitMaxs(0, 0);
        code.visitEnd();
    }

    // ---- the method

    private MethodNode resume() {
        int temporary = OWN + method.maxLocals;
        Set<Integer> written = written(method);
        List<IdentityHashMap<Kept, Saved>> saved = new ArrayList<>();
        for (Suspended each : suspensions) {
            saved.add(fields.assign(each)); // all of them, before the first is written
        }
        shiftLocals();
        replaceReturns();

        List<LabelNode> restores = new ArrayList<>();
        InsnList epilogue = new InsnList();
        for (int i = 0; i < suspensions.size(); i++) {
            LabelNode restore = new LabelNode();
            LabelNode resume = new LabelNode();
            restores.add(restore);
            suspend(suspensions.get(i), i + 1, saved.get(i), resume, temporary);
            restore(epilogue, suspensions.get(i), saved.get(i), restore, resume);
        }
        method.instructions.insert(prologue(restores, written));
        method.instructions.add(epilogue);

        MethodNode resume =
                new MethodNode(Opcodes.ASM9, Opcodes.ACC_PUBLIC, "resume", RESUME, null, null);
        resume.instructions = method.instructions;
        resume.tryCatchBlocks = method.tryCatchBlocks;
        resume.localVariables = method.localVariables;
        return resume;
    }

    static Set<Integer> written(MethodNode method) {
        Set<Integer> written = new HashSet<>();
        for (AbstractInsnNode instruction : method.instructions) {
            if (instruction instanceof VarInsnNode access
                    && access.getOpcode() >= Opcodes.ISTORE
                    && access.getOpcode() <= Opcodes.ASTORE) {
                written.add(access.var);
            } else if (instruction instanceof IincInsnNode increment) {
                written.add(increment.var);
            }
        }
        return written;
    }

    private void shiftLocals() {
        for (AbstractInsnNode instruction : method.instructions) {
            if (instruction instanceof VarInsnNode access) {
                access.var += OWN;
            } else if (instruction instanceof IincInsnNode increment) {
                increment.var += OWN;
            } else if (instruction instanceof FrameNode frame) {
                frame.local = withOwn(frame.local);
            }
        }
        if (method.localVariables != null) {
            for (LocalVariableNode variable : method.localVariables) {
                variable.index += OWN;
                if (variable.name.equals("this")) {
                    variable.name = "this$"; // the machine is its own
                }
            }
        }
    }

    private List<Object> withOwn(List<Object> locals) {
        List<Object> all =
                new ArrayList<>(List.of(name, "java/lang/Object", "java/lang/Throwable"));
        all.addAll(locals);
        return all;
    }

    /// A place that is jumped to, with what the stack is then: nothing.
    private void label(InsnList code, LabelNode label, List<Object> locals) {
        List<Object> all = withOwn(locals);
        code.add(label);
        code.add(new FrameNode(Opcodes.F_NEW, all.size(), all.toArray(), 0, new Object[0]));
    }

    /// Goes on where the run stands; a fresh one gets its arguments.
    private InsnList prologue(List<LabelNode> restores, Set<Integer> written) {
        InsnList code = new InsnList();
        LabelNode start = new LabelNode();
        if (!restores.isEmpty()) {
            code.add(new VarInsnNode(Opcodes.ALOAD, SELF));
            code.add(new FieldInsnNode(Opcodes.GETFIELD, name, "state", "I"));
            code.add(
                    new TableSwitchInsnNode(
                            1, restores.size(), start, restores.toArray(new LabelNode[0])));
        }
        label(code, start, List.of());
        for (int i = 0; i < arguments.size(); i++) {
            Type type = arguments.get(i);
            int local = argumentLocals.get(i);
            if (local == tokenLocal) {
                code.add(new InsnNode(Opcodes.ACONST_NULL));
                code.add(new VarInsnNode(Opcodes.ASTORE, OWN + local));
                continue;
            }
            loadField(code, "argument" + i, type);
            code.add(new VarInsnNode(type.getOpcode(Opcodes.ISTORE), OWN + local));
            if (written.contains(local) && isReference(type)) {
                clear(code, "argument" + i, type); // from now on it is a variable like any other
            }
        }
        code.add(new InsnNode(Opcodes.NOP)); // the method may itself begin with stated types
        return code;
    }

    private void suspend(
            Suspended suspended,
            int state,
            IdentityHashMap<Kept, Saved> saved,
            LabelNode resume,
            int temporary) {
        InsnList code = new InsnList();
        boolean isBare = suspended.operands().isEmpty();
        if (!isBare) {
            code.add(new VarInsnNode(Opcodes.ASTORE, temporary));
        }
        if (suspended.onToken()) {
            if (isBare) {
                code.add(new InsnNode(Opcodes.SWAP));
            }
            code.add(new InsnNode(Opcodes.POP));
        }
        saveOperands(code, suspended, saved);
        for (Kept kept : suspended.locals()) {
            Saved field = saved.get(kept);
            if (field != null) {
                code.add(new VarInsnNode(Opcodes.ALOAD, SELF));
                code.add(new VarInsnNode(kept.type().getOpcode(Opcodes.ILOAD), OWN + kept.index()));
                storeField(code, field.name(), field.type());
            }
        }
        for (Saved other : fields.all()) {
            if (isReference(other.type()) && !saved.containsValue(other)) {
                clear(code, other.name(), other.type()); // what it held is garbage by now
            }
        }
        code.add(new VarInsnNode(Opcodes.ALOAD, SELF));
        code.add(new IntInsnNode(Opcodes.SIPUSH, state));
        storeField(code, "state", Type.INT_TYPE);
        if (!isBare) {
            code.add(new VarInsnNode(Opcodes.ALOAD, temporary));
        }
        request(code, suspended.suspension());
        code.add(new InsnNode(Opcodes.ARETURN));

        label(code, resume, suspended.types());
        LabelNode sent = new LabelNode();
        code.add(new VarInsnNode(Opcodes.ALOAD, RAISED));
        code.add(new JumpInsnNode(Opcodes.IFNULL, sent));
        code.add(new VarInsnNode(Opcodes.ALOAD, RAISED));
        code.add(new InsnNode(Opcodes.ATHROW));
        label(code, sent, suspended.types());
        for (Kept kept : suspended.operands()) {
            giveBack(code, kept, saved);
        }
        Type result = Type.getReturnType(suspended.call().desc);
        if (result.getSort() != Type.VOID) {
            code.add(new VarInsnNode(Opcodes.ALOAD, SENT));
            if (!result.getInternalName().equals("java/lang/Object")) {
                code.add(new TypeInsnNode(Opcodes.CHECKCAST, result.getInternalName()));
            }
        }
        code.add(new InsnNode(Opcodes.NOP)); // stated types may follow
        method.instructions.insert(suspended.call(), code);
        method.instructions.remove(suspended.call());
    }

    private void saveOperands(
            InsnList code, Suspended suspended, IdentityHashMap<Kept, Saved> saved) {
        for (Kept kept : suspended.operands().reversed()) {
            Saved field = saved.get(kept);
            boolean isWide = kept.type().getSize() == 2;
            if (field == null) {
                code.add(new InsnNode(isWide ? Opcodes.POP2 : Opcodes.POP));
                continue;
            }
            code.add(new VarInsnNode(Opcodes.ALOAD, SELF));
            if (isWide) {
                code.add(new InsnNode(Opcodes.DUP_X2));
                code.add(new InsnNode(Opcodes.POP));
            } else {
                code.add(new InsnNode(Opcodes.SWAP));
            }
            storeField(code, field.name(), field.type());
        }
    }

    private void request(InsnList code, Suspension suspension) {
        UnaryOperator<@Nullable Object> request = suspension.request();
        if (request != null) {
            int index = requests.indexOf(request);
            if (index < 0) {
                index = requests.size();
                requests.add(request);
            }
            callRequest(code, index);
        }
    }

    private void callRequest(InsnList code, int index) {
        code.add(
                new FieldInsnNode(
                        Opcodes.GETSTATIC, name, "request" + index, "L" + FUNCTION + ";"));
        code.add(new InsnNode(Opcodes.SWAP));
        code.add(
                new MethodInsnNode(
                        Opcodes.INVOKEINTERFACE,
                        FUNCTION,
                        "apply",
                        "(Ljava/lang/Object;)Ljava/lang/Object;",
                        true));
    }

    private void restore(
            InsnList code,
            Suspended suspended,
            IdentityHashMap<Kept, Saved> saved,
            LabelNode restore,
            LabelNode resume) {
        label(code, restore, List.of());
        for (Kept kept : suspended.locals()) {
            giveBack(code, kept, saved);
            code.add(new VarInsnNode(kept.type().getOpcode(Opcodes.ISTORE), OWN + kept.index()));
        }
        code.add(new JumpInsnNode(Opcodes.GOTO, resume));
    }

    private void giveBack(InsnList code, Kept kept, IdentityHashMap<Kept, Saved> saved) {
        Saved field = saved.get(kept);
        if (field != null) {
            loadField(code, field.name(), field.type());
        } else if (kept.source() == Source.ARGUMENT) {
            int argument = argumentLocals.indexOf(kept.index());
            loadField(code, "argument" + argument, arguments.get(argument));
        } else {
            code.add(new InsnNode(nothing(kept.type())));
        }
    }

    private static int nothing(Type type) {
        return switch (type.getSort()) {
            case Type.LONG -> Opcodes.LCONST_0;
            case Type.FLOAT -> Opcodes.FCONST_0;
            case Type.DOUBLE -> Opcodes.DCONST_0;
            case Type.OBJECT, Type.ARRAY -> Opcodes.ACONST_NULL;
            default -> Opcodes.ICONST_0;
        };
    }

    /// The method returns what the end is made from: a resumption returns that.
    private void replaceReturns() {
        Type result = Type.getReturnType(method.desc);
        for (AbstractInsnNode instruction : method.instructions.toArray()) {
            int opcode = instruction.getOpcode();
            if (opcode < Opcodes.IRETURN || opcode > Opcodes.RETURN) {
                continue;
            }
            InsnList code = new InsnList();
            if (opcode == Opcodes.RETURN) {
                code.add(new InsnNode(Opcodes.ACONST_NULL));
            } else if (!isReference(result)) {
                box(code, result);
            }
            callRequest(code, 0);
            code.add(new InsnNode(Opcodes.ARETURN));
            method.instructions.insertBefore(instruction, code);
            method.instructions.remove(instruction);
        }
    }

    private static void box(InsnList code, Type type) {
        Class<?> boxed =
                switch (type.getSort()) {
                    case Type.BOOLEAN -> Boolean.class;
                    case Type.CHAR -> Character.class;
                    case Type.BYTE -> Byte.class;
                    case Type.SHORT -> Short.class;
                    case Type.INT -> Integer.class;
                    case Type.FLOAT -> Float.class;
                    case Type.LONG -> Long.class;
                    default -> Double.class;
                };
        Type owner = Type.getType(boxed);
        code.add(
                new MethodInsnNode(
                        Opcodes.INVOKESTATIC,
                        owner.getInternalName(),
                        "valueOf",
                        Type.getMethodDescriptor(owner, type),
                        false));
    }

    // ---- fields of the machine

    private static boolean isReference(Type type) {
        return type.getSort() == Type.OBJECT || type.getSort() == Type.ARRAY;
    }

    private void loadField(InsnList code, String field, Type type) {
        code.add(new VarInsnNode(Opcodes.ALOAD, SELF));
        code.add(new FieldInsnNode(Opcodes.GETFIELD, name, field, type.getDescriptor()));
    }

    private void storeField(InsnList code, String field, Type type) {
        code.add(new FieldInsnNode(Opcodes.PUTFIELD, name, field, type.getDescriptor()));
    }

    private void clear(InsnList code, String field, Type type) {
        code.add(new VarInsnNode(Opcodes.ALOAD, SELF));
        code.add(new InsnNode(Opcodes.ACONST_NULL));
        storeField(code, field, type);
    }
}
