package dev.treadle.core.generator;

import dev.treadle.Yielder;
import dev.treadle.core.weaver.Refusal;
import dev.treadle.core.weaver.Rights;
import dev.treadle.core.weaver.Target;
import dev.treadle.spi.Resumable;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which method a body consists of, and where the values are that it captured.
sealed interface Source {
    /// The type of what reads an object from a body.
    MethodType READER = MethodType.methodType(Object.class, Object.class);

    /// The method is the same for all bodies of the class.
    ///
    /// @param target the method
    /// @param type the class of the bodies
    /// @param values how to get what the method takes from a body, its object first and without the
    ///   yielder
    /// @param isElsewhere whether it is a static method of a class that may not be initialized yet
    record Fixed(Target target, Class<?> type, List<MethodHandle> values, boolean isElsewhere)
            implements Source {

        /// Makes a factory that takes a body from one that takes the values.
        MethodHandle fromBody(MethodHandle factory) {
            MethodHandle[] readers = new MethodHandle[values.size()];
            for (int i = 0; i < readers.length; i++) {
                Class<?> taken = factory.type().parameterType(i);
                readers[i] = values.get(i).asType(MethodType.methodType(taken, type));
            }
            MethodHandle byBody =
                    readers.length == 0
                            ? MethodHandles.dropArguments(factory, 0, type)
                            : MethodHandles.permuteArguments(
                                    MethodHandles.filterArguments(factory, 0, readers),
                                    MethodType.methodType(Resumable.class, type),
                                    new int[readers.length]);
            MethodHandle whole =
                    isElsewhere
                            ? MethodHandles.foldArguments(byBody, initializer(target.host()))
                            : byBody;
            return whole.asType(MethodType.methodType(Resumable.class, Object.class));
        }

        /// What initializes a class, as the call of a static method does.
        private static MethodHandle initializer(Class<?> type) {
            try {
                return MethodHandles.lookup()
                        .findVirtual(
                                Lookup.class,
                                "ensureInitialized",
                                MethodType.methodType(Class.class, Class.class))
                        .bindTo(Rights.of(type))
                        .bindTo(type)
                        .asType(MethodType.methodType(void.class));
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("Lookup.ensureInitialized has changed", e);
            }
        }
    }

    /// The body is a method of an object whose class may override it.
    ///
    /// @param receiver reads the object from a body
    /// @param name the method
    /// @param signature what it takes and returns
    record Overridable(MethodHandle receiver, String name, MethodType signature) implements Source {

        Object receiverOf(Object body) {
            try {
                return receiver.invokeExact(body);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new AssertionError("reading the value that a lambda captured failed", e);
            }
        }

        /// Finds the method that objects of a class have.
        ///
        /// @throws Refusal if it cannot be told which that is
        Fixed of(Class<?> type) {
            Class<?> host;
            try {
                host = declaring(type, name, signature);
            } catch (LinkageError e) {
                throw Refusal.of("the members of " + type.getName() + " cannot be resolved: " + e);
            }
            List<MethodHandle> self = List.of(MethodHandles.identity(type));
            return new Fixed(target(host, name, signature), type, self, false);
        }
    }

    /// Finds out about a body.
    ///
    /// @throws Refusal if its method cannot be found
    static Source of(Object body) {
        // Lambdas are hidden classes; others have a class file with a method named `run`.
        try {
            return body.getClass().isHidden() ? ofLambda(body) : ofObject(body.getClass());
        } catch (LinkageError e) { // of a class that its members name
            throw Refusal.of("the method that it consists of cannot be found: " + e);
        }
    }

    private static Source ofObject(Class<?> type) {
        if (Proxy.isProxyClass(type)) { // as Groovy makes of a closure
            throw Refusal.of(type.getName() + " is a proxy, which has no class file");
        }
        for (Class<?> host = type; host != null; host = host.getSuperclass()) {
            for (Method method : host.getDeclaredMethods()) {
                if (method.getName().equals("run")
                        && !method.isBridge()
                        && Arrays.equals(
                                method.getParameterTypes(), new Class<?>[] {Yielder.class})) {
                    MethodType signature =
                            MethodType.methodType(method.getReturnType(), Yielder.class);
                    MethodHandle self = MethodHandles.identity(type);
                    return new Fixed(target(host, "run", signature), type, List.of(self), false);
                }
            }
        }
        throw Refusal.of(type.getName() + " has no method run(Yielder) of its own");
    }

    private static Source ofLambda(Object body) {
        Class<?> type = body.getClass();
        Lookup lookup = Rights.of(type);
        SerializedLambda lambda = serialized(body, lookup);
        Class<?> host;
        MethodType signature;
        try {
            host =
                    Class.forName(
                            lambda.getImplClass().replace('/', '.'), false, type.getClassLoader());
            signature =
                    MethodType.fromMethodDescriptorString(
                            lambda.getImplMethodSignature(), type.getClassLoader());
        } catch (ClassNotFoundException | TypeNotPresentException e) {
            throw Refusal.of("the method that it consists of cannot be found: " + e);
        }
        String name = lambda.getImplMethodName();
        List<MethodHandle> values = captured(lambda, lookup);
        return switch (lambda.getImplMethodKind()) {
            case MethodHandleInfo.REF_invokeStatic ->
                    new Fixed(
                            target(host, name, signature),
                            type,
                            values,
                            !lambda.getImplClass().equals(lambda.getCapturingClass()));
            case MethodHandleInfo.REF_newInvokeSpecial ->
                    throw Refusal.of("it is a constructor of " + host.getName());
            default -> {
                if (values.isEmpty()) {
                    throw Refusal.of("it is a method of the yielder itself");
                }
                yield ofMethod(lambda.getImplMethodKind(), host, name, signature, type, values);
            }
        };
    }

    private static SerializedLambda serialized(Object body, Lookup lookup) {
        try {
            MethodHandle writeReplace =
                    lookup.findVirtual(
                            body.getClass(), "writeReplace", MethodType.methodType(Object.class));
            if (writeReplace.invoke(body) instanceof SerializedLambda lambda) {
                return lambda;
            }
        } catch (NoSuchMethodException | IllegalAccessException e) {
            throw Refusal.of(body.getClass().getName() + " is no lambda that names its method");
        } catch (Throwable e) {
            throw Refusal.of(body.getClass().getName() + " does not name its method: " + e);
        }
        throw Refusal.of(body.getClass().getName() + " is no lambda that names its method");
    }

    /// The readers of what a lambda captured, in order.
    private static List<MethodHandle> captured(SerializedLambda lambda, Lookup lookup) {
        Class<?> type = lookup.lookupClass();
        List<MethodHandle> values = new ArrayList<>();
        try {
            for (int i = 0; i < lambda.getCapturedArgCount(); i++) {
                Field field = type.getDeclaredField("arg$" + (i + 1));
                values.add(lookup.unreflectGetter(field));
            }
        } catch (NoSuchFieldException | IllegalAccessException e) {
            throw Refusal.of("the values that the lambda captured cannot be read: " + e);
        }
        return values;
    }

    private static Target target(Class<?> host, String name, MethodType signature) {
        return new Target(host, name, signature.descriptorString(), signature.parameterCount() - 1);
    }

    // ---- methods of objects

    /// What a call on the first of the captured values comes to.
    private static Source ofMethod(
            int kind,
            Class<?> host,
            String name,
            MethodType signature,
            Class<?> type,
            List<MethodHandle> values) {
        Method named = inClasses(host, name, signature);
        if (named != null) {
            int modifiers = named.getModifiers();
            if (Modifier.isPrivate(modifiers)
                    || Modifier.isFinal(modifiers)
                    || Modifier.isFinal(host.getModifiers())) {
                return new Fixed(
                        target(named.getDeclaringClass(), name, signature), type, values, false);
            }
            ensureOverridden(named);
        }
        if (kind == MethodHandleInfo.REF_invokeSpecial) {
            throw Refusal.of("it is the method " + name + " of a superclass");
        }
        if (values.size() > 1) { // no lambda of javac's: its methods are private
            throw Refusal.of(
                    "it captures values besides the object whose method " + name + " it is");
        }
        return new Overridable(values.get(0).asType(READER), name, signature);
    }

    /// The class whose method a call on an object of a class selects.
    private static Class<?> declaring(Class<?> actual, String name, MethodType signature) {
        for (Method each = inClasses(actual, name, signature);
                each != null;
                each = inClasses(each.getDeclaringClass().getSuperclass(), name, signature)) {
            if (!Modifier.isPrivate(each.getModifiers())) {
                ensureOverridden(each);
                return each.getDeclaringClass();
            }
        }
        try {
            Method inherited = actual.getMethod(name, signature.parameterArray());
            if (inherited.isDefault() && inherited.getReturnType() == signature.returnType()) {
                return inherited.getDeclaringClass();
            }
        } catch (NoSuchMethodException _) {
            // as if it were another
        }
        throw Refusal.of(actual.getName() + " has no method " + name + " with a body");
    }

    /// Two methods of classes in different packages may look alike, and neither override the other.
    private static void ensureOverridden(Method method) {
        if ((method.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED)) == 0) {
            throw Refusal.of(
                    "which "
                            + method.getName()
                            + " is meant depends on packages: make it private, final or public");
        }
    }

    /// The method of objects that a class declares or inherits from another class.
    private static @Nullable Method inClasses(
            @Nullable Class<?> actual, String name, MethodType signature) {
        for (Class<?> type = actual; type != null; type = type.getSuperclass()) {
            for (Method method : type.getDeclaredMethods()) {
                if (method.getName().equals(name)
                        && method.getReturnType() == signature.returnType()
                        && Arrays.equals(method.getParameterTypes(), signature.parameterArray())
                        && !Modifier.isStatic(method.getModifiers())) {
                    return method;
                }
            }
        }
        return null;
    }
}
