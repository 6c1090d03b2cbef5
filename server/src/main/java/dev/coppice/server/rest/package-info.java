/// The REST API of document 004: parses, calls the engine, renders. [RestServer] is the door; `Routes` is the table of
/// all that can be asked, and `openapi.json` says the same to programs.
///
/// Absent: nothing is decided of a job here. What is kept of jobs can be read from the histories again; the figures and the counts of
/// calls end with the process.
@org.jspecify.annotations.NullMarked
package dev.coppice.server.rest;
