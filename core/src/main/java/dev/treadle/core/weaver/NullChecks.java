package dev.treadle.core.weaver;

import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;

/// The checks for null that Kotlin's compiler puts at the beginning of a method, one for each
/// parameter.
final class NullChecks {
    private static final String OWNER = "kotlin/jvm/internal/Intrinsics";
    private static final String NAME = "checkNotNullParameter";

    private NullChecks() {}

    /// Removes the check of the token, which is never null. Otherwise it would be passed to
    /// somebody in every method that Kotlin compiles.
    static void removeOfToken(MethodNode method, int tokenLocal) {
        AbstractInsnNode at = instruction(method.instructions.getFirst());
        while (at instanceof VarInsnNode load
                && load.getOpcode() == Opcodes.ALOAD
                && instruction(load.getNext()) instanceof LdcInsnNode name
                && instruction(name.getNext()) instanceof MethodInsnNode call
                && call.owner.equals(OWNER)
                && call.name.equals(NAME)) {
            at = instruction(call.getNext());
            if (load.var == tokenLocal) {
                method.instructions.remove(load);
                method.instructions.remove(name);
                method.instructions.remove(call);
            }
        }
    }

    /// The first instruction from there on, without labels and lines.
    private static @Nullable AbstractInsnNode instruction(@Nullable AbstractInsnNode from) {
        AbstractInsnNode at = from;
        while (at != null && at.getOpcode() < 0) {
            at = at.getNext();
        }
        return at;
    }
}
