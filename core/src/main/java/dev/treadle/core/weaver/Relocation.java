package dev.treadle.core.weaver;

import dev.treadle.core.weaver.Linker.Link;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ConstantDynamic;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.FrameNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.VarInsnNode;

/// Makes the code of a method fit for another class of the same package: what only the host may do
/// is left to the [Linker].
final class Relocation {
    private static final String LAMBDAS = "java/lang/invoke/LambdaMetafactory";
    private static final Set<String> BOOTSTRAPS =
            Set.of(
                    LAMBDAS,
                    "java/lang/invoke/StringConcatFactory",
                    "java/lang/invoke/ConstantBootstraps",
                    "java/lang/runtime/SwitchBootstraps",
                    "java/lang/runtime/ObjectMethods");
    private static final String COVERAGE = "$jacocoInit";

    /// What the JDK's methods make of the class that calls them matters for these.
    private static final Set<String> CALLER_SENSITIVE =
            Set.of(
                    "java/lang/Class.newInstance",
                    "java/lang/StackWalker.getCallerClass",
                    "java/lang/StackWalker.forEach",
                    "java/lang/StackWalker.walk",
                    "java/lang/invoke/MethodHandles.lookup",
                    "java/lang/reflect/Constructor.newInstance",
                    "java/util/concurrent/atomic/AtomicIntegerFieldUpdater.newUpdater",
                    "java/util/concurrent/atomic/AtomicLongFieldUpdater.newUpdater",
                    "java/util/concurrent/atomic/AtomicReferenceFieldUpdater.newUpdater");

    /// All of whose methods that take an object check what the caller may do with it.
    private static final Set<String> REFLECTION =
            Set.of(
                    "java/lang/reflect/AccessibleObject",
                    "java/lang/reflect/Constructor",
                    "java/lang/reflect/Executable",
                    "java/lang/reflect/Field",
                    "java/lang/reflect/Method");

    private final HostClass host;
    private final MethodNode method;
    private final Linker linker;
    private final Handle bootstrap;
    private final Set<String> inherited; // protected members of other packages
    private final Map<String, Set<String>> privates = new HashMap<>(); // by owner
    private final int temporary;
    private final Set<AbstractInsnNode> placeholders = new HashSet<>();
    private final Set<AbstractInsnNode> creations = new HashSet<>();

    private Relocation(HostClass host, MethodNode method, Linker linker, Handle bootstrap) {
        this.host = host;
        this.method = method;
        this.linker = linker;
        this.bootstrap = bootstrap;
        this.inherited = inheritedProtected(host.host());
        this.temporary = method.maxLocals;
    }

    /// Prepares a method.
    ///
    /// @param linker what the calls are noted with that the method can't make itself
    /// @param bootstrap the bootstrap method that links them
    static void apply(HostClass host, MethodNode method, Linker linker, Handle bootstrap) {
        Relocation relocation = new Relocation(host, method, linker, bootstrap);
        for (AbstractInsnNode instruction : method.instructions.toArray()) {
            if (instruction instanceof MethodInsnNode call) {
                relocation.call(call);
            } else if (instruction instanceof FieldInsnNode access) {
                relocation.access(access);
            } else if (instruction instanceof InvokeDynamicInsnNode dynamic) {
                relocation.dynamic(dynamic);
            } else if (instruction instanceof LdcInsnNode constant) {
                relocation.constant(constant);
            } else if (instruction.getOpcode() == Opcodes.JSR
                    || instruction.getOpcode() == Opcodes.RET) {
                throw Refusal.at(instruction, "it has subroutines, as no Java since 6 has");
            }
        }
    }

    // ---- what is rewritten

    private void call(MethodInsnNode call) {
        if (asksForItsCaller(call)) {
            throw Refusal.at(
                    call,
                    "it calls "
                            + call.owner.replace('/', '.')
                            + "."
                            + call.name
                            + ", which looks at who calls it");
        }
        boolean isHostsAlone =
                call.getOpcode() == Opcodes.INVOKESPECIAL && !call.name.equals("<init>");
        if (!isHostsAlone && isAccessible(call, call.owner, call.name, call.desc, call.itf)) {
            return;
        }
        if (call.name.equals("<init>")) {
            create(call);
            return;
        }
        boolean isPrivate = privates(call, call.owner).contains(call.name + call.desc);
        int tag =
                switch (call.getOpcode()) {
                    case Opcodes.INVOKESTATIC -> Opcodes.H_INVOKESTATIC;
                    case Opcodes.INVOKESPECIAL ->
                            isPrivate ? Opcodes.H_INVOKEVIRTUAL : Opcodes.H_INVOKESPECIAL;
                    default -> Opcodes.H_INVOKEVIRTUAL;
                };
        // What is called on super is called on an object of the host.
        String receiver = tag == Opcodes.H_INVOKESPECIAL ? host.internalName() : call.owner;
        replace(
                call,
                new Handle(tag, call.owner, call.name, call.desc, call.itf),
                tag == Opcodes.H_INVOKESTATIC ? call.desc : withReceiver(receiver, call.desc));
    }

    private static boolean asksForItsCaller(MethodInsnNode call) {
        return CALLER_SENSITIVE.contains(call.owner + "." + call.name)
                || (REFLECTION.contains(call.owner)
                        && call.desc.startsWith("(Ljava/lang/Object;")
                        && !call.name.equals("equals"));
    }

    private void access(FieldInsnNode access) {
        if (isAccessible(access, access.owner, access.name, ":" + access.desc, false)) {
            return;
        }
        int tag =
                switch (access.getOpcode()) {
                    case Opcodes.GETFIELD -> Opcodes.H_GETFIELD;
                    case Opcodes.PUTFIELD -> Opcodes.H_PUTFIELD;
                    case Opcodes.GETSTATIC -> Opcodes.H_GETSTATIC;
                    default -> Opcodes.H_PUTSTATIC;
                };
        String descriptor =
                switch (access.getOpcode()) {
                    case Opcodes.GETFIELD -> withReceiver(access.owner, "()" + access.desc);
                    case Opcodes.PUTFIELD -> withReceiver(access.owner, "(" + access.desc + ")V");
                    case Opcodes.GETSTATIC -> "()" + access.desc;
                    default -> "(" + access.desc + ")V";
                };
        replace(access, new Handle(tag, access.owner, access.name, access.desc, false), descriptor);
    }

    private static String withReceiver(String owner, String descriptor) {
        return "(" + Type.getObjectType(owner).getDescriptor() + descriptor.substring(1);
    }

    private void replace(AbstractInsnNode instruction, Handle handle, String descriptor) {
        method.instructions.set(
                instruction, linked(handle.getName(), descriptor, new Link.Member(handle)));
    }

    private InvokeDynamicInsnNode linked(String name, String descriptor, Link link) {
        return new InvokeDynamicInsnNode(name, descriptor, bootstrap, linker.add(link));
    }

    /// An object of the nest whose constructor is private is made where that is called. Until then
    /// nulls stand for it on the stack.
    private void create(MethodInsnNode call) {
        TypeInsnNode creation = creation(call);
        if (creation == null || creation.getNext().getOpcode() != Opcodes.DUP) {
            throw Refusal.at(call, "it creates a " + call.owner.replace('/', '.') + " oddly");
        }
        String type = Type.getObjectType(call.owner).getDescriptor();
        restate(creation, call.owner);
        InvokeDynamicInsnNode creator =
                linked(
                        "create",
                        call.desc.substring(0, call.desc.length() - 1) + type,
                        new Link.Creation(call.owner, call.desc));
        creations.add(creator);
        InsnList code = new InsnList();
        code.add(creator);
        code.add(new VarInsnNode(Opcodes.ASTORE, temporary));
        code.add(new InsnNode(Opcodes.POP2));
        code.add(new VarInsnNode(Opcodes.ALOAD, temporary));
        method.maxLocals = temporary + 1;
        method.instructions.insert(call, code);
        method.instructions.remove(call);
        InvokeDynamicInsnNode placeholder =
                linked("prepare", "()" + type, new Link.Placeholder(call.owner));
        placeholders.add(placeholder);
        method.instructions.set(creation, placeholder);
    }

    /// The `new` that a constructor call belongs to: they are nested like parentheses.
    private @Nullable TypeInsnNode creation(MethodInsnNode call) {
        int depth = 0;
        for (AbstractInsnNode i = call.getPrevious(); i != null; i = i.getPrevious()) {
            if (ends(i)) {
                depth++;
            } else if (begins(i)) {
                if (depth == 0) {
                    return i instanceof TypeInsnNode creation && creation.desc.equals(call.owner)
                            ? creation
                            : null;
                }
                depth--;
            }
        }
        return null;
    }

    private boolean begins(AbstractInsnNode instruction) {
        return instruction.getOpcode() == Opcodes.NEW || placeholders.contains(instruction);
    }

    private boolean ends(AbstractInsnNode instruction) {
        return creations.contains(instruction)
                || (instruction instanceof MethodInsnNode call && call.name.equals("<init>"));
    }

    /// Where the class file states that an object is under construction, there is a null now.
    private void restate(AbstractInsnNode creation, String owner) {
        for (AbstractInsnNode each : method.instructions) {
            if (each instanceof FrameNode frame) {
                frame.local = restated(frame.local, creation, owner);
                frame.stack = restated(frame.stack, creation, owner);
            }
        }
    }

    private static @Nullable List<Object> restated(
            @Nullable List<Object> types, AbstractInsnNode creation, String owner) {
        if (types == null) {
            return null;
        }
        List<Object> result = new ArrayList<>();
        for (Object type : types) {
            boolean isThis = type instanceof LabelNode label && next(label) == creation;
            result.add(isThis ? owner : type);
        }
        return result;
    }

    private static AbstractInsnNode next(AbstractInsnNode instruction) {
        AbstractInsnNode next = instruction;
        while (next.getOpcode() < 0) {
            next = next.getNext();
        }
        return next;
    }

    private void dynamic(InvokeDynamicInsnNode call) {
        ensureKnown(call, call.bsm);
        if (!call.bsm.getOwner().equals(LAMBDAS)) {
            ensureSameElsewhere(call, call.bsmArgs);
            return;
        }
        List<Object> arguments = new ArrayList<>(List.of(call.bsmArgs));
        if (call.bsm.getName().equals("metafactory")) {
            arguments.add(0); // no flags: the other form takes them
        }
        method.instructions.set(
                call,
                linked(call.name, call.desc, new Link.Lambda(call.name, List.copyOf(arguments))));
    }

    private void constant(LdcInsnNode instruction) {
        if (instruction.cst instanceof ConstantDynamic constant && isCoverage(constant)) {
            method.instructions.set(
                    instruction,
                    linked(
                            constant.getName(),
                            "()" + constant.getDescriptor(),
                            new Link.Constant(constant)));
        } else {
            ensureSameElsewhere(instruction, instruction.cst);
        }
    }

    private boolean isCoverage(ConstantDynamic constant) {
        return constant.getBootstrapMethod().getOwner().equals(host.internalName())
                && constant.getBootstrapMethod().getName().equals(COVERAGE);
    }

    /// What a bootstrap method makes of the class that calls it is known of these.
    private void ensureKnown(AbstractInsnNode where, Handle bootstrap) {
        if (!BOOTSTRAPS.contains(bootstrap.getOwner())) {
            throw Refusal.at(
                    where, "it is linked at run time by " + bootstrap.getOwner().replace('/', '.'));
        }
    }

    /// Method handles of the JDK's are the same for everybody; others may be the host's alone.
    private void ensureSameElsewhere(AbstractInsnNode where, Object... constants) {
        for (Object constant : constants) {
            if (constant instanceof Handle handle && !handle.getOwner().startsWith("java/")) {
                throw Refusal.at(where, "it has a constant that is a method handle");
            }
            if (constant instanceof ConstantDynamic computed) {
                ensureKnown(where, computed.getBootstrapMethod());
                for (int i = 0; i < computed.getBootstrapMethodArgumentCount(); i++) {
                    ensureSameElsewhere(where, computed.getBootstrapMethodArgument(i));
                }
            }
        }
    }

    // ---- what may be named by another class of the package

    private boolean isAccessible(
            AbstractInsnNode where, String owner, String name, String descriptor, boolean itf) {
        if (owner.startsWith("[")) {
            return true;
        }
        String member = name + descriptor;
        boolean isInherited =
                !itf && inherited.contains(member) && isKin(where, owner.replace('/', '.'));
        return !isInherited && !privates(where, owner).contains(member);
    }

    /// The private members of a class, if it is of the host's nest.
    private Set<String> privates(AbstractInsnNode where, String owner) {
        String name = owner.replace('/', '.');
        if (!name.startsWith(host.host().getPackageName())
                || name.lastIndexOf('.') > host.host().getPackageName().length()) {
            return Set.of(); // of another package
        }
        Set<String> known = privates.get(owner);
        if (known == null) {
            Class<?> type = load(where, name);
            known =
                    type == host.host() || type.isNestmateOf(host.host())
                            ? members(type, Modifier.PRIVATE)
                            : Set.of();
            privates.put(owner, known);
        }
        return known;
    }

    /// What the host may use only because it extends a class of another package.
    private static Set<String> inheritedProtected(Class<?> host) {
        Set<String> members = new HashSet<>();
        for (Class<?> type = host.getSuperclass(); type != null; type = type.getSuperclass()) {
            if (type.getClassLoader() != host.getClassLoader()
                    || !type.getPackageName().equals(host.getPackageName())) {
                members.addAll(members(type, Modifier.PROTECTED));
            }
        }
        return members;
    }

    private static Set<String> members(Class<?> type, int modifier) {
        Set<String> found = new HashSet<>();
        try {
            for (Method each : type.getDeclaredMethods()) {
                add(
                        found,
                        each,
                        modifier,
                        signature(each.getReturnType(), each.getParameterTypes()));
            }
            for (Constructor<?> each : type.getDeclaredConstructors()) {
                add(found, each, modifier, signature(void.class, each.getParameterTypes()));
            }
            for (Field each : type.getDeclaredFields()) {
                add(found, each, modifier, ":" + each.getType().descriptorString());
            }
        } catch (LinkageError e) {
            throw Refusal.of("the members of " + type.getName() + " cannot be resolved: " + e);
        }
        return found;
    }

    private static void add(Set<String> found, Member member, int modifier, String descriptor) {
        if ((member.getModifiers() & modifier) != 0) {
            String name = member instanceof Constructor<?> ? "<init>" : member.getName();
            found.add(name + descriptor);
        }
    }

    private static String signature(Class<?> result, Class<?>[] parameters) {
        return MethodType.methodType(result, parameters).descriptorString();
    }

    /// Whether a class is a subclass or a superclass of the host.
    private boolean isKin(AbstractInsnNode where, String owner) {
        for (Class<?> type = host.host(); type != null; type = type.getSuperclass()) {
            if (type.getName().equals(owner)) {
                return true;
            }
        }
        return host.host().isAssignableFrom(load(where, owner));
    }

    private Class<?> load(AbstractInsnNode where, String name) {
        try {
            return Class.forName(name, false, host.host().getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            throw Refusal.at(where, "it uses " + name + ", which cannot be found: " + e);
        }
    }
}
