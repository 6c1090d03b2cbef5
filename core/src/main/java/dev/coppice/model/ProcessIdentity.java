package dev.coppice.model;

/// What tells one process from every other, also after its pid was given to another.
///
/// @param startTicks kernel start time, field 22 of `/proc/PID/stat`; -1 where there is none
/// @param bootId the kernel's boot id; empty where there is none
public record ProcessIdentity(long pid, long startTicks, String bootId) {}
