package dev.treadle.verification;

import static java.util.stream.Collectors.joining;

import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedWildcardType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.GenericDeclaration;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Writes down what a type shows to its users: public and protected members with generics and
/// nullness.
final class Signatures {
    private static final int SHOWN =
            Modifier.PUBLIC
                    | Modifier.PROTECTED
                    | Modifier.STATIC
                    | Modifier.ABSTRACT
                    | Modifier.FINAL;

    private Signatures() {}

    /// {@return whether users can name it}
    static boolean isVisible(Class<?> type) {
        Class<?> outer = type.getDeclaringClass();
        return isVisible(type.getModifiers())
                && !type.isSynthetic()
                && (outer == null
                        ? !type.isAnonymousClass() && !type.isLocalClass()
                        : isVisible(outer));
    }

    private static boolean isVisible(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    /// {@return the declaration of a type, and below it those of its members, sorted}
    static String of(Class<?> type) {
        Stream<String> components =
                type.isRecord()
                        ? Arrays.stream(type.getRecordComponents()).map(Signatures::component)
                        : Stream.of();
        Stream<String> members =
                Stream.of(
                                Arrays.stream(type.getDeclaredFields())
                                        .filter(member ->
                                                isVisible(member.getModifiers())
                                                        && !member.isSynthetic())
                                        .map(Signatures::field)
                                        .sorted(),
                                Arrays.stream(type.getDeclaredConstructors())
                                        .filter(member ->
                                                isVisible(member.getModifiers())
                                                        && !member.isSynthetic())
                                        .map(Signatures::constructor)
                                        .sorted(),
                                methods(type))
                        .flatMap(part -> part);
        return Stream.concat(
                        Stream.of(declaration(type)),
                        Stream.concat(components, members).map("    "::concat))
                .map(line -> line + "\n")
                .collect(joining());
    }

    private static Stream<String> methods(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(member -> isVisible(member.getModifiers()) && !member.isSynthetic())
                .sorted(Comparator.comparing(Method::getName).thenComparing(Signatures::method))
                .map(Signatures::method);
    }

    private static String declaration(Class<?> type) {
        String kind =
                type.isAnnotation()
                        ? "@interface"
                        : type.isInterface()
                                ? "interface"
                                : type.isRecord() ? "record" : type.isEnum() ? "enum" : "class";
        int implied = type.isInterface() ? Modifier.ABSTRACT : 0;
        AnnotatedType parent = type.getAnnotatedSuperclass();
        boolean extendsSomething =
                parent != null
                        && !List.of(Object.class, Record.class, Enum.class)
                                .contains(type.getSuperclass());
        return modifiers(type.getModifiers() & ~implied)
                + (type.isSealed() ? "sealed " : "")
                + kind
                + " "
                + type.getTypeName()
                + parameters(type)
                + (extendsSomething ? " extends " + text(parent) : "")
                + list(
                        type.isInterface() ? " extends " : " implements ",
                        Arrays.stream(type.getAnnotatedInterfaces()).map(Signatures::text))
                + list(
                        " permits ",
                        type.isSealed()
                                ? Arrays.stream(type.getPermittedSubclasses())
                                        .map(Class::getTypeName)
                                        .sorted()
                                : Stream.of());
    }

    private static String component(RecordComponent component) {
        return "component " + text(component.getAnnotatedType()) + " " + component.getName();
    }

    private static String field(Field field) {
        String prefix =
                field.isEnumConstant()
                        ? "constant "
                        : modifiers(field.getModifiers()) + text(field.getAnnotatedType()) + " ";
        return prefix + field.getName();
    }

    private static String constructor(Constructor<?> constructor) {
        return modifiers(constructor.getModifiers())
                + parameters(constructor, " ")
                + "new"
                + arguments(constructor);
    }

    private static String method(Method method) {
        return modifiers(method.getModifiers())
                + (method.isDefault() ? "default " : "")
                + parameters(method, " ")
                + text(method.getAnnotatedReturnType())
                + " "
                + method.getName()
                + arguments(method);
    }

    private static String arguments(Executable member) {
        String arguments =
                Arrays.stream(member.getAnnotatedParameterTypes())
                        .map(Signatures::text)
                        .collect(joining(", ", "(", ")"));
        String written =
                member.isVarArgs() ? arguments.replaceFirst("\\[]\\)$", "...)") : arguments;
        return written
                + list(
                        " throws ",
                        Arrays.stream(member.getAnnotatedExceptionTypes()).map(Signatures::text));
    }

    private static String modifiers(int modifiers) {
        String words = Modifier.toString(modifiers & SHOWN);
        return words.isEmpty() ? "" : words + " ";
    }

    private static String parameters(GenericDeclaration generic, String end) {
        String parameters = parameters(generic);
        return parameters.isEmpty() ? "" : parameters + end;
    }

    private static String parameters(GenericDeclaration generic) {
        String parameters =
                Arrays.stream(generic.getTypeParameters())
                        .map(Signatures::parameter)
                        .collect(joining(", "));
        return parameters.isEmpty() ? "" : "<" + parameters + ">";
    }

    private static String parameter(TypeVariable<?> variable) {
        String bounds =
                Arrays.stream(variable.getAnnotatedBounds())
                        .map(Signatures::text)
                        .filter(bound -> !bound.equals("Object"))
                        .collect(joining(" & "));
        return variable.getName() + (bounds.isEmpty() ? "" : " extends " + bounds);
    }

    private static String list(String start, Stream<String> items) {
        String text = items.collect(joining(", "));
        return text.isEmpty() ? "" : start + text;
    }

    private static String text(AnnotatedType type) {
        String nullable = type.isAnnotationPresent(Nullable.class) ? "@Nullable " : "";
        return switch (type) {
            case AnnotatedArrayType array ->
                    text(array.getAnnotatedGenericComponentType())
                            + (nullable.isEmpty() ? "" : " @Nullable ")
                            + "[]";
            case AnnotatedParameterizedType generic ->
                    nullable
                            + name(
                                    ((ParameterizedType) generic.getType())
                                            .getRawType()
                                            .getTypeName())
                            + Arrays.stream(generic.getAnnotatedActualTypeArguments())
                                    .map(Signatures::text)
                                    .collect(joining(", ", "<", ">"));
            case AnnotatedWildcardType wildcard -> nullable + wildcard(wildcard);
            default -> nullable + name(type.getType().getTypeName());
        };
    }

    private static String wildcard(AnnotatedWildcardType wildcard) {
        String lower =
                list(
                        " super ",
                        Arrays.stream(wildcard.getAnnotatedLowerBounds()).map(Signatures::text));
        String upper =
                list(
                        " extends ",
                        Arrays.stream(wildcard.getAnnotatedUpperBounds())
                                .map(Signatures::text)
                                .filter(bound -> !bound.equals("Object")));
        return "?" + (lower.isEmpty() ? upper : lower);
    }

    private static String name(String qualified) {
        return qualified.replaceFirst("^java\\.lang\\.(?=[A-Z])", "");
    }
}
