package dev.treadle.metrics;

import io.micrometer.core.instrument.Timer;

/// The meters of one loop in one registry that are told of each event; all others are read.
///
/// @param lag from sending a probe to its arrival
/// @param step from the resumption of a task to its next suspension
/// @param queueTime from the moment that a task is ready to its step
/// @param lateness from the moment that a timer is due to its callback
/// @param offload from the moment that a thread takes blocking work to its result
record LoopTimers(Timer lag, Timer step, Timer queueTime, Timer lateness, Timer offload) {}
