package dev.treadle.examples.crawler.site;

import dev.treadle.Async;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Pages about Treadle's public API, by reflection: one for each package, type and method name, and
/// a dictionary of the names.
final class ApiPages {
    private static final String BASE = "dev.treadle";
    private static final Set<String> UNIVERSAL =
            Set.of("equals", "hashCode", "toString", "valueOf", "values");

    private final List<Class<?>> types = publicTypes();
    private final SortedMap<String, List<Class<?>>> declarers =
            new TreeMap<>(); // of each method name

    /// Returns the pages by path, indexes of them among these.
    Map<String, String> pages() {
        Map<String, String> pages = new LinkedHashMap<>();
        SortedMap<String, List<Class<?>>> packages =
                types.stream()
                        .collect(
                                Collectors.groupingBy(
                                        Class::getPackageName, TreeMap::new, Collectors.toList()));
        for (Class<?> type : types) {
            methodsOf(type)
                    .keySet()
                    .forEach(name ->
                            declarers.computeIfAbsent(name, _ -> new ArrayList<>()).add(type));
        }
        pages.put(
                "/api/",
                Html.page(
                        "API",
                        Html.section(
                                "Packages",
                                packages.keySet().stream().map(ApiPages::link).toList())));
        packages.forEach((name, members) ->
                pages.put(
                        path(name),
                        Html.page(
                                name,
                                Html.section(
                                        "Types",
                                        members.stream().map(this::linkOrName).toList()))));
        for (Class<?> type : types) {
            pages.put(path(type), typePage(type));
            methodsOf(type)
                    .forEach((name, overloads) ->
                            pages.put(path(type, name), methodPage(type, name, overloads)));
        }
        putWords(pages);
        return pages;
    }

    private static List<Class<?>> publicTypes() {
        String folder = BASE.replace('.', '/');
        return Material.under(Async.class, folder).stream()
                .filter(file -> file.endsWith(".class") && !file.endsWith("package-info.class"))
                .map(file ->
                        BASE
                                + "."
                                + file.substring(0, file.length() - ".class".length())
                                        .replace('/', '.'))
                .<Class<?>>map(ApiPages::load)
                .filter(ApiPages::isPublic)
                .sorted(Comparator.comparing(Class::getName))
                .toList();
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, Async.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("listed, but not there: " + name, e);
        }
    }

    private static boolean isPublic(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        return Modifier.isPublic(type.getModifiers())
                && !type.isSynthetic()
                && !type.isAnonymousClass()
                && !type.isLocalClass()
                && (outer == null || isPublic(outer));
    }

    private static SortedMap<String, List<Method>> methodsOf(Class<?> type) {
        return Stream.of(type.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
                .filter(method -> !UNIVERSAL.contains(method.getName()))
                .sorted(Comparator.comparing(Method::toGenericString))
                .collect(Collectors.groupingBy(Method::getName, TreeMap::new, Collectors.toList()));
    }

    private String typePage(Class<?> type) {
        StringBuilder body = new StringBuilder();
        body.append("<p>A ")
                .append(kind(type))
                .append(" of ")
                .append(link(type.getPackageName()))
                .append(".</p>\n");
        body.append(Html.section("Is a", supertypes(type).map(this::render).toList()));
        body.append(Html.section("Inner types", inner(type).map(this::linkOrName).toList()));
        RecordComponent[] components = type.getRecordComponents();
        if (components != null) {
            body.append(
                    Html.section(
                            "Components",
                            Stream.of(components)
                                    .map(part ->
                                            render(part.getGenericType())
                                                    + " "
                                                    + Html.escape(part.getName()))
                                    .toList()));
        }
        if (type.isEnum()) {
            body.append(
                    Html.section(
                            "Constants",
                            Stream.of(type.getEnumConstants())
                                    .map(value -> Html.escape(value.toString()))
                                    .toList()));
        }
        body.append(Html.section("Constructors", constructors(type)));
        body.append(
                Html.section(
                        "Methods",
                        methodsOf(type).keySet().stream()
                                .map(name -> Html.link(path(type, name), name))
                                .toList()));
        return Html.page(simpleName(type), body.toString());
    }

    private static String kind(Class<?> type) {
        if (type.isRecord()) {
            return "record";
        } else if (type.isEnum()) {
            return "enum";
        } else if (type.isInterface()) {
            return type.isSealed() ? "sealed interface" : "interface";
        } else {
            return Throwable.class.isAssignableFrom(type) ? "throwable class" : "class";
        }
    }

    private static Stream<Type> supertypes(Class<?> type) {
        Type parent = type.getGenericSuperclass();
        return Stream.concat(Stream.ofNullable(parent), Stream.of(type.getGenericInterfaces()))
                .filter(supertype -> supertype != Object.class);
    }

    private static Stream<Class<?>> inner(Class<?> type) {
        return Stream.<Class<?>>of(type.getDeclaredClasses())
                .filter(ApiPages::isPublic)
                .sorted(Comparator.comparing(Class::getName));
    }

    private List<String> constructors(Class<?> type) {
        return Stream.of(type.getConstructors())
                .sorted(Comparator.comparing(Constructor::toGenericString))
                .map(constructor -> Html.escape(simpleName(type)) + parameters(constructor))
                .toList();
    }

    private String methodPage(Class<?> type, String name, List<Method> overloads) {
        StringBuilder body = new StringBuilder();
        body.append("<p>In ").append(linkOrName(type)).append(".</p>\n");
        body.append(
                Html.section(
                        "Forms",
                        overloads.stream()
                                .map(method ->
                                        render(method.getGenericReturnType())
                                                + " "
                                                + Html.escape(name)
                                                + parameters(method))
                                .toList()));
        body.append(
                Html.section(
                        "Elsewhere",
                        declarers.getOrDefault(name, List.of()).stream()
                                .filter(other -> other != type)
                                .map(other ->
                                        Html.link(
                                                path(other, name), simpleName(other) + "." + name))
                                .toList()));
        return Html.page(simpleName(type) + "." + name, body.toString());
    }

    private String parameters(Executable executable) {
        return Arrays.stream(executable.getParameters())
                .map((Parameter parameter) ->
                        render(parameter.getParameterizedType()) + " " + parameter.getName())
                .collect(Collectors.joining(", ", "(", ")"));
    }

    /// A dictionary of the method names, a page for each letter.
    private void putWords(Map<String, String> pages) {
        SortedMap<String, List<String>> letters = new TreeMap<>();
        declarers.forEach((name, declaring) -> {
            String links =
                    declaring.stream()
                            .map(type -> Html.link(path(type, name), simpleName(type)))
                            .collect(Collectors.joining(", "));
            letters.computeIfAbsent(name.substring(0, 1), _ -> new ArrayList<>())
                    .add(Html.escape(name) + ": " + links);
        });
        List<String> index =
                letters.keySet().stream()
                        .map(letter -> Html.link("/words/" + letter + ".html", letter))
                        .toList();
        pages.put("/words/", Html.page("Words", Html.section("By first letter", index)));
        letters.forEach((letter, words) ->
                pages.put(
                        "/words/" + letter + ".html",
                        Html.page("Words: " + letter, Html.section("Methods", words))));
    }

    private String render(Type type) {
        return switch (type) {
            case Class<?> plain when plain.isArray() -> render(plain.getComponentType()) + "[]";
            case Class<?> plain -> linkOrName(plain);
            case GenericArrayType array -> render(array.getGenericComponentType()) + "[]";
            case ParameterizedType generic ->
                    render(generic.getRawType())
                            + Stream.of(generic.getActualTypeArguments())
                                    .map(this::render)
                                    .collect(Collectors.joining(", ", "&lt;", "&gt;"));
            case WildcardType wildcard when wildcard.getLowerBounds().length > 0 ->
                    "? super " + render(wildcard.getLowerBounds()[0]);
            case WildcardType wildcard when wildcard.getUpperBounds()[0] != Object.class ->
                    "? extends " + render(wildcard.getUpperBounds()[0]);
            default -> Html.escape(type.getTypeName());
        };
    }

    private String linkOrName(Class<?> type) {
        return types.contains(type)
                ? Html.link(path(type), simpleName(type))
                : Html.escape(simpleName(type));
    }

    private static String link(String packageName) {
        return Html.link(path(packageName), packageName);
    }

    private static String simpleName(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        return outer == null
                ? type.getSimpleName()
                : simpleName(outer) + "." + type.getSimpleName();
    }

    private static String path(String packageName) {
        return "/api/" + packageName + "/";
    }

    private static String path(Class<?> type) {
        return path(type.getPackageName()) + simpleName(type) + ".html";
    }

    private static String path(Class<?> type, String method) {
        return path(type.getPackageName()) + simpleName(type) + "/" + method + ".html";
    }
}
