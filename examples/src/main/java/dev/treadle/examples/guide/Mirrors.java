package dev.treadle.examples.guide;

import dev.treadle.Async;
import dev.treadle.ExceptionGroup;
import dev.treadle.TaskGroup;
import dev.treadle.TimeoutError;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Asks several mirrors for a file and takes the first answer: `docs/tasks.md`.
public final class Mirrors {
    private static final Duration LIMIT = Duration.ofMillis(500);

    // How long each takes to answer; below zero it fails.
    private final Map<String, Integer> mirrors;
    private final PrintStream out;
    private final List<String> answers = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();

    Mirrors(Map<String, Integer> mirrors, PrintStream out) {
        this.mirrors = mirrors;
        this.out = out;
    }

    /// Prints who answered first.
    ///
    /// @param args not used
    public static void main(String[] args) {
        new Mirrors(Map.of("near", 20, "far", 200, "broken", -1), System.out).run();
    }

    void run() {
        Async.run(() -> {
            try {
                out.println(Async.timeout(LIMIT, () -> first(mirrors.keySet())).await());
            } catch (TimeoutError e) {
                out.println("nobody answered in " + LIMIT.toMillis() + " ms");
            } catch (ExceptionGroup e) {
                out.println("all failed: " + e.exceptions().size());
            }
        });
    }

    private String first(Set<String> names) {
        TaskGroup.run(group -> names.forEach(name -> askBeside(name, group))).await();
        if (answers.isEmpty()) {
            throw new ExceptionGroup("no mirror answered", failures);
        }
        return answers.getFirst();
    }

    private void askBeside(String name, TaskGroup group) {
        group.createTask(() -> {
            try {
                answers.add(ask(name));
                group.cancel(); // the others are not needed any more
            } catch (IllegalStateException e) {
                failures.add(e); // somebody else may still answer
            }
        });
    }

    private String ask(String name) {
        int millis = mirrors.getOrDefault(name, -1);
        if (millis < 0) {
            throw new IllegalStateException(name + " is broken");
        }
        Async.sleep(Duration.ofMillis(millis)).await();
        return "from " + name;
    }
}
