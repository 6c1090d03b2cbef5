/// Tests of the orchestrator room.
@org.jspecify.annotations.NullMarked
package dev.coppice.library.orchestrator;
