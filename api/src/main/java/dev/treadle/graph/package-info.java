/// Looking into a loop: who awaits whom, where, and where it was created.
///
/// [CallGraph][dev.treadle.graph.CallGraph] starts from one future,
/// [LoopGraph][dev.treadle.graph.LoopGraph] shows all tasks of a loop. Both can be captured from
/// any thread, also while the loop is stuck.
@NullMarked
package dev.treadle.graph;

import org.jspecify.annotations.NullMarked;
