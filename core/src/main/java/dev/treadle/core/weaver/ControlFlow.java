package dev.treadle.core.weaver;

import java.util.ArrayList;
import java.util.List;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LookupSwitchInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TableSwitchInsnNode;
import org.objectweb.asm.tree.TryCatchBlockNode;

/// Where a method may go on after each of its instructions, by index.
final class ControlFlow {
    private final InsnList instructions;
    private final List<List<TryCatchBlockNode>> guards;
    private final List<int[]> handlers;
    private final List<int[]> successors;

    ControlFlow(MethodNode method) {
        this.instructions = method.instructions;
        this.guards = new ArrayList<>(instructions.size());
        for (int i = 0; i < instructions.size(); i++) {
            guards.add(List.of());
        }
        for (TryCatchBlockNode block : method.tryCatchBlocks) {
            int end = instructions.indexOf(block.end);
            for (int i = instructions.indexOf(block.start); i < end; i++) {
                if (guards.get(i).isEmpty()) {
                    guards.set(i, new ArrayList<>());
                } else if (guards.get(i).getLast().type == null) {
                    continue; // that one catches all, and nothing gets past it
                }
                guards.get(i).add(block);
            }
        }
        this.handlers = new ArrayList<>(instructions.size());
        this.successors = new ArrayList<>(instructions.size());
        for (int i = 0; i < instructions.size(); i++) {
            handlers.add(handlers(guards.get(i)));
            successors.add(successors(instructions.get(i), i));
        }
    }

    /// {@return the handlers that an exception of an instruction may reach, innermost first}
    List<TryCatchBlockNode> guards(int index) {
        return guards.get(index);
    }

    /// {@return the indices of these handlers, innermost first}
    int[] handlers(int index) {
        return handlers.get(index);
    }

    /// {@return the indices of all instructions that may follow one if it does not throw}
    int[] successors(int index) {
        return successors.get(index);
    }

    private int[] handlers(List<TryCatchBlockNode> blocks) {
        int[] found = new int[blocks.size()];
        for (int i = 0; i < found.length; i++) {
            found[i] = instructions.indexOf(blocks.get(i).handler);
        }
        return found;
    }

    private int[] successors(AbstractInsnNode instruction, int index) {
        if (instruction instanceof JumpInsnNode jump) {
            int target = instructions.indexOf(jump.label);
            return jump.getOpcode() == Opcodes.GOTO
                    ? new int[] {target}
                    : new int[] {target, index + 1};
        } else if (instruction instanceof TableSwitchInsnNode table) {
            return branches(table.labels, table.dflt);
        } else if (instruction instanceof LookupSwitchInsnNode lookup) {
            return branches(lookup.labels, lookup.dflt);
        }
        int opcode = instruction.getOpcode();
        boolean ends =
                opcode == Opcodes.ATHROW
                        || (opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN)
                        || index + 1 == instructions.size();
        return ends ? new int[0] : new int[] {index + 1};
    }

    private int[] branches(List<LabelNode> labels, LabelNode otherwise) {
        int[] targets = new int[labels.size() + 1];
        for (int i = 0; i < labels.size(); i++) {
            targets[i] = instructions.indexOf(labels.get(i));
        }
        targets[labels.size()] = instructions.indexOf(otherwise);
        return targets;
    }
}
