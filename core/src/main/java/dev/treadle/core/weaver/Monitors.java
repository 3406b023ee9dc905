package dev.treadle.core.weaver;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.MethodNode;

/// How many monitors a method may hold at each of its instructions.
final class Monitors {
    private static final int UNREACHED = -1;

    private final int[] held;

    Monitors(MethodNode method, ControlFlow flow) {
        InsnList instructions = method.instructions;
        this.held = new int[instructions.size()];
        Arrays.fill(held, UNREACHED);
        int most = 0;
        for (int i = 0; i < held.length; i++) {
            most += instructions.get(i).getOpcode() == Opcodes.MONITORENTER ? 1 : 0;
        }
        if (most == 0) {
            Arrays.fill(held, 0);
            return;
        }
        Deque<Integer> work = new ArrayDeque<>();
        reach(0, 0, work);
        while (!work.isEmpty()) {
            int index = work.pop();
            int now = held[index];
            int after =
                    switch (instructions.get(index).getOpcode()) {
                        case Opcodes.MONITORENTER -> now + 1;
                        case Opcodes.MONITOREXIT -> now - 1;
                        default -> now;
                    };
            if (after > most || after < 0) {
                throw Refusal.at(instructions.get(index), "its monitors are not nested");
            }
            reach(flow.successors(index), after, work);
            reach(flow.handlers(index), now, work);
        }
    }

    private void reach(int[] places, int count, Deque<Integer> work) {
        for (int place : places) {
            reach(place, count, work);
        }
    }

    private void reach(int index, int count, Deque<Integer> work) {
        if (count > held[index]) {
            held[index] = count;
            work.push(index);
        }
    }

    /// Whether a monitor may be held at an instruction.
    boolean mayBeHeldAt(int index) {
        return held[index] > 0;
    }
}
