package dev.coppice.client;

/// A part of a file of a job's folder.
///
/// @param text whole lines; behind them, at the end of the file, perhaps one that is not ended yet
/// @param next the byte of the file at which the first line begins that is not whole here: what comes later is asked for
///     from there
public record FilePart(String text, long next) {}
