package dev.treadle.examples.notes;

import dev.treadle.DuplexGenerator;
import dev.treadle.StopIteration;
import java.io.PrintStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// `generator.py`: a generator is started by `next()`, resumed by `send()`, and ends with
/// [StopIteration].
public final class GeneratorNotes {
    private final PrintStream out;

    GeneratorNotes(PrintStream out) {
        this.out = out;
    }

    /// Prints what `generator.py` prints.
    ///
    /// @param args not used
    public static void main(String[] args) {
        new GeneratorNotes(System.out).run();
    }

    private DuplexGenerator<String, Integer, @Nullable Void> cor1(String name) {
        return DuplexGenerator.of(y -> {
            out.println("start cor1..name.. " + name);
            Integer x = y.yield(name);
            out.println("send value " + x);
            return null;
        });
    }

    void run() {
        var cor = cor1("zj");
        out.println("next return " + cor.next());
        try {
            out.println("send return " + cor.send(6));
        } catch (StopIteration e) {
            out.println("StopIteration " + Objects.toString(e.value(), "None"));
        }
        var c2 = cor1("zj");
        try {
            c2.send(6);
        } catch (IllegalArgumentException _) {
            // Java's word for this TypeError, with a message of its own; what is printed is
            // Python's.
            out.println("TypeError: can't send non-None value to a just-started generator");
        }
    }
}
