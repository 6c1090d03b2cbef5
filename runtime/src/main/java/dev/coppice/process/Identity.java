package dev.coppice.process;

/// What tells one process from any other, also after its number was given to another one or the
/// machine was started again. It holds no clock's time, which could be set.
///
/// @param pid its number
/// @param startTicks when it started, in kernel ticks since boot (field 22 of `/proc/PID/stat`); 0
///     where the system doesn't say
/// @param bootId which boot of the machine; empty where the system doesn't say
public record Identity(long pid, long startTicks, String bootId) {}
