package dev.treadle.core.weaver;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.URL;
import java.security.CodeSource;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.MethodNode;

/// What the class file of a method's class says.
final class HostClass extends ClassVisitor {
    private static final int FIRST_WITH_FRAMES = Opcodes.V1_7;

    private final Target target;
    private final Set<String> fields = new HashSet<>();
    private final Set<String> methods = new HashSet<>();
    private String internalName = "";
    private int version;
    private @Nullable String source;
    private @Nullable String debug;
    private @Nullable MethodNode method;

    private HostClass(Target target) {
        super(Opcodes.ASM9);
        this.target = target;
    }

    /// Reads the class file that the class was loaded from.
    static HostClass read(Target target) {
        HostClass result = new HostClass(target);
        byte[] bytes = bytes(target.host());
        try {
            new ClassReader(bytes).accept(result, ClassReader.EXPAND_FRAMES);
        } catch (IllegalArgumentException e) {
            int major = ((bytes[6] & 0xff) << 8) | (bytes[7] & 0xff);
            throw Refusal.of(
                    target.host().getName()
                            + " has a class file of version "
                            + major
                            + ", which the ASM library on the class path does not know");
        }
        result.ensureSameClass();
        return result;
    }

    private static byte[] bytes(Class<?> host) {
        if (host.isHidden()) {
            throw Refusal.of(host.getName() + " is a hidden class, which has no class file");
        }
        String file = "/" + host.getName().replace('.', '/') + ".class";
        ensureFromWhereItWasLoaded(host, host.getResource(file));
        try (InputStream in = host.getResourceAsStream(file)) {
            if (in == null) {
                throw Refusal.of("the class file of " + host.getName() + " cannot be found");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw Refusal.of("the class file of " + host.getName() + " cannot be read: " + e);
        }
    }

    /// A loader that puts its own classes before those of its parent may still show the parent's
    /// files. A named module has its packages to itself; of places that are not files nothing is
    /// known.
    private static void ensureFromWhereItWasLoaded(Class<?> host, @Nullable URL shown) {
        CodeSource source = host.getProtectionDomain().getCodeSource();
        URL loaded = source == null ? null : source.getLocation();
        if (shown == null || loaded == null || host.getModule().isNamed()) {
            return;
        }
        String from = loaded.toString();
        String at = shown.toString();
        String place = at.startsWith("jar:") ? at.substring("jar:".length()) : at;
        if (from.startsWith("file:") && place.startsWith("file:") && !place.startsWith(from)) {
            throw Refusal.of(
                    host.getName() + " was loaded from " + from + ", but its loader shows " + at);
        }
    }

    /// An agent or a class loader may have changed the class while it was loaded: what it added
    /// (counters of coverage, say) would be missing from what is compiled. So the file must have
    /// the members of the class.
    private void ensureSameClass() {
        Set<String> actualFields = new HashSet<>();
        Set<String> actualMethods = new HashSet<>();
        try {
            for (Field field : target.host().getDeclaredFields()) {
                actualFields.add(field.getName() + ":" + field.getType().descriptorString());
            }
            for (Method each : target.host().getDeclaredMethods()) {
                actualMethods.add(
                        each.getName()
                                + MethodType.methodType(
                                                each.getReturnType(), each.getParameterTypes())
                                        .descriptorString());
            }
        } catch (LinkageError e) {
            throw Refusal.of(
                    "the members of " + target.host().getName() + " cannot be resolved: " + e);
        }
        if (!actualFields.equals(fields) || !actualMethods.equals(methods)) {
            throw Refusal.of(
                    target.host().getName()
                            + " was changed when it was loaded, and differs from its class file");
        }
    }

    @Override
    public void visit(
            int version,
            int access,
            String name,
            @Nullable String signature,
            @Nullable String superName,
            String[] interfaces) {
        this.version = version & 0xffff;
        this.internalName = name;
    }

    @Override
    public void visitSource(@Nullable String source, @Nullable String debug) {
        this.source = source;
        this.debug = debug;
    }

    @Override
    public @Nullable FieldVisitor visitField(
            int access,
            String name,
            String descriptor,
            @Nullable String signature,
            @Nullable Object value) {
        fields.add(name + ":" + descriptor);
        return null;
    }

    @Override
    public @Nullable MethodVisitor visitMethod(
            int access,
            String name,
            String descriptor,
            @Nullable String signature,
            String @Nullable [] exceptions) {
        if (name.startsWith("<")) {
            return null;
        }
        methods.add(name + descriptor);
        if (!name.equals(target.name()) || !descriptor.equals(target.descriptor())) {
            return null;
        }
        MethodNode found =
                new MethodNode(Opcodes.ASM9, access, name, descriptor, signature, exceptions);
        method = found;
        return found;
    }

    /// {@return the method to compile, for the caller to change}
    MethodNode method() {
        MethodNode found = method;
        if (found == null) {
            throw Refusal.of(
                    "the class file of "
                            + internalName.replace('/', '.')
                            + " has no method "
                            + target.name());
        }
        if ((found.access & (Opcodes.ACC_ABSTRACT | Opcodes.ACC_NATIVE)) != 0) {
            throw Refusal.of(target.name() + " has no bytecode");
        }
        if ((found.access & Opcodes.ACC_SYNCHRONIZED) != 0) {
            throw Refusal.of(
                    "the method " + target.name() + " is synchronized: it holds a monitor");
        }
        if (version < FIRST_WITH_FRAMES) {
            throw Refusal.of(
                    internalName.replace('/', '.')
                            + " was compiled for a Java older than 7: its class file has no types");
        }
        return found;
    }

    Class<?> host() {
        return target.host();
    }

    String internalName() {
        return internalName;
    }

    Type type() {
        return Type.getObjectType(internalName);
    }

    int version() {
        return version;
    }

    @Nullable String source() {
        return source;
    }

    @Nullable String debug() {
        return debug;
    }
}
