/// A compiler of methods that suspend to state machines, at run time.
///
/// [dev.treadle.core.weaver.Weaver] takes a method, and tells by
/// [dev.treadle.core.weaver.Suspensions] which of its calls suspend. It knows nothing of
/// generators. What comes out is a class whose instances are one run of the method each: resumed
/// again and again, they return at every suspension and go on behind it. Locals and operands live
/// in fields meanwhile, so that nothing is left on the stack and no thread is needed.
///
/// The order of work: [dev.treadle.core.weaver.HostClass] reads the method,
/// [dev.treadle.core.weaver.Relocation] makes it fit for another class,
/// [dev.treadle.core.weaver.TokenFlow] and [dev.treadle.core.weaver.Monitors] prove that it may be
/// compiled, [dev.treadle.core.weaver.Types] and [dev.treadle.core.weaver.Liveness] tell what has
/// to be kept at each suspension, [dev.treadle.core.weaver.StateMachine] writes the class. What
/// cannot be proven is refused, with the reason and the line.
///
/// A program waits for all this at the first use of each body, mostly before anything is hot. What
/// the JVM links at its first use, and only then (a lambda, a switch over types, the hash code of a
/// record), takes it longer than what these classes do with it: a millisecond each. So there are
/// none where every body passes; loops, `instanceof` and maps by identity stand in their place.
@NullMarked
package dev.treadle.core.weaver;

import org.jspecify.annotations.NullMarked;
