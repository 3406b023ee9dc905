package dev.treadle.core.weaver;

import java.lang.invoke.CallSite;
import java.lang.invoke.ConstantCallSite;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import org.objectweb.asm.ConstantDynamic;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/// Does for a woven class what only its host may do.
///
/// The woven class stands beside its host in the package, and does not belong to its nest: a class
/// that is defined at run time could do so only as a hidden one, and the JVM leaves those out of
/// stack traces. So what it may not name itself (private and inherited protected members, methods
/// of `super`, lambdas) it calls by `invokedynamic`, and this finds it with the host's rights.
/// Linked once, such a call is as fast as any.
///
/// The rights come from the woven class, which is of the host's module: those of another module's
/// class (ours), were the host ever so open to it, make no lambdas.
final class Linker implements IntFunction<BiFunction<Lookup, MethodType, CallSite>> {
    private static final MethodType CONSTANT_BOOTSTRAP =
            MethodType.methodType(Object.class, Lookup.class, String.class, Class.class);

    /// What a call is to be linked to.
    sealed interface Link {

        /// A member of a class, in the words of a method handle of a class file.
        record Member(Handle handle) implements Link {}

        /// The constructor of a class. The object is made when it is called.
        record Creation(String owner, String descriptor) implements Link {}

        /// What stands for an object until it is made: null, once its class has been initialized.
        record Placeholder(String owner) implements Link {}

        /// A lambda.
        record Lambda(String name, List<Object> arguments) implements Link {}

        /// A constant that is computed by a method of the host.
        record Constant(ConstantDynamic constant) implements Link {}
    }

    private final Class<?> type;
    private final List<Link> links = new ArrayList<>();

    /// @param type the host
    Linker(Class<?> type) {
        this.type = type;
    }

    /// Notes what a call is to be linked to, and returns its number.
    int add(Link link) {
        links.add(link);
        return links.size() - 1;
    }

    /// Whether there is nothing to link.
    boolean isIdle() {
        return links.isEmpty();
    }

    /// Links the call of that number: with the rights of the woven class, for the call's type.
    @Override
    public BiFunction<Lookup, MethodType, CallSite> apply(int number) {
        return (woven, wanted) -> {
            try {
                Lookup host = MethodHandles.privateLookupIn(type, woven);
                return new Linking(host).link(links.get(number), wanted);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new BootstrapMethodError(e);
            }
        };
    }

    /// With the host's rights.
    private record Linking(Lookup host) {

        CallSite link(Link link, MethodType wanted) throws Throwable {
            return switch (link) {
                case Link.Member(Handle handle) -> site(handle(handle), wanted);
                case Link.Creation(String owner, String descriptor) ->
                        site(host.findConstructor(type(owner), signature(descriptor)), wanted);
                case Link.Placeholder(String owner) -> {
                    host.ensureInitialized(type(owner));
                    yield site(MethodHandles.zero(wanted.returnType()), wanted);
                }
                case Link.Lambda(String name, List<Object> arguments) ->
                        LambdaMetafactory.altMetafactory(
                                host,
                                name,
                                wanted,
                                arguments.stream().map(this::constant).toArray());
                case Link.Constant(ConstantDynamic constant) ->
                        site(computed(constant, wanted.returnType()), wanted);
            };
        }

        private ClassLoader loader() {
            return host.lookupClass().getClassLoader();
        }

        private static CallSite site(MethodHandle handle, MethodType type) {
            return new ConstantCallSite(handle.asType(type));
        }

        private MethodHandle handle(Handle handle) throws ReflectiveOperationException {
            Class<?> owner = type(handle.getOwner());
            String name = handle.getName();
            String descriptor = handle.getDesc();
            return switch (handle.getTag()) {
                case Opcodes.H_GETFIELD -> host.findGetter(owner, name, field(descriptor));
                case Opcodes.H_PUTFIELD -> host.findSetter(owner, name, field(descriptor));
                case Opcodes.H_GETSTATIC -> host.findStaticGetter(owner, name, field(descriptor));
                case Opcodes.H_PUTSTATIC -> host.findStaticSetter(owner, name, field(descriptor));
                case Opcodes.H_INVOKESTATIC -> host.findStatic(owner, name, signature(descriptor));
                case Opcodes.H_NEWINVOKESPECIAL ->
                        host.findConstructor(owner, signature(descriptor));
                case Opcodes.H_INVOKESPECIAL ->
                        host.findSpecial(owner, name, signature(descriptor), host.lookupClass());
                default -> host.findVirtual(owner, name, signature(descriptor));
            };
        }

        private MethodHandle computed(ConstantDynamic constant, Class<?> type) throws Throwable {
            MethodHandle bootstrap =
                    handle(constant.getBootstrapMethod()).asType(CONSTANT_BOOTSTRAP);
            Object value = bootstrap.invokeExact(host, constant.getName(), (Class<?>) type);
            return MethodHandles.constant(type, value);
        }

        private Object constant(Object constant) {
            try {
                return switch (constant) {
                    case Type type when type.getSort() == Type.METHOD ->
                            signature(type.getDescriptor());
                    case Type type -> field(type.getDescriptor());
                    case Handle handle -> handle(handle);
                    default -> constant;
                };
            } catch (ReflectiveOperationException e) {
                throw new BootstrapMethodError(e);
            }
        }

        private Class<?> type(String internalName) throws ClassNotFoundException {
            return internalName.startsWith("[")
                    ? field(internalName)
                    : Class.forName(internalName.replace('/', '.'), false, loader());
        }

        private Class<?> field(String descriptor) {
            return signature("()" + descriptor).returnType();
        }

        private MethodType signature(String descriptor) {
            return MethodType.fromMethodDescriptorString(descriptor, loader());
        }
    }
}
