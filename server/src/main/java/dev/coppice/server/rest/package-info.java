/// The REST API of document 004: parses, calls the engine, renders. [RestServer] is the door; `Routes` is the table of
/// all that can be asked, and `openapi.json` says the same to programs.
///
/// Absent: nothing is decided of a job here, and nothing is kept but what can be read from the histories again.
@org.jspecify.annotations.NullMarked
package dev.coppice.server.rest;
