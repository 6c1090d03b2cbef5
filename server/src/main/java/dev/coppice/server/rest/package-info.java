/// The REST API of document 004: parses, calls the engine, renders. Decides nothing of a job.
@org.jspecify.annotations.NullMarked
package dev.coppice.server.rest;
