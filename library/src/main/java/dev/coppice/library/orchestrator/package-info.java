/// The words of document 003: the orchestrator, its tasks, its discoveries and its state file, over the one engine.
/// Knows neither of the other two families of the library.
@org.jspecify.annotations.NullMarked
package dev.coppice.library.orchestrator;
