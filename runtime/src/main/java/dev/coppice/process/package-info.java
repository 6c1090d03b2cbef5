/// Runs programs, and leaves no process behind.
///
/// [dev.coppice.process.Processes] is the door. Streams of a program are always files, never pipes.
/// Nothing here knows git, agents, jobs or the store; no environment variable reaches a program
/// that the caller did not name; no shell reads an argument.
@NullMarked
package dev.coppice.process;

import org.jspecify.annotations.NullMarked;
