/// Loops as MBeans: `dev.treadle:type=EventLoop,name=...`.
///
/// [EventLoopMXBean][dev.treadle.jmx.EventLoopMXBean] is what can be asked;
/// [AskLoops][dev.treadle.jmx.AskLoops] is a command that asks another process.
@NullMarked
package dev.treadle.jmx;

import org.jspecify.annotations.NullMarked;
