package dev.treadle.core.weaver;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
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
    }

    int size() {
        return instructions.size();
    }

    /// {@return the handlers that an exception of an instruction may reach, innermost first}
    List<TryCatchBlockNode> guards(int index) {
        return guards.get(index);
    }

    /// Calls an action with the index of every handler that an exception of an instruction may
    /// reach.
    void forEachHandler(int index, IntConsumer action) {
        for (TryCatchBlockNode block : guards.get(index)) {
            action.accept(instructions.indexOf(block.handler));
        }
    }

    /// Calls an action with the index of every instruction that may follow one if it does not
    /// throw.
    void forEachSuccessor(int index, IntConsumer action) {
        AbstractInsnNode instruction = instructions.get(index);
        switch (instruction) {
            case JumpInsnNode jump -> {
                action.accept(instructions.indexOf(jump.label));
                if (jump.getOpcode() != Opcodes.GOTO) {
                    action.accept(index + 1);
                }
            }
            case TableSwitchInsnNode table -> forEach(table.labels, table.dflt, action);
            case LookupSwitchInsnNode lookup -> forEach(lookup.labels, lookup.dflt, action);
            default -> {
                int opcode = instruction.getOpcode();
                boolean ends =
                        opcode == Opcodes.ATHROW
                                || (opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN);
                if (!ends && index + 1 < instructions.size()) {
                    action.accept(index + 1);
                }
            }
        }
    }

    private void forEach(List<LabelNode> labels, LabelNode otherwise, IntConsumer action) {
        for (LabelNode label : labels) {
            action.accept(instructions.indexOf(label));
        }
        action.accept(instructions.indexOf(otherwise));
    }
}
