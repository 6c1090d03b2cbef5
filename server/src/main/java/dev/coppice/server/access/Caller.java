package dev.coppice.server.access;

/// Who calls, once the secret was found to be right.
///
/// @param name the key's name, for logs, limits and reports
public record Caller(String name, Scope scope) {}
