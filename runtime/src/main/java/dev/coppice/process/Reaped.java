package dev.coppice.process;

/// What became of processes that were to be ended.
///
/// @param ended how many there were and are no more
/// @param survivors how many could not be ended, since they hang in the kernel; 0 but on broken
///     machines
public record Reaped(int ended, int survivors) {}
