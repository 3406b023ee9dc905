package dev.treadle.core.weaver;

import java.util.BitSet;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.IincInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;

/// Which local variables may still be read, instruction by instruction.
///
/// What is not need not be kept at a suspension, and must not be: it would keep garbage alive.
final class Liveness {
    private final InsnList instructions;
    private final ControlFlow flow;
    private final BitSet[] before;

    Liveness(MethodNode method, ControlFlow flow) {
        this.instructions = method.instructions;
        this.flow = flow;
        this.before = new BitSet[instructions.size()];
        for (int i = 0; i < before.length; i++) {
            before[i] = new BitSet();
        }
        boolean changed = true;
        while (changed) {
            changed = false;
            for (int i = before.length - 1; i >= 0; i--) {
                BitSet live = live(i);
                if (!live.equals(before[i])) {
                    before[i] = live;
                    changed = true;
                }
            }
        }
    }

    private BitSet live(int index) {
        BitSet live = new BitSet();
        add(live, flow.successors(index));
        AbstractInsnNode instruction = instructions.get(index);
        if (instruction instanceof VarInsnNode access) {
            live.set(access.var, !isStore(access));
        } else if (instruction instanceof IincInsnNode increment) {
            live.set(increment.var);
        }
        // Last, because an exception may come before the write.
        add(live, flow.handlers(index));
        return live;
    }

    private static boolean isStore(AbstractInsnNode instruction) {
        int opcode = instruction.getOpcode();
        return opcode >= Opcodes.ISTORE && opcode <= Opcodes.ASTORE;
    }

    /// {@return the variables that may be read after a call, whether it returns or throws}
    BitSet acrossCall(int index) {
        BitSet live = new BitSet();
        add(live, flow.successors(index));
        add(live, flow.handlers(index));
        return live;
    }

    private void add(BitSet live, int[] places) {
        for (int place : places) {
            live.or(before[place]);
        }
    }
}
