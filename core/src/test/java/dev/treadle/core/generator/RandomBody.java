package dev.treadle.core.generator;

import java.util.List;
import java.util.Random;

/// The source of a body that was drawn at random: locals of every primitive type, arrays and
/// references live across its yields, which stand as statements, operands, arguments and
/// conditions, under control flow of every kind.
final class RandomBody {
    private static final int DEPTH = 3;
    private static final int INDENT = 4;

    private final Random random;
    private final StringBuilder out = new StringBuilder();
    private int names;
    private boolean mayYield = true;

    private RandomBody(long seed) {
        this.random = new Random(seed);
    }

    /// Writes a class with a method `body`, which takes an [EngineDifferenceTest.Log].
    static String source(String type, long seed) {
        RandomBody body = new RandomBody(seed);
        body.statements(0, 5);
        body.statements(0, 5);
        return """
        import dev.treadle.*;
        import dev.treadle.core.generator.EngineDifferenceTest.Log;
        import java.util.function.*;

        public class %s {
            private record Pair(int left, Object right) {}

            private static int mix(int a, long b, double c, boolean d) {
                return (int) (a * 31 + b) ^ (int) c ^ (d ? 1 : 0);
            }

            private static int number(Integer value) {
                return value == null ? 0 : value;
            }

            private static String cut(String text) {
                return text.length() > 12 ? text.substring(text.length() - 12) : text;
            }

            private static DuplexGenerator<Integer, Integer, Integer> inner(int n) {
                return DuplexGenerator.of(y -> {
                    int sum = n;
                    for (int k = 0; k < (n & 3); k++) {
                        sum += number(y.yield(k));
                    }
                    return sum;
                });
            }

            public static DuplexGenerator.Body<Integer, Integer, String> body(Log log) {
                return y -> {
                    boolean z = true;
                    byte b = -3;
                    short s = 300;
                    char c = 'x';
                    int i = 7;
                    long l = 1L << 40;
                    float f = 1.5f;
                    double d = -0.25;
                    String t = "text";
                    Object o = 5;
                    int[] ia = {1, 2, 3, 4};
                    long[][] la = {{5, 6}, {7, 8}};
        %s
                    return "" + z + b + s + c + i + l + f + d + t + ia[0] + la[1][1];
                };
            }
        }
        """
                .formatted(type, body.out);
    }

    // ---- statements

    private void statements(int depth, int most) {
        int count = 1 + random.nextInt(most);
        for (int n = 0; n < count; n++) {
            statement(depth);
        }
    }

    private void statement(int depth) {
        switch (random.nextInt(depth < DEPTH ? 20 : 9)) {
            case 0 -> line(depth, "log.add(\"\" + z + b + s + c + i + l + f + d + t + ia[i & 3]);");
            case 1 -> line(depth, "i = number(y.yield(%s));".formatted(integer(1)), "i++;");
            case 2 -> line(depth, "l += " + wide(2) + ";");
            case 3 -> line(depth, "d = " + real(2) + ";");
            case 4 -> line(depth, "f -= (float) " + real(1) + "; s += 77;");
            case 5 -> line(depth, "b = (byte) " + integer(2) + "; c++;");
            case 6 -> line(depth, "ia[" + integer(1) + " & 3] += " + integer(2) + ";");
            case 7 -> line(depth, "la[" + integer(1) + " & 1][i & 1] ^= " + wide(2) + ";");
            case 8 -> assign(depth);
            case 9 -> {
                line(depth, "if (" + condition(2) + ") {");
                statements(depth + 1, 3);
                line(depth, "} else {");
                statements(depth + 1, 2);
                line(depth, "}");
            }
            case 10, 11 -> labelled(depth);
            case 12 -> doWhile(depth);
            case 13, 14, 15 -> attempt(depth);
            case 16 -> stringSwitch(depth);
            case 17 -> patternSwitch(depth);
            case 18 -> lambda(depth);
            default -> locked(depth);
        }
    }

    private void assign(int depth) {
        line(
                depth,
                switch (random.nextInt(5)) {
                    case 0 -> "t = cut(t + " + integer(1) + " + c + " + wide(1) + ");";
                    case 1 -> "o = new Pair(i, " + (random.nextBoolean() ? "t" : "l") + ");";
                    case 2 -> "o = " + real(1) + ";";
                    case 3 -> "z = " + condition(2) + ";";
                    default -> "i += " + integer(3) + ";";
                });
    }

    private void labelled(int depth) {
        String label = name("loop");
        String first = name("k");
        String second = name("k");
        line(depth, label + ":", "for (int %1$s = 0; %1$s < 3; %1$s++) {".formatted(first));
        line(depth + 1, "for (long %1$s = 0; %1$s < 2; %1$s++) {".formatted(second));
        statements(depth + 2, 2);
        line(depth + 2, "if (" + condition(1) + ") { continue " + label + "; }");
        statements(depth + 2, 2);
        line(depth + 2, "if (" + condition(1) + ") { break " + label + "; }");
        line(depth + 1, "}");
        line(depth, "}");
    }

    private void doWhile(int depth) {
        String count = name("k");
        line(depth, "short " + count + " = 0;", "do {");
        statements(depth + 1, 3);
        line(depth, "} while (++" + count + " < 3 && " + condition(1) + ");");
    }

    private void attempt(int depth) {
        line(depth, "try {");
        statements(depth + 1, 3);
        if (random.nextInt(3) == 0) {
            line(depth + 1, "if (" + condition(1) + ") {");
            line(
                    depth + 2,
                    random.nextBoolean()
                            ? "throw new IllegalStateException(t);"
                            : "return \"early \" + l;");
            line(depth + 1, "}");
        }
        boolean caught = random.nextInt(4) > 0;
        if (caught) {
            String type =
                    List.of("IllegalStateException", "RuntimeException", "GeneratorExit")
                            .get(random.nextInt(3));
            String exception = name("e");
            line(depth, "} catch (" + type + " " + exception + ") {");
            line(depth + 1, "log.add(\"caught \" + " + exception + ".getMessage());");
            statements(depth + 1, 2);
        }
        if (!caught || random.nextBoolean()) {
            line(depth, "} finally {");
            statements(depth + 1, 2);
        }
        line(depth, "}");
    }

    private void stringSwitch(int depth) {
        line(depth, "switch (\"case\" + (" + integer(1) + " & 3)) {");
        for (String label : List.of("case \"case0\":", "case \"case2\":", "default:")) {
            line(depth, label);
            statements(depth + 1, 2);
            if (random.nextBoolean()) {
                line(depth + 1, "break;");
            }
        }
        line(depth, "}");
    }

    private void patternSwitch(int depth) {
        String other = name("v");
        line(depth, "switch (o) {");
        int bound = random.nextInt(100);
        line(depth, "case Integer n when n > number(y.yield(%d)) -> i = n;".formatted(bound));
        line(depth, "case Pair(int left, String right) -> {");
        line(depth + 1, "i += left + number(y.yield(left)) + right.length();");
        line(depth, "}", "case Double n -> d += n;");
        line(depth, "case Object " + other + " -> {");
        statements(depth + 1, 2);
        line(depth + 1, "log.add(\"\" + " + other + ");");
        line(depth, "}", "}");
    }

    private void lambda(int depth) {
        String kept = name("k");
        line(depth, "int " + kept + " = " + integer(1) + ";");
        line(
                depth,
                "i ^= ((IntUnaryOperator) v -> mix(v, %1$s, 0.5, true)).applyAsInt(%2$s);"
                        .formatted(kept, integer(1)));
        line(depth, "i += number(y.yieldFrom(inner(" + kept + " & 3)));");
        line(depth, "for (int each : ia) { y.yield(each + " + kept + "); }");
    }

    /// No suspension may stand where the monitor is held.
    private void locked(int depth) {
        mayYield = false;
        line(depth, "synchronized (ia) { i += " + integer(2) + "; }");
        mayYield = true;
    }

    // ---- expressions

    private String integer(int depth) {
        return switch (random.nextInt(depth > 0 ? 14 : 6)) {
            case 0 -> Integer.toString(random.nextInt(100));
            case 1 -> "i";
            case 2 -> "(int) b";
            case 3 -> "(int) c";
            case 4 -> "ia[s & 3]";
            case 5 -> "t.length()";
            case 6, 7, 8 -> mayYield ? "number(y.yield(" + integer(depth - 1) + "))" : "(int) f";
            case 9 -> "(" + integer(depth - 1) + " + " + integer(depth - 1) + ")";
            case 10 ->
                    "(%s ? %s : %s)"
                            .formatted(
                                    condition(depth - 1), integer(depth - 1), integer(depth - 1));
            case 11 ->
                    "mix(%s, %s, %s, %s)"
                            .formatted(
                                    integer(depth - 1),
                                    wide(depth - 1),
                                    real(depth - 1),
                                    condition(depth - 1));
            case 12 ->
                    "switch (%s & 1) { case 0 -> %s; default -> %s; }"
                            .formatted(integer(depth - 1), integer(depth - 1), integer(depth - 1))
                            .transform(text -> "(" + text + ")");
            default -> "(int) (" + wide(depth - 1) + " >>> 3)";
        };
    }

    private String wide(int depth) {
        return switch (random.nextInt(depth > 0 ? 5 : 3)) {
            case 0 -> "l";
            case 1 -> "(long) s";
            case 2 -> "la[b & 1][c & 1]";
            case 3 -> "(l * 31 + " + integer(depth - 1) + ")";
            default -> "(" + wide(depth - 1) + " ^ " + wide(depth - 1) + ")";
        };
    }

    private String real(int depth) {
        return switch (random.nextInt(depth > 0 ? 4 : 2)) {
            case 0 -> "d";
            case 1 -> "f";
            case 2 -> "(d / 4 + " + integer(depth - 1) + ")";
            default -> "(" + wide(depth - 1) + " % 1000 * 0.5)";
        };
    }

    private String condition(int depth) {
        return switch (random.nextInt(depth > 0 ? 4 : 2)) {
            case 0 -> "z";
            case 1 -> "(i & 1) == 0";
            case 2 -> "(" + condition(depth - 1) + " && " + integer(depth - 1) + " > 10)";
            default -> "(" + integer(depth - 1) + " < " + integer(depth - 1) + " || !z)";
        };
    }

    private String name(String what) {
        return what + names++;
    }

    private void line(int depth, String... texts) {
        for (String text : texts) {
            out.repeat(' ', (depth + 3) * INDENT).append(text).append('\n');
        }
    }
}
