package dev.treadle.core.weaver;

import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.LineNumberNode;

/// Thrown inside the compiler when a method is not to be compiled.
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// 0 if it is not about a line.
    private final int line;

    private Refusal(String reason, int line) {
        super(reason, null, false, false);
        this.line = line;
    }

    /// Makes a refusal that is not about a line.
    ///
    /// @param reason why
    /// @return a refusal
    public static Refusal of(String reason) {
        return new Refusal(reason, 0);
    }

    static Refusal at(AbstractInsnNode instruction, String reason) {
        for (AbstractInsnNode i = instruction; i != null; i = i.getPrevious()) {
            if (i instanceof LineNumberNode number) {
                return new Refusal(reason, number.line);
            }
        }
        return of(reason);
    }

    int line() {
        return line;
    }

    /// {@return why}
    public String reason() {
        return String.valueOf(getMessage());
    }
}
