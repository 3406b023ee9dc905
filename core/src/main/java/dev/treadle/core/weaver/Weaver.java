package dev.treadle.core.weaver;

import dev.treadle.core.weaver.Suspensions.Suspension;
import dev.treadle.core.weaver.Weaving.Refused;
import dev.treadle.core.weaver.Weaving.Woven;
import dev.treadle.spi.Resumable;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles.Lookup;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.MethodTooLargeException;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TryCatchBlockNode;

/// Compiles methods that suspend to state machines.
public final class Weaver {
    /// A table of so many states is more than any method can hold, in truth: a short addresses
    /// them.
    private static final int MOST_SUSPENSIONS = Short.MAX_VALUE;

    private static final AtomicInteger SERIAL = new AtomicInteger();

    private Weaver() {}

    /// Compiles a method, if that can be proven to change nothing but its speed.
    ///
    /// Nothing is cached: each call defines a class.
    ///
    /// @param target the method
    /// @param suspensions which of its calls suspend
    /// @return what became of it
    public static Weaving weave(Target target, Suspensions suspensions) {
        HostClass host = null;
        try {
            Lookup lookup = Rights.of(target.host());
            host = HostClass.read(target);
            return weave(host, lookup, target, suspensions);
        } catch (Refusal refusal) {
            return new Refused(
                    refusal.reason(), host == null ? null : host.source(), refusal.line());
        } catch (MethodTooLargeException e) {
            return new Refused("the method is too large once compiled", null, 0);
        } catch (ReflectiveOperationException | LinkageError e) {
            return new Refused("its compiled form cannot be linked: " + e, null, 0);
        } catch (RuntimeException e) {
            // A class file that nobody has thought of is no reason to keep its program from
            // running.
            return new Refused("its bytecode cannot be analyzed: " + e, null, 0);
        }
    }

    private static Weaving weave(
            HostClass host, Lookup lookup, Target target, Suspensions suspensions)
            throws ReflectiveOperationException {
        MethodNode method = host.method();
        int tokenLocal = tokenLocal(host, method, target.token());
        NullChecks.removeOfToken(method, tokenLocal);
        // Once as it was written, for the words of a refusal, and once as it will be.
        TokenFlow written = new TokenFlow(host.internalName(), method, tokenLocal, suspensions);
        String name = host.internalName() + "$" + method.name + "$" + SERIAL.incrementAndGet();
        Linker linker = new Linker(target.host());
        Relocation.apply(host, method, linker, StateMachine.bootstrap(name));
        ControlFlow flow = new ControlFlow(method);
        TokenFlow tokens =
                linker.isIdle()
                        ? written
                        : new TokenFlow(host.internalName(), method, tokenLocal, suspensions);
        List<Call> calls = calls(method, tokens, tokenLocal >= 0, suspensions);
        List<Suspended> suspended =
                calls.isEmpty() ? List.of() : suspended(calls, host, method, flow, tokens);
        StateMachine machine =
                new StateMachine(name, host, method, tokenLocal, suspended, suspensions.end());
        Class<?> woven = lookup.defineClass(machine.write());
        machine.initialize(lookup, woven, linker);
        MethodHandle constructor = lookup.unreflectConstructor(woven.getDeclaredConstructors()[0]);
        return new Woven(
                constructor.asType(constructor.type().changeReturnType(Resumable.class)),
                isGuarded(calls, flow));
    }

    private static int tokenLocal(HostClass host, MethodNode method, int token) {
        if (token < 0) {
            return -1;
        }
        List<Type> arguments = StateMachine.arguments(host, method);
        int own = arguments.size() - Type.getArgumentTypes(method.desc).length;
        int local = 0;
        for (Type before : arguments.subList(0, own + token)) {
            local += before.getSize();
        }
        return local;
    }

    /// A call that suspends.
    private record Call(int index, MethodInsnNode node, Suspension suspension, boolean onToken) {}

    private static List<Call> calls(
            MethodNode method, TokenFlow tokens, boolean hasToken, Suspensions suspensions) {
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < method.instructions.size(); i++) {
            if (!(method.instructions.get(i) instanceof MethodInsnNode call)
                    || !tokens.isReached(i)) {
                continue;
            }
            Suspension suspension = suspensions.of(call.owner, call.name, call.desc);
            int arguments = Type.getArgumentTypes(call.desc).length;
            if (suspension != null && (!hasToken || tokens.isOnToken(i, arguments))) {
                calls.add(new Call(i, call, suspension, hasToken));
            }
        }
        if (calls.size() > MOST_SUSPENSIONS) {
            throw Refusal.of("it has more suspensions than can be counted");
        }
        return calls;
    }

    private static List<Suspended> suspended(
            List<Call> calls,
            HostClass host,
            MethodNode method,
            ControlFlow flow,
            TokenFlow tokens) {
        Monitors monitors = new Monitors(method, flow);
        Types types = new Types(host.type(), method);
        Liveness liveness = new Liveness(method, flow);
        Map<Integer, Type> arguments = unchangedArguments(host, method);
        List<Suspended> suspended = new ArrayList<>();
        for (Call call : calls) {
            if (monitors.mayBeHeldAt(call.index())) {
                throw Refusal.at(call.node(), "a monitor is held across a suspension");
            }
            BitSet live = liveness.acrossCall(call.index());
            suspended.add(
                    Suspended.of(
                            call.index(),
                            call.node(),
                            call.suspension(),
                            call.onToken(),
                            types,
                            tokens,
                            live,
                            arguments));
        }
        return suspended;
    }

    private static Map<Integer, Type> unchangedArguments(HostClass host, MethodNode method) {
        Set<Integer> written = StateMachine.written(method);
        Map<Integer, Type> arguments = new HashMap<>();
        int local = 0;
        for (Type argument : StateMachine.arguments(host, method)) {
            if (!written.contains(local)) {
                arguments.put(local, argument);
            }
            local += argument.getSize();
        }
        return arguments;
    }

    /// Whether one of the calls stands where a `catch` may see an `Error`.
    private static boolean isGuarded(List<Call> calls, ControlFlow flow) {
        for (Call call : calls) {
            for (TryCatchBlockNode block : flow.guards(call.index())) {
                if (mayNoticeErrors(block)) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Whether a `catch` may see an `Error`; all that is known not to are exceptions of the JDK.
    private static boolean mayNoticeErrors(TryCatchBlockNode block) {
        @Nullable String type = block.type;
        return type == null || !(type.startsWith("java/") && type.endsWith("Exception"));
    }
}
